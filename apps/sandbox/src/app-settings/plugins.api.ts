import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK, text } from '../protocol/route.js';
import { AppSettingsStore, type Plugin } from './app-settings.store.js';

const MOST_PLUGINS = 30;
const APPLYING = 1;
const USABLE = 2;
const GRAY_RUNNING = 1;
/** A plugin whose appid ends so is reviewed by its developer first; any other is usable at once. */
const REVIEWED = /review$/;

/** Plugins of a mini program (release reference §6.8). */
@Injectable()
export class PluginsApi {
  constructor(
    registry: ApiRegistry,
    private readonly store: AppSettingsStore,
  ) {
    registry.add({
      token: 'authorizer',
      sets: [40],
      method: 'POST',
      path: '/wxa/plugin',
      handle: (call: AuthorizerCall) => this.handle(call),
    });
  }

  private handle(call: AuthorizerCall): Json {
    const { plugins } = this.store.of(call.merchant);
    switch (call.body['action']) {
      case 'apply':
        return this.apply(call, plugins);
      case 'list':
        return {
          ...OK,
          plugin_list: [...plugins.values()].map(({ appid, status }) => ({
            appid,
            status,
            nickname: `插件 ${appid.slice(-6)}`,
            headimgurl: `https://wx.qlogo.cn/mmopen/${appid}/0`,
          })),
        };
      case 'unbind': {
        const held = heldBy(call, plugins);
        refuse(held.status === APPLYING, 89243);
        plugins.delete(held.appid);
        return OK;
      }
      case 'update': {
        const held = heldBy(call, plugins);
        const version = text(call.body['user_version']);
        refuse(!version, 40097);
        refuse(call.merchant.code?.gray?.status === GRAY_RUNNING, 89258);
        held.version = version;
        return OK;
      }
      default:
        throw new ApiError(40097);
    }
  }

  private apply(call: AuthorizerCall, plugins: Map<string, Plugin>): Json {
    const appid = text(call.body['plugin_appid']);
    refuse(!/^wx\w{6,30}$/.test(appid), 89239);
    refuse(appid === call.merchant.appid, 89236);
    refuse(plugins.has(appid), 89237);
    refuse(plugins.size >= MOST_PLUGINS, 89238);
    plugins.set(appid, { appid, status: REVIEWED.test(appid) ? APPLYING : USABLE, version: '' });
    return OK;
  }
}

function heldBy(call: AuthorizerCall, plugins: Map<string, Plugin>): Plugin {
  const held = plugins.get(text(call.body['plugin_appid']));
  // The page prints 89044, the table of all codes 89244 (release reference §6.9).
  if (!held) throw new ApiError(89244);
  return held;
}
