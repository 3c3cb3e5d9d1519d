import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Audited, AuthorizerPath, DomainError, Needs, wholePage } from '#service';
import { Brings } from '../approvals/brings.decorator.js';
import {
  BaseLibrary,
  PrivacyFile,
  PrivacyInterfaceApplication,
  PrivacyInterfaceApplied,
  PrivacyInterfacePage,
  PrivacyQuery,
  PrivacySettings,
  Tester,
  UnbindTester,
  WechatAnswer,
} from './settings.dto.js';
import { SettingsService } from './settings.service.js';

const INTERFACE_STATES = { 1: 'to-apply', 2: 'no-permission', 3: 'applying', 4: 'failed', 5: 'granted' } as const;

/** What has to be set before a release, per mini program. Bodies and answers are WeChat's own. */
@ApiTags('mini program settings')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid')
export class SettingsController {
  constructor(private readonly operations: SettingsService) {}

  /** Lowest base library, and the share of users per version. */
  @Get('base-library')
  @Needs('mini-programs.read')
  async baseLibrary(@Param() { component_appid, authorizer_appid }: AuthorizerPath): Promise<WechatAnswer> {
    return {
      ...(await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.code.getSupportVersion(c.token, c.context),
      )),
    };
  }

  /** Sets the lowest base library. */
  @Put('base-library')
  @Needs('settings.write')
  @Audited('mini-program.base-library')
  @Brings('visit-status')
  async setBaseLibrary(
    @Param() { component_appid, authorizer_appid }: AuthorizerPath,
    @Body() body: BaseLibrary,
  ): Promise<WechatAnswer> {
    await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.code.setSupportVersion(c.token, body.version, c.context),
    );
    return { now_version: body.version };
  }

  /** Testers; WeChat names them by `userstr` only. */
  @Get('testers')
  @Needs('mini-programs.read')
  async testers(@Param() { component_appid, authorizer_appid }: AuthorizerPath): Promise<WechatAnswer> {
    return {
      items: await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.settings.getTesters(c.token, c.context),
      ),
    };
  }

  /** Somebody who is one already counts as done. */
  @Post('testers')
  @Needs('settings.write')
  @Audited('mini-program.bind-tester')
  @Brings('testers')
  async bindTester(@Param() { component_appid, authorizer_appid }: AuthorizerPath, @Body() body: Tester): Promise<WechatAnswer> {
    const answer = await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.settings.bindTester(c.token, body.wechatid, c.context),
    );
    return { userstr: answer?.userstr ?? null };
  }

  /** Takes a tester away, by `wechatid` or `userstr`. */
  @Post('testers/unbind')
  @HttpCode(204)
  @Needs('settings.write')
  @Audited('mini-program.unbind-tester')
  @Brings('testers')
  async unbindTester(@Param() { component_appid, authorizer_appid }: AuthorizerPath, @Body() body: UnbindTester): Promise<void> {
    const tester =
      body.userstr !== undefined
        ? { userstr: body.userstr }
        : body.wechatid !== undefined
          ? { wechatid: body.wechatid }
          : undefined;
    if (!tester) throw new DomainError('invalid-request', 'Give wechatid or userstr.');
    await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.settings.unbindTester(c.token, tester, c.context),
    );
  }

  /** The privacy guide, and what the scan of the code found. */
  @Get('privacy-settings')
  @Needs('mini-programs.read')
  async privacySettings(
    @Param() { component_appid, authorizer_appid }: AuthorizerPath,
    @Query() query: PrivacyQuery,
  ): Promise<WechatAnswer> {
    return {
      ...(await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.settings.getPrivacySetting(c.token, query.privacy_ver, c.context),
      )),
    };
  }

  /** Takes effect with the next version that is approved and released. */
  @Put('privacy-settings')
  @Needs('privacy.write')
  @Audited('mini-program.privacy-settings')
  @Brings('privacy')
  async setPrivacySettings(
    @Param() { component_appid, authorizer_appid }: AuthorizerPath,
    @Body() body: PrivacySettings,
  ): Promise<WechatAnswer> {
    if ((body.privacy_ver === 2) !== (body.setting_list !== undefined))
      throw new DomainError('invalid-request', 'setting_list is needed for privacy_ver 2, and forbidden for 1.');
    const { contact_email, contact_phone, contact_qq, contact_weixin } = body.owner_setting;
    if (!contact_email && !contact_phone && !contact_qq && !contact_weixin)
      throw new DomainError('invalid-request', 'owner_setting needs at least one contact.');
    const { store_region: region, ...owner } = JSON.parse(JSON.stringify(body.owner_setting)) as typeof body.owner_setting;
    // A number in the one call that was seen to work.
    const owner_setting = { ...owner, ...(region ? { store_region: Number(region) } : {}) };
    const plain = { ...(JSON.parse(JSON.stringify(body)) as typeof body), owner_setting };
    await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.settings.setPrivacySetting(c.token, plain, c.context),
    );
    return { privacy_ver: body.privacy_ver };
  }

  /** Uploads a text that supplements the privacy guide: the text itself as the body. */
  @Post('privacy-settings/file')
  @ApiConsumes('text/plain')
  @ApiBody({ schema: { type: 'string' } })
  @Needs('privacy.write')
  @Audited('mini-program.privacy-file')
  @Brings('privacy', () => false)
  async uploadPrivacyFile(
    @Param() { component_appid, authorizer_appid }: AuthorizerPath,
    @Req() request: FastifyRequest,
  ): Promise<PrivacyFile> {
    if (typeof request.body !== 'string' || request.body === '')
      throw new DomainError('unsupported-media-type', 'Send the text itself as the body, as text/plain.');
    const data = Buffer.from(request.body);
    const file = { filename: 'privacy.txt', contentType: 'text/plain', size: data.length, data };
    const { ext_file_media_id } = await this.operations.read(component_appid, authorizer_appid, (api, c) =>
      api.settings.uploadPrivacyExtFile(c.token, file, c.context),
    );
    return { ext_file_media_id };
  }

  /** APIs that need WeChat's leave (such as `wx.getLocation`), and how it stands. */
  @Get('privacy-interfaces')
  @Needs('mini-programs.read')
  privacyInterfaces(@Param() { component_appid, authorizer_appid }: AuthorizerPath): Promise<PrivacyInterfacePage> {
    return this.operations.read(component_appid, authorizer_appid, async (api, { token, context }) => {
      const { interface_list } = await api.settings.getPrivacyInterfaces(token, context);
      const items = interface_list.map(({ api_name, status, audit_id, fail_reason }) => ({
        api_name,
        state: INTERFACE_STATES[status as keyof typeof INTERFACE_STATES] ?? ('unknown' as const),
        audit_id: audit_id ?? null,
        fail_reason: fail_reason || null,
      }));
      return wholePage(items);
    });
  }

  /** Asks for one; refused while an application for it is under review (61031). */
  @Post('privacy-interfaces')
  @Needs('privacy.write')
  @Audited('mini-program.apply-privacy-interface')
  @Brings('privacy')
  async applyPrivacyInterface(
    @Param() { component_appid, authorizer_appid }: AuthorizerPath,
    @Body() body: PrivacyInterfaceApplication,
  ): Promise<PrivacyInterfaceApplied> {
    const plain = JSON.parse(JSON.stringify(body)) as typeof body;
    const answer = await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.settings.applyPrivacyInterface(c.token, plain, c.context),
    );
    return { audit_id: answer?.audit_id ?? null };
  }
}
