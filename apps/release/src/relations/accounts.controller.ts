import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, Needs, wholePage } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { Brings } from '../approvals/brings.decorator.js';
import { SettingsService } from '../settings/settings.service.js';
import { refusedAlthough } from '../wechat/wechat-problem.interceptor.js';
import {
  OpenAccount,
  OpenAccountView,
  ShowableAccountPage,
  ShownAccount,
  ShownAccountView,
  UnbindOpenAccount,
} from './relations.dto.js';

const SHOWABLE = 100;

/** The open-platform account (开放平台账号), which unionids depend on, and the official account that users may follow (fleet-duties.md §6). */
@ApiTags('mini program relations')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid')
export class AccountsController {
  constructor(private readonly settings: SettingsService) {}

  /** To which open-platform account it is bound. */
  @Get('open-account')
  @Needs('mini-programs.read')
  async openAccount(@Param() path: AuthorizerPath): Promise<OpenAccountView> {
    const open = await this.boundTo(path);
    return { open_appid: open ?? null, same_entity: open === undefined ? null : await this.sameEntity(path) };
  }

  /** Makes one and binds this account to it; five accounts of the same entity fit into it. */
  @Post('open-account')
  @Needs('accounts.write')
  @Audited('mini-program.create-open-account')
  @Brings('registration')
  async create(@Param() path: AuthorizerPath): Promise<OpenAccountView> {
    const { component_appid, authorizer_appid } = path;
    const answer = await this.settings.write(component_appid, authorizer_appid, (api, c) =>
      api.relations.createOpenAccount(c.token, authorizer_appid, c.context),
    );
    return { open_appid: answer?.open_appid ?? (await this.boundTo(path)) ?? null, same_entity: null };
  }

  /** Binds it to one that this platform has made. That it is bound to this one already is done; to another one it is refused. */
  @Put('open-account')
  @Needs('accounts.write')
  @Audited('mini-program.bind-open-account')
  @Brings('registration')
  async bind(@Param() path: AuthorizerPath, @Body() { open_appid }: OpenAccount): Promise<OpenAccountView> {
    const { component_appid, authorizer_appid: appid } = path;
    try {
      await this.settings.write(component_appid, appid, (api, c) =>
        api.relations.bindOpenAccount(c.token, { appid, open_appid }, c.context),
      );
    } catch (error) {
      if (!(error instanceof WechatApiError && error.errcode === ERRCODE.OPEN_ACCOUNT_BOUND)) throw error;
      const there = await this.boundTo(path);
      if (there !== open_appid)
        throw refusedAlthough(error, `It is bound to ${there ?? 'another open-platform account'}; unbind that first.`, { there });
    }
    return { open_appid, same_entity: null };
  }

  /** Takes it out of its open-platform account: every user's unionid is another one afterwards. One that it is not bound to is done. */
  @Delete('open-account')
  @HttpCode(204)
  @Needs('accounts.write')
  @Audited('mini-program.unbind-open-account')
  @Brings('registration')
  async unbind(@Param() path: AuthorizerPath, @Body() { open_appid }: UnbindOpenAccount): Promise<void> {
    const { component_appid, authorizer_appid: appid } = path;
    await this.settings.write(
      component_appid,
      appid,
      (api, c) => api.relations.unbindOpenAccount(c.token, { appid, open_appid }, c.context),
      async (refusal) => {
        const there = await this.boundTo(path);
        if (there !== undefined) throw refusedAlthough(refusal, `It is bound to ${there}.`, { there });
      },
    );
  }

  /** The official account that users of the mini program are offered to follow. */
  @Get('followed-account')
  @Needs('mini-programs.read')
  async followed(@Param() { component_appid, authorizer_appid }: AuthorizerPath): Promise<ShownAccountView> {
    const shown = await this.settings.read(component_appid, authorizer_appid, (api, c) =>
      api.relations.getShownAccount(c.token, c.context),
    );
    const isShown = Number(shown.is_open) === 1;
    return {
      appid: isShown ? (shown.appid ?? null) : null,
      nickname: isShown ? (shown.nickname ?? null) : null,
      possible: Number(shown.can_open) === 1,
    };
  }

  /** Those that may be offered: official accounts that are linked with the mini program. */
  @Get('followed-account/candidates')
  @Needs('mini-programs.read')
  async candidates(@Param() { component_appid, authorizer_appid }: AuthorizerPath): Promise<ShowableAccountPage> {
    const { biz_info_list: list = [] } = await this.settings.read(component_appid, authorizer_appid, (api, c) =>
      api.relations.getShowableAccounts(c.token, 0, SHOWABLE, c.context),
    );
    return wholePage(list.map(({ appid, nickname }) => ({ appid, nickname: nickname ?? null })));
  }

  /** Offers another one, or with null none. */
  @Put('followed-account')
  @HttpCode(204)
  @Needs('accounts.write')
  @Audited('mini-program.followed-account')
  @Brings('registration')
  async follow(@Param() { component_appid, authorizer_appid }: AuthorizerPath, @Body() { appid }: ShownAccount): Promise<void> {
    await this.settings.write(component_appid, authorizer_appid, (api, c) =>
      api.relations.setShownAccount(c.token, appid ?? undefined, c.context),
    );
  }

  private async boundTo({ component_appid, authorizer_appid: appid }: AuthorizerPath): Promise<string | undefined> {
    try {
      return (
        await this.settings.read(component_appid, appid, (api, c) => api.relations.getOpenAccount(c.token, appid, c.context))
      ).open_appid;
    } catch (error) {
      if (error instanceof WechatApiError && error.errcode === ERRCODE.OPEN_ACCOUNT_NOT_BOUND) return undefined;
      throw error;
    }
  }

  /** Which permission set it wants is not published: where WeChat refuses, it is not known. */
  private async sameEntity({ component_appid, authorizer_appid }: AuthorizerPath): Promise<boolean | null> {
    try {
      const { same_entity } = await this.settings.read(component_appid, authorizer_appid, (api, c) =>
        api.relations.isSameEntity(c.token, c.context),
      );
      return same_entity;
    } catch (error) {
      if (error instanceof WechatApiError) return null;
      throw error;
    }
  }
}
