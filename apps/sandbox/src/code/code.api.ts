import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, Binary, type Json, OK, text } from '../protocol/route.js';
import type { TrialVersion } from '../world/app-code.js';
import { World } from '../world/world.service.js';
import { readExtJson } from './ext-json.domain.js';
import { MediaService } from './media.service.js';
import { qrCodeFor } from './qrcode.domain.js';
import { comeBack } from './words.domain.js';

const CODE = [18] as const;
const LONGEST_VERSION = 64;
const LARGEST_PACKAGE_KB = 20 * 1024;

/** The trial version: commit, privacy scan, pages, QR code (release reference §2.1–§2.7). */
@Injectable()
export class CodeApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly media: MediaService,
  ) {
    const authorizer = { token: 'authorizer', sets: CODE } as const;
    registry.add(
      {
        method: 'POST',
        path: '/wxa/commit',
        ...authorizer,
        write: true,
        rawText: true,
        handle: (call: AuthorizerCall) => this.commit(call),
      },
      {
        method: 'GET',
        path: '/wxa/get_page',
        ...authorizer,
        handle: (call: AuthorizerCall) => ({ ...OK, page_list: this.trial(call).pages }),
      },
      {
        method: 'GET',
        path: '/wxa/get_qrcode',
        ...authorizer,
        sets: [18, 86],
        handle: (call: AuthorizerCall) => this.qrCode(call),
      },
      {
        method: 'GET',
        path: '/wxa/get_category',
        ...authorizer,
        handle: (call: AuthorizerCall) => ({ ...OK, category_list: call.merchant.categories }),
      },
      {
        method: 'GET',
        path: '/wxa/security/get_code_privacy_info',
        ...authorizer,
        handle: (call: AuthorizerCall) => this.privacyInfo(call),
      },
      {
        method: 'POST',
        path: '/wxa/uploadmedia',
        ...authorizer,
        body: 'file',
        handle: (call: AuthorizerCall) => this.uploadMedia(call),
      },
      {
        method: 'POST',
        path: '/cgi-bin/media/upload',
        token: 'authorizer',
        body: 'file',
        handle: (call: AuthorizerCall) => this.uploadTemporary(call),
      },
      {
        method: 'POST',
        path: '/cgi-bin/material/get_material',
        token: 'authorizer',
        handle: (call: AuthorizerCall) => this.material(call),
      },
    );
  }

  private commit(call: AuthorizerCall): Json {
    const { merchant, component, body } = call;
    const version = text(body['user_version']);
    refuse(!version || [...version].length > LONGEST_VERSION || typeof body['user_desc'] !== 'string', 40097);
    const template = component.templates.get(templateId(body['template_id']));
    if (!template) throw new ApiError(85014);
    refuse(template.size_kb > LARGEST_PACKAGE_KB, 85044);
    const ext = readExtJson(body['ext_json'], template, merchant.privacy_api_rights);
    const code = this.world.appCode(merchant);
    code.trial = {
      template_id: template.template_id,
      ext_json: body['ext_json'] as string,
      user_version: comeBack(version, this.world.settings.words),
      user_desc: comeBack(body['user_desc'] as string, this.world.settings.words),
      commit_time: this.world.nowS,
      pages: ext.pages,
      scanDoneAt: this.world.now + this.world.settings.privacy_scan_s * 1000,
      without_auth_list: template.privacy_apis.map(wx).filter((name) => !merchant.privacy_api_rights.includes(name)),
      without_conf_list: template.privacy_apis.filter((name) => !ext.requiredPrivateInfos.includes(name)).map(wx),
      submitted: false,
    };
    return OK;
  }

  private privacyInfo(call: AuthorizerCall): Json {
    const trial = this.trial(call);
    refuse(trial.scanDoneAt > this.world.now, 61039);
    return { ...OK, without_auth_list: trial.without_auth_list, without_conf_list: trial.without_conf_list };
  }

  private qrCode(call: AuthorizerCall): Binary {
    this.trial(call);
    return new Binary('image/jpeg', qrCodeFor(`${call.merchant.appid} ${call.query['path'] ?? ''}`), 'QRCode.jpg');
  }

  private uploadMedia(call: AuthorizerCall): Json {
    const { id, type } = this.media.store(call);
    return { ...OK, type, mediaid: id };
  }

  private uploadTemporary(call: AuthorizerCall): Json {
    const { id, type } = this.media.store(call);
    return { type, media_id: id, created_at: this.world.nowS };
  }

  private material(call: AuthorizerCall): Binary {
    const media = this.world.media.get(text(call.body['media_id']));
    if (!media || media.appid !== call.merchant.appid || media.expiresAt <= this.world.now) throw new ApiError(40007);
    return new Binary(media.contentType, media.bytes, 'material.jpg');
  }

  private trial(call: AuthorizerCall): TrialVersion {
    const { trial } = this.world.appCode(call.merchant);
    if (!trial) throw new ApiError(86001);
    return trial;
  }
}

const wx = (name: string): string => `wx.${name}`;

/** A number, or a number in a string; one quoted twice is none. */
const templateId = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)) ? Number(value) : Number.NaN;
