import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, Needs, wholePage } from '#service';
import { ERRCODE, WechatApiError } from '#wechat';
import { Brings } from '../approvals/brings.decorator.js';
import { ApplyPlugin, PluginPage, PluginPath, UpdatePlugin } from './plugins.dto.js';
import { SettingsService } from './settings.service.js';

const STATES = { 1: 'applying', 2: 'usable', 3: 'refused', 4: 'timed-out' } as const;

/** Plugins that the mini program's code may use. Permission set 40. */
@ApiTags('mini program settings')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid/plugins')
export class PluginsController {
  constructor(private readonly operations: SettingsService) {}

  /** The plugins it uses or has asked for. */
  @Get()
  @Needs('mini-programs.read')
  plugins(@Param() path: AuthorizerPath): Promise<PluginPage> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { plugin_list } = await api.settings.listPlugins(token, context);
      const items = (plugin_list ?? []).map(({ appid, nickname, status, headimgurl }) => ({
        plugin_appid: appid,
        nickname: nickname ?? null,
        state: STATES[status as keyof typeof STATES] ?? ('unknown' as const),
        head_image_url: headimgurl ?? null,
      }));
      return wholePage(items);
    });
  }

  /** One that is there already counts as done. */
  @Post()
  @Needs('plugins.write')
  @Audited('mini-program.apply-plugin')
  @Brings('plugins')
  async apply(@Param() path: AuthorizerPath, @Body() { plugin_appid, reason }: ApplyPlugin): Promise<PluginPage> {
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.applyPlugin(c.token, { plugin_appid, ...(reason ? { reason } : {}) }, c.context),
    );
    return this.plugins(path);
  }

  /** Changes the version in use without a release; refused while a gray release runs (89258). */
  @Put(':plugin_appid')
  @HttpCode(204)
  @Needs('plugins.write')
  @Audited('mini-program.update-plugin')
  @Brings('plugins')
  async update(@Param() path: PluginPath, @Body() { user_version }: UpdatePlugin): Promise<void> {
    const { plugin_appid } = path;
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.updatePlugin(c.token, { plugin_appid, user_version }, c.context),
    );
  }

  /** Ends the use of a plugin. One that is not there counts as done. */
  @Delete(':plugin_appid')
  @HttpCode(204)
  @Needs('plugins.write')
  @Audited('mini-program.unbind-plugin')
  @Brings('plugins')
  async unbind(@Param() path: PluginPath): Promise<void> {
    try {
      await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
        api.settings.unbindPlugin(c.token, path.plugin_appid, c.context),
      );
    } catch (error) {
      if (!(error instanceof WechatApiError && NOT_IN_LIST.has(error.errcode ?? ERRCODE.OK))) throw error;
    }
  }
}

/** An update of it is refused with the same code, and then it matters: the catalogue cannot call it done. */
const NOT_IN_LIST: ReadonlySet<number> = new Set([ERRCODE.PLUGIN_NOT_IN_LIST, ERRCODE.PLUGIN_NOT_IN_LIST_AS_PRINTED]);
