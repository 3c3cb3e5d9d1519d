import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { World } from '../world/world.service.js';

export type SecurityMode = 'optional' | 'required';

/** What an administrator has set in the console of an account, and what the console shows (fleet reference §7). */
export interface SecuredAccount {
  readonly mode: SecurityMode;
  readonly symmetric_sn: string;
  readonly symmetric_key: string;
  readonly application_sn: string;
  /** Both halves: the sandbox plays the merchant who hands over the private one. */
  readonly application_public_key: string;
  readonly application_private_key: string;
  readonly platform_sn: string;
  readonly platform_private_key: string;
  readonly platform_certificate: string;
  /** The one before, while certificates change. */
  readonly deprecated?: { readonly sn: string; readonly private_key: string };
}

const HOST = 'https://api.weixin.qq.com';
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const OLDEST_S = 300;
/** Of the calls of §7.3; each stands for what is below it. */
const TAKING_PART = [
  '/cgi-bin/clear_quota',
  '/cgi-bin/openapi/quota/get',
  '/cgi-bin/openapi/rid/get',
  '/wxa/getuserriskrank',
  '/wxa/business/getuserphonenumber',
  '/wxa/getwxacode',
  '/wxa/getwxacodeunlimit',
  '/cgi-bin/message/custom/send',
  '/cgi-bin/message/subscribe/send',
  '/wxa/msg_sec_check',
  '/wxa/media_check_async',
  '/wxa/plugin',
  '/wxa/devplugin',
  '/datacube',
];

/** Accounts in API security mode: requests are verified and decrypted, answers encrypted and signed. */
@Injectable()
export class ApiSecurityStore {
  private readonly accounts = new Map<string, SecuredAccount>();

  constructor(private readonly world: World) {
    world.keepMaps('api-security', { accounts: this.accounts });
    world.onReset(() => this.accounts.clear());
  }

  /** New keys; those of before are the deprecated ones when `renew` says so. */
  secure(appid: string, mode: SecurityMode, renew: boolean): SecuredAccount {
    const pair = () =>
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
    const sn = () => randomBytes(16).toString('hex');
    const before = this.accounts.get(appid);
    const [application, platform] = [pair(), pair()];
    const account: SecuredAccount =
      renew && before
        ? {
            ...before,
            ...{ mode, platform_sn: sn(), platform_private_key: platform.privateKey, platform_certificate: platform.publicKey },
            deprecated: { sn: before.platform_sn, private_key: before.platform_private_key },
          }
        : {
            mode,
            symmetric_sn: sn(),
            symmetric_key: randomBytes(32).toString('base64'),
            application_sn: sn(),
            application_public_key: application.publicKey,
            application_private_key: application.privateKey,
            platform_sn: sn(),
            platform_private_key: platform.privateKey,
            platform_certificate: platform.publicKey,
          };
    this.accounts.set(appid, account);
    return account;
  }

  release(appid: string): void {
    this.accounts.delete(appid);
  }

  /**
   * "Requests are encrypted, then signed": §7 with its codes.
   * @returns what was encrypted; `undefined`: the call is in clear, and may be
   */
  open(appid: string, path: string, headers: IncomingHttpHeaders, raw: Buffer): Buffer | undefined {
    const account = this.accounts.get(appid);
    if (!account || !TAKING_PART.some((one) => path === one || path.startsWith(`${one}/`))) return undefined;
    const read = (name: string) => headers[name] as string | undefined;
    const [about, at, signature] = ['wechatmp-appid', 'wechatmp-timestamp', 'wechatmp-signature'].map(read);
    const inClear = about === undefined && at === undefined && signature === undefined;
    if (inClear && account.mode === 'optional') return undefined;
    refuse(signature === undefined, 40232);
    refuse(about === undefined, 40233);
    refuse(at === undefined, 40231);
    refuse(about !== appid, 40237);
    const timestamp = Number(at);
    refuse(!(Math.abs(this.world.nowS - timestamp) <= OLDEST_S), 40240);
    const url = `${HOST}${path}`;
    const signed = Buffer.concat([Buffer.from(`${url}\n${appid}\n${timestamp}\n`), raw]);
    const key = { key: createPublicKey(account.application_public_key), ...PSS };
    refuse(!verify('sha256', signed, key, Buffer.from(signature!, 'base64')), 40234);
    const plain = this.decrypt(account, `${url}|${appid}|${timestamp}|${account.symmetric_sn}`, raw);
    const { _appid, _timestamp, _n, ...members } = JSON.parse(plain.toString('utf8')) as Record<string, unknown>;
    refuse(_appid !== appid || _timestamp !== timestamp || typeof _n !== 'string' || _n.length < 16, 40235);
    return Buffer.from(JSON.stringify(members));
  }

  /** "Answers are verified, then decrypted." @returns body and headers */
  seal(appid: string, path: string, answer: string): { body: string; headers: Record<string, string> } {
    const account = this.accounts.get(appid)!;
    const timestamp = this.world.nowS;
    const url = `${HOST}${path}`;
    const plain = JSON.stringify({
      ...{ _n: randomBytes(16).toString('base64'), _appid: appid, _timestamp: timestamp },
      ...(JSON.parse(answer) as object),
    });
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(account.symmetric_key, 'base64'), iv);
    cipher.setAAD(Buffer.from(`${url}|${appid}|${timestamp}|${account.symmetric_sn}`));
    const data = Buffer.concat([cipher.update(plain), cipher.final()]);
    const body = JSON.stringify({
      iv: iv.toString('base64'),
      data: data.toString('base64'),
      authtag: cipher.getAuthTag().toString('base64'),
    });
    const signed = Buffer.from(`${url}\n${appid}\n${timestamp}\n${body}`);
    const by = (key: string) => sign('sha256', signed, { key: createPrivateKey(key), ...PSS }).toString('base64');
    return {
      body,
      headers: {
        'Wechatmp-Appid': appid,
        'Wechatmp-TimeStamp': String(timestamp),
        'Wechatmp-Serial': account.platform_sn,
        'Wechatmp-Signature': by(account.platform_private_key),
        ...(account.deprecated && {
          'Wechatmp-Serial-Deprecated': account.deprecated.sn,
          'Wechatmp-Signature-Deprecated': by(account.deprecated.private_key),
        }),
      },
    };
  }

  private decrypt(account: SecuredAccount, aad: string, raw: Buffer): Buffer {
    try {
      const { iv, data, authtag } = JSON.parse(raw.toString('utf8')) as Record<'iv' | 'data' | 'authtag', string>;
      const key = Buffer.from(account.symmetric_key, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'));
      decipher.setAAD(Buffer.from(aad));
      decipher.setAuthTag(Buffer.from(authtag, 'base64'));
      return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]);
    } catch {
      throw new ApiError(40235);
    }
  }
}
