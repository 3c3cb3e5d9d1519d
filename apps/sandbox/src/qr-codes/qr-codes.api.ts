import { Injectable } from '@nestjs/common';
import { qrCodeFor } from '../code/qrcode.domain.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, Binary, isObject, type Json, text } from '../protocol/route.js';
import { urlSafe } from '../world/random.js';
import { World } from '../world/world.service.js';

const CODES = [17] as const;
const ACCOUNT_SERVICES = [3] as const;
const LONGEST_PATH = 1024;
const LONGEST_SQUARE_CODE_PATH = 128;
/** Visible characters that WeChat takes without encoding. */
const SCENE = /^[\w!#$&'()*+,/:;=?@.~-]{1,32}$/;
const LONGEST_LIFE_S = 2_592_000;
const SHORTEST_LIFE_S = 60;

/** Codes that users scan: those of mini programs as pictures, those of official accounts as tickets. */
@Injectable()
export class QrCodesApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
  ) {
    const picture = { method: 'POST', token: 'authorizer', sets: CODES } as const;
    registry.add(
      {
        ...picture,
        path: '/cgi-bin/wxaapp/createwxaqrcode',
        handle: (call: AuthorizerCall) => this.ofPath(call, LONGEST_SQUARE_CODE_PATH),
      },
      { ...picture, path: '/wxa/getwxacode', handle: (call: AuthorizerCall) => this.ofPath(call, LONGEST_PATH) },
      { ...picture, path: '/wxa/getwxacodeunlimit', handle: (call: AuthorizerCall) => this.ofScene(call) },
      {
        method: 'POST',
        path: '/cgi-bin/qrcode/create',
        token: 'authorizer',
        sets: ACCOUNT_SERVICES,
        handle: (call: AuthorizerCall) => this.ticket(call),
      },
    );
  }

  private ofPath(call: AuthorizerCall, longest: number): Binary {
    const path = text(call.body['path']);
    refuse(!path || path.length > longest, 40159);
    return picture(call, path);
  }

  private ofScene(call: AuthorizerCall): Binary {
    const { body } = call;
    const scene = text(body['scene']);
    const page = text(body['page']);
    refuse(!SCENE.test(scene), 40169);
    refuse(page.startsWith('/') || page.includes('?'), 41030);
    if (page && body['check_path'] !== false) this.checkPage(call, page);
    return picture(call, `${page}?scene=${encodeURIComponent(scene)}`);
  }

  /** Unless told otherwise, WeChat makes codes only for pages of the published version. */
  private checkPage(call: AuthorizerCall, page: string): void {
    const { trial, online } = this.world.appCode(call.merchant);
    const version = call.body['env_version'] === 'trial' ? trial : online;
    if (!version) throw new ApiError(41030);
    const pages = call.component.templates.get(version.template_id)?.pages;
    refuse(pages && !pages.includes(page), 41030);
  }

  private ticket(call: AuthorizerCall): Json {
    const { body } = call;
    const info = isObject(body['action_info']) ? body['action_info'] : {};
    const scene = isObject(info['scene']) ? info['scene'] : {};
    const kind = /^QR_(LIMIT_)?(STR_)?SCENE$/.exec(text(body['action_name']));
    if (!kind) throw new ApiError(40053);
    const named = kind[2] ? text(scene['scene_str']) : Number.isInteger(scene['scene_id']);
    refuse(!named, 40053);
    const seconds = Number(body['expire_seconds'] ?? SHORTEST_LIFE_S);
    const life = Math.min(Math.max(seconds, SHORTEST_LIFE_S), LONGEST_LIFE_S);
    return {
      ticket: `gQ${urlSafe(94)}==`,
      ...(!kind[1] && { expire_seconds: life }),
      url: `http://weixin.qq.com/q/${urlSafe(22)}`,
    };
  }
}

const picture = (call: AuthorizerCall, what: string): Binary =>
  new Binary('image/jpeg', qrCodeFor(`${call.merchant.appid} ${what}`), 'QRCode.jpg');
