import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DomainError } from '#service';
import { LIMITS, type QrRuleBody, type QrRuleEntry, type UploadFile, type WechatApi, WechatApiError } from '#wechat';
import { WriteLease } from '../mini-programs/write-lease.js';
import { type Call, WechatGateway } from '../wechat/wechat-gateway.service.js';
import { refusedAlthough } from '../wechat/wechat-problem.interceptor.js';

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif']);
const FILM = 'video/mp4';

/** What is set and read per mini program, besides releases. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly gateway: WechatGateway,
    private readonly lease: WriteLease,
  ) {}

  read<T>(component: string, appid: string, call: (api: WechatApi, call: Call) => Promise<T>): Promise<T> {
    this.gateway.requireComponent(component);
    return this.gateway.forAuthorizer(component, appid, call);
  }

  /**
   * One write at a time for one mini program. What already is so counts as done.
   * @param confirm asked when WeChat says that it is so already; throws when it is not as it was asked
   * @returns undefined when WeChat had nothing to do
   */
  async write<T>(
    component: string,
    appid: string,
    call: (api: WechatApi, call: Call) => Promise<T>,
    confirm?: (refusal: WechatApiError) => Promise<unknown>,
  ): Promise<T | undefined> {
    this.gateway.requireComponent(component);
    try {
      return await this.lease.hold(component, appid, () => this.gateway.forAuthorizer(component, appid, call));
    } catch (error) {
      if (!(error instanceof WechatApiError && error.refusal?.alreadySo)) throw error;
      await confirm?.(error);
      return undefined;
    }
  }

  /** 85071, "already there", is believed when the rule is the same. */
  async addQrRule(component: string, appid: string, rule: QrRuleBody): Promise<void> {
    await this.write(
      component,
      appid,
      (api, c) => api.settings.addQrRule(c.token, rule, c.context),
      async (refusal) => {
        const { rule_list = [] } = await this.read(component, appid, (api, c) =>
          api.settings.findQrRules(c.token, [rule.prefix], c.context),
        );
        const there = rule_list.find(({ prefix }) => prefix === rule.prefix);
        if (there && sameRule(there, rule)) return;
        throw refusedAlthough(refusal, `Another rule with the prefix ${rule.prefix} is there; change it, or delete it first.`);
      },
    );
  }

  /** Streams a picture (2 MB) or a film (10 MB) to WeChat. @throws DomainError before a byte is sent when it is neither. */
  uploadMedia(component: string, appid: string, file: Upload): Promise<{ type: string; mediaid: string }> {
    const film = file.contentType === FILM;
    if (!film && !PICTURES.has(file.contentType))
      throw new DomainError('unsupported-media-type', 'Send image/png, image/jpeg, image/gif or video/mp4.');
    return this.upload(component, appid, file, (api, c, form) => api.code.uploadMedia(c.token, form, c.context));
  }

  /** Streams a picture as temporary material: for avatars, certificates and names. */
  uploadTemporary(component: string, appid: string, file: Upload): Promise<{ type: string; media_id: string }> {
    if (!PICTURES.has(file.contentType))
      throw new DomainError('unsupported-media-type', 'Send image/png, image/jpeg or image/gif.');
    return this.upload(component, appid, file, (api, c, form) => api.code.uploadTemporaryMedia(c.token, form, c.context));
  }

  private async upload<T>(
    component: string,
    appid: string,
    file: Upload,
    send: (api: WechatApi, call: Call, form: UploadFile) => Promise<T>,
  ): Promise<T> {
    const film = file.contentType === FILM;
    const most = film ? LIMITS.videoBytes : LIMITS.pictureBytes;
    if (!Number.isSafeInteger(file.size) || file.size <= 0) throw new DomainError('invalid-request', 'Content-Length is needed.');
    if (file.size > most) throw new DomainError('payload-too-large', `At most ${most / 1024 / 1024} MB.`);
    let sent = false;
    return this.read(component, appid, (api, call) => {
      // The bytes are gone when WeChat refuses the token of the first try.
      if (sent) throw new DomainError('unavailable', 'The upload has to be sent once more.', { retryAfterS: 1 });
      sent = true;
      const { filename, contentType, size, body } = file;
      return send(api, call, { filename, contentType, size, data: body });
    });
  }
}

function sameRule(there: QrRuleEntry, rule: QrRuleBody): boolean {
  return (
    there.path === rule.path &&
    Number(there.permit_sub_rule) === rule.permit_sub_rule &&
    Number(there.open_version) === rule.open_version
  );
}

/** A file on its way. */
export interface Upload {
  readonly body: Readable;
  readonly contentType: string;
  readonly size: number;
  readonly filename: string;
}
