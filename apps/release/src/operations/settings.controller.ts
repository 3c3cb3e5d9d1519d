import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DomainError, NeedsScope } from '#service';
import { Audited } from '../audited.decorator.js';
import {
  BaseLibrary,
  Domains,
  Nickname,
  OperationPath,
  PrivacyQuery,
  PrivacySettings,
  Tester,
  UnbindTester,
  WebviewDomains,
  WechatAnswer,
} from './operations.dto.js';
import { OperationsService } from './operations.service.js';

/** What has to be set before a release, per mini program. Bodies and answers are WeChat's own. */
@ApiTags('mini program settings')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid')
export class SettingsController {
  constructor(private readonly operations: OperationsService) {}

  /** Lowest base library, and the share of users per version. */
  @Get('base-library')
  @NeedsScope('releases:read', 'releases:write')
  async baseLibrary(@Param() { component_appid, authorizer_appid }: OperationPath): Promise<WechatAnswer> {
    return {
      ...(await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.code.getSupportVersion(c.token, c.context),
      )),
    };
  }

  @Put('base-library')
  @NeedsScope('releases:write')
  @Audited('mini-program.base-library')
  async setBaseLibrary(
    @Param() { component_appid, authorizer_appid }: OperationPath,
    @Body() body: BaseLibrary,
  ): Promise<WechatAnswer> {
    await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.code.setSupportVersion(c.token, body.version, c.context),
    );
    return { now_version: body.version };
  }

  /** Testers; WeChat names them by `userstr` only. */
  @Get('testers')
  @NeedsScope('releases:read', 'releases:write')
  async testers(@Param() { component_appid, authorizer_appid }: OperationPath): Promise<WechatAnswer> {
    return {
      items: await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.settings.getTesters(c.token, c.context),
      ),
    };
  }

  /** Somebody who is one already counts as done. */
  @Post('testers')
  @NeedsScope('releases:write')
  @Audited('mini-program.bind-tester')
  async bindTester(@Param() { component_appid, authorizer_appid }: OperationPath, @Body() body: Tester): Promise<WechatAnswer> {
    const answer = await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.settings.bindTester(c.token, body.wechatid, c.context),
    );
    return { userstr: answer?.userstr ?? null };
  }

  @Post('testers/unbind')
  @HttpCode(204)
  @NeedsScope('releases:write')
  @Audited('mini-program.unbind-tester')
  async unbindTester(@Param() { component_appid, authorizer_appid }: OperationPath, @Body() body: UnbindTester): Promise<void> {
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

  /** Server domains; entries that WeChat rejects come back in `invalid_…` lists although the call succeeds. */
  @Post('domains')
  @HttpCode(200)
  @NeedsScope('releases:write')
  @Audited('mini-program.domains')
  async domains(@Param() { component_appid, authorizer_appid }: OperationPath, @Body() body: Domains): Promise<WechatAnswer> {
    return {
      ...(await this.operations.write(component_appid, authorizer_appid, (api, c) =>
        api.settings.modifyDomain(c.token, { ...body }, c.context),
      )),
    };
  }

  /** Domains of `<web-view>`. */
  @Post('webview-domains')
  @HttpCode(200)
  @NeedsScope('releases:write')
  @Audited('mini-program.webview-domains')
  async webviewDomains(
    @Param() { component_appid, authorizer_appid }: OperationPath,
    @Body() body: WebviewDomains,
  ): Promise<WechatAnswer> {
    return {
      ...(await this.operations.write(component_appid, authorizer_appid, (api, c) =>
        api.settings.setWebviewDomain(c.token, { ...body }, c.context),
      )),
    };
  }

  /** What will hold after the next release. */
  @Get('domains/effective')
  @NeedsScope('releases:read', 'releases:write')
  async effectiveDomains(@Param() { component_appid, authorizer_appid }: OperationPath): Promise<WechatAnswer> {
    return {
      ...(await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.settings.getEffectiveDomain(c.token, c.context),
      )),
    };
  }

  /** The privacy guide, and what the scan of the code found. */
  @Get('privacy-settings')
  @NeedsScope('releases:read', 'releases:write')
  async privacySettings(
    @Param() { component_appid, authorizer_appid }: OperationPath,
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
  @NeedsScope('releases:write')
  @Audited('mini-program.privacy-settings')
  async setPrivacySettings(
    @Param() { component_appid, authorizer_appid }: OperationPath,
    @Body() body: PrivacySettings,
  ): Promise<WechatAnswer> {
    if ((body.privacy_ver === 2) !== (body.setting_list !== undefined))
      throw new DomainError('invalid-request', 'setting_list is needed for privacy_ver 2, and forbidden for 1.');
    const { contact_email, contact_phone, contact_qq, contact_weixin } = body.owner_setting;
    if (!contact_email && !contact_phone && !contact_qq && !contact_weixin)
      throw new DomainError('invalid-request', 'owner_setting needs at least one contact.');
    const plain = JSON.parse(JSON.stringify(body)) as typeof body;
    await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.settings.setPrivacySetting(c.token, plain, c.context),
    );
    return { privacy_ver: body.privacy_ver };
  }

  /** Categories that the mini program has, with their review. */
  @Get('categories')
  @NeedsScope('releases:read', 'releases:write')
  async categories(@Param() { component_appid, authorizer_appid }: OperationPath): Promise<WechatAnswer> {
    return {
      ...(await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.settings.getAppCategories(c.token, c.context),
      )),
    };
  }

  /** Name, introduction, picture, principal, and how often each may still be changed. */
  @Get('basic-info')
  @NeedsScope('releases:read', 'releases:write')
  async basicInfo(@Param() { component_appid, authorizer_appid }: OperationPath): Promise<WechatAnswer> {
    return {
      ...(await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.settings.getAccountBasicInfo(c.token, c.context),
      )),
    };
  }

  /** Holds at once, or is reviewed first: then `audit_id` is given. Two changes a year; refused while code is in audit (91019). */
  @Put('nickname')
  @NeedsScope('releases:write')
  @Audited('mini-program.nickname')
  async nickname(@Param() { component_appid, authorizer_appid }: OperationPath, @Body() body: Nickname): Promise<WechatAnswer> {
    const plain = JSON.parse(JSON.stringify(body)) as typeof body;
    const answer = await this.operations.write(component_appid, authorizer_appid, (api, c) =>
      api.settings.setNickname(c.token, plain, c.context),
    );
    return { audit_id: answer?.audit_id ?? null, wording: answer?.wording ?? null };
  }
}
