import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, Needs, wholePage } from '#service';
import { type EmbeddedEntry, type EmbeddedFlag, type EmbeddedList, ERRCODE, type WechatApi, WechatApiError } from '#wechat';
import { Brings } from '../approvals/brings.decorator.js';
import { SettingsService } from '../settings/settings.service.js';
import type { Call } from '../wechat/wechat-gateway.service.js';
import {
  AskHalfScreen,
  FLAGS,
  HalfScreenPage,
  HalfScreenPath,
  HalfScreenPolicy,
  type HalfScreenView,
  OpenerPath,
  OpenersPage,
} from './relations.dto.js';

/** Of one page; WeChat names no limit. */
const PAGE = 100;
const MOST = 1_000;

/** Half-screen mini programs (半屏小程序): which ones this one may open, and who may open it (fleet-duties.md §5). */
@ApiTags('mini program relations')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid/half-screen')
export class HalfScreenController {
  constructor(private readonly settings: SettingsService) {}

  /** Those that it may open, or has asked to. */
  @Get()
  @Needs('mini-programs.read')
  async list(@Param() path: AuthorizerPath): Promise<HalfScreenPage> {
    const { entries } = await this.all(path, (api, { token, context }, from) =>
      api.relations.getEmbedded(token, from, PAGE, context),
    );
    return wholePage(entries.map(toView));
  }

  /** Asks to open another mini program; 50 times a day. What was asked for already counts as done. */
  @Post()
  @HttpCode(204)
  @Needs('plugins.write')
  @Audited('mini-program.ask-half-screen')
  @Brings('plugins')
  async ask(@Param() path: AuthorizerPath, @Body() { embedded_appid, reason }: AskHalfScreen): Promise<void> {
    await this.write(path, [ERRCODE.EMBEDDED_ALREADY_ASKED], (api, { token, context }) =>
      api.relations.addEmbedded(token, { appid: embedded_appid, ...(reason ? { apply_reason: reason } : {}) }, context),
    );
  }

  /** Gives one up. One that is not there counts as done. */
  @Delete('opened/:embedded_appid')
  @HttpCode(204)
  @Needs('plugins.write')
  @Audited('mini-program.remove-half-screen')
  @Brings('plugins')
  async remove(@Param() path: HalfScreenPath): Promise<void> {
    await this.write(path, [ERRCODE.EMBEDDED_NOT_FOUND], (api, { token, context }) =>
      api.relations.deleteEmbedded(token, path.embedded_appid, context),
    );
  }

  /** Those that may open it, or have asked to, and how those are answered who ask. */
  @Get('openers')
  @Needs('mini-programs.read')
  async openers(@Param() path: AuthorizerPath): Promise<OpenersPage> {
    const { entries, flag } = await this.all(path, (api, { token, context }, from) =>
      api.relations.getEmbedders(token, from, PAGE, context),
    );
    return { ...wholePage(entries.map(toView)), policy: FLAGS[flag ?? -1] ?? null };
  }

  /** Takes the permission to open it back. One that is not there counts as done. */
  @Delete('openers/:opener_appid')
  @HttpCode(204)
  @Needs('plugins.write')
  @Audited('mini-program.remove-opener')
  @Brings('plugins')
  async removeOpener(@Param() path: OpenerPath): Promise<void> {
    await this.write(path, [ERRCODE.EMBEDDED_NOT_FOUND], (api, { token, context }) =>
      api.relations.deleteEmbedder(token, path.opener_appid, context),
    );
  }

  /** How those are answered who ask to open it. */
  @Put('policy')
  @HttpCode(204)
  @Needs('plugins.write')
  @Audited('mini-program.half-screen-policy')
  @Brings('plugins')
  async setPolicy(@Param() path: AuthorizerPath, @Body() { policy }: HalfScreenPolicy): Promise<void> {
    await this.write(path, [], (api, { token, context }) =>
      api.relations.setEmbeddedFlag(token, FLAGS.indexOf(policy) as EmbeddedFlag, context),
    );
  }

  /** What WeChat refuses because it is so already is done. */
  private async write(
    { component_appid, authorizer_appid }: AuthorizerPath,
    done: readonly number[],
    call: (api: WechatApi, call: Call) => Promise<unknown>,
  ): Promise<void> {
    try {
      await this.settings.write(component_appid, authorizer_appid, call);
    } catch (error) {
      if (!(error instanceof WechatApiError && done.includes(error.errcode ?? ERRCODE.OK))) throw error;
    }
  }

  /** Page after page, until one brings nothing new: how long a page may be is not published. */
  private async all(
    { component_appid, authorizer_appid }: AuthorizerPath,
    page: (api: WechatApi, call: Call, from: number) => Promise<EmbeddedList>,
  ): Promise<{ entries: EmbeddedEntry[]; flag: number | undefined }> {
    const found = new Map<string, EmbeddedEntry>();
    for (;;) {
      const before = found.size;
      const answer = await this.settings.read(component_appid, authorizer_appid, (api, call) => page(api, call, before));
      for (const entry of answer.wxa_embedded_list ?? []) found.set(entry.appid, entry);
      if (found.size === before || found.size >= MOST) return { entries: [...found.values()], flag: answer.embedded_flag };
    }
  }
}

function toView({ appid, nickname, reason, status, create_time: at }: EmbeddedEntry): HalfScreenView {
  const seconds = Number(at);
  return {
    appid,
    nickname: nickname ?? null,
    reason: reason || null,
    status: status === undefined ? null : String(status),
    asked_at: Number.isFinite(seconds) && seconds > 0 ? new Date(seconds * 1_000).toISOString() : null,
  };
}
