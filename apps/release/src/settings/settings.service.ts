import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DomainError } from '#service';
import { type HistoryVersion, LIMITS, type UploadFile, type WechatApi, type WechatApiError } from '#wechat';
import { WriteLease } from '../mini-programs/write-lease.js';
import { AuditReader } from '../releases/audit-reader.js';
import { Rollbacks } from '../releases/rollback.service.js';
import { errcodeOf } from '../wechat/wechat-failure.domain.js';
import { type Call, WechatGateway } from '../wechat/wechat-gateway.service.js';

/** Listing counts into the same small daily allowance as rolling back, so it is kept for a while. */
const HISTORY_KEPT_MS = 10 * 60_000;
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif']);
const FILM = 'video/mp4';
/** WeChat says no to what already is so. */
const ALREADY_SO: ReadonlySet<number> = new Set([85004, 89019, 89237]);

/** What is set and read per mini program, besides releases. */
@Injectable()
export class SettingsService {
  private readonly histories = new LRUCache<string, readonly HistoryVersion[]>({ max: 5_000, ttl: HISTORY_KEPT_MS });

  constructor(
    private readonly gateway: WechatGateway,
    private readonly lease: WriteLease,
    private readonly reader: AuditReader,
    private readonly rollbacks: Rollbacks,
  ) {}

  read<T>(component: string, appid: string, call: (api: WechatApi, call: Call) => Promise<T>): Promise<T> {
    this.gateway.requireComponent(component);
    return this.gateway.forAuthorizer(component, appid, call);
  }

  /** One write at a time for one mini program. What already is so counts as done. */
  async write<T>(component: string, appid: string, call: (api: WechatApi, call: Call) => Promise<T>): Promise<T | undefined> {
    this.gateway.requireComponent(component);
    try {
      return await this.lease.hold(component, appid, () => this.gateway.forAuthorizer(component, appid, call));
    } catch (error) {
      if (ALREADY_SO.has(errcodeOf(error) ?? 0)) return undefined;
      throw error;
    }
  }

  /** 85017, "no domain to modify": all of them are there (or gone) already, or none of them is allowed. The list says which. */
  async changeDomains(
    component: string,
    appid: string,
    asked: DomainChange,
    call: (api: WechatApi, call: Call) => Promise<DomainLists>,
  ): Promise<DomainLists> {
    try {
      return (await this.write(component, appid, call)) ?? {};
    } catch (error) {
      if (errcodeOf(error) !== NOTHING_TO_MODIFY) throw error;
      const now = await this.read(component, appid, (api, c) => api.settings.modifyDomain(c.token, { action: 'get' }, c.context));
      const lists = { ...now } as DomainLists;
      const refused = notAsAsked(asked, lists);
      if (refused.length === 0) return lists;
      const { errcode, errmsg, rid, remedy } = error as WechatApiError;
      throw new DomainError(
        'wechat-refused',
        `WeChat changed nothing: ${refused.join(', ')} ${asked.action === 'delete' ? 'is still set' : 'is not set'}.`,
        {
          cause: error,
          wechat: { errcode, errmsg, rid },
          remedy,
          members: { refused, there: Object.fromEntries(DOMAIN_KINDS.map((kind) => [kind, lists[kind] ?? []])) },
        },
      );
    }
  }

  versions(component: string, appid: string) {
    this.gateway.requireComponent(component);
    return this.reader.versions(component, appid);
  }

  async history(component: string, appid: string): Promise<readonly HistoryVersion[]> {
    const key = `${component}/${appid}`;
    const known = this.histories.get(key);
    if (known) return known;
    const list = await this.read(component, appid, (api, { token, context }) => api.code.getHistoryVersions(token, context));
    this.histories.set(key, list);
    return list;
  }

  /** Back to an earlier version. @returns what is online now */
  async rollback(component: string, appid: string, appVersion: number | undefined) {
    const now = await this.rollbacks.rollBack(component, appid, appVersion);
    this.histories.delete(`${component}/${appid}`);
    return now;
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

const NOTHING_TO_MODIFY = 85017;
const DOMAIN_KINDS = ['requestdomain', 'wsrequestdomain', 'uploaddomain', 'downloaddomain', 'udpdomain', 'tcpdomain'] as const;

export type DomainLists = Readonly<Record<string, unknown>>;
export type DomainChange = { readonly action: string } & { readonly [kind in (typeof DOMAIN_KINDS)[number]]?: readonly string[] };

/** The domains that are not as they were asked to be. */
function notAsAsked(asked: DomainChange, now: DomainLists): string[] {
  return DOMAIN_KINDS.flatMap((kind) => {
    const list = now[kind];
    const there = new Set((Array.isArray(list) ? list : []).map((domain) => String(domain).toLowerCase()));
    return (asked[kind] ?? []).filter((domain) => there.has(domain.toLowerCase()) === (asked.action === 'delete'));
  });
}

/** A file on its way. */
export interface Upload {
  readonly body: Readable;
  readonly contentType: string;
  readonly size: number;
  readonly filename: string;
}
