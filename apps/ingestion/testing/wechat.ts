import { createCipheriv, randomBytes, randomInt } from 'node:crypto';
import { encrypt, getSignature } from '@wecom/crypto';
import { request } from 'undici';

/** What WeChat knows of a component. */
export interface PushKeys {
  readonly componentAppid: string;
  readonly pushToken: string;
  readonly encodingAesKey: string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
export const randomText = (length: number) => Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
export const randomAppid = () => `wx${randomBytes(8).toString('hex')}`;

export const newPushKeys = (): PushKeys => ({
  componentAppid: randomAppid(),
  pushToken: randomText(20),
  encodingAesKey: randomText(43),
});

export interface MadePush {
  readonly path: string;
  readonly body: string;
}

export interface PushParts {
  readonly timestamp?: number;
  readonly nonce?: string;
  /** On the message event URL: the appid in the path. */
  readonly appid?: string;
  readonly toUserName?: string;
  /** Of the envelope. Default: XML. */
  readonly format?: 'json';
  /** Tail of the plaintext. Default: the component. */
  readonly tail?: string;
}

/** A push as WeChat would make it, by a package that is not ours. */
export function makePush(keys: PushKeys, xml: string, parts: PushParts = {}): MadePush {
  return signPush(keys, encrypt(keys.encodingAesKey, xml, parts.tail ?? keys.componentAppid), parts);
}

/** Encrypts bytes as they are: random, length, message, tail and padding are the caller's. */
export function encryptBytes(keys: PushKeys, plain: Buffer): string {
  const key = Buffer.from(`${keys.encodingAesKey}=`, 'base64');
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
}

/** Signs what is encrypted already, whatever it is. */
export function signPush(keys: PushKeys, encrypted: string, parts: PushParts = {}): MadePush {
  const timestamp = String(parts.timestamp ?? Math.floor(Date.now() / 1_000));
  const nonce = parts.nonce ?? String(randomInt(1_000_000_000));
  const envelope =
    parts.appid === undefined
      ? `<AppId><![CDATA[${keys.componentAppid}]]></AppId>`
      : `<ToUserName><![CDATA[${parts.toUserName ?? 'gh_000000000000'}]]></ToUserName>`;
  const query = new URLSearchParams({
    signature: getSignature(keys.pushToken, timestamp, nonce, ''),
    timestamp,
    nonce,
    encrypt_type: 'aes',
    msg_signature: getSignature(keys.pushToken, timestamp, nonce, encrypted),
  });
  const whose =
    parts.appid === undefined ? { AppId: keys.componentAppid } : { ToUserName: parts.toUserName ?? 'gh_000000000000' };
  const path = parts.appid === undefined ? 'events' : `${parts.appid}/messages`;
  return {
    path: `/wechat/${keys.componentAppid}/${path}?${query}`,
    body: parts.format
      ? JSON.stringify({ ...whose, Encrypt: encrypted })
      : `<xml>\n    ${envelope}\n    <Encrypt><![CDATA[${encrypted}]]></Encrypt>\n</xml>`,
  };
}

const element = (name: string, value: string | number) =>
  typeof value === 'number' ? `<${name}>${value}</${name}>` : `<${name}><![CDATA[${value}]]></${name}>`;
export const xmlOf = (fields: Readonly<Record<string, string | number>>): string =>
  `<xml>${Object.entries(fields)
    .map(([name, value]) => element(name, value))
    .join('\n')}</xml>`;

const nowS = () => Math.floor(Date.now() / 1_000);

export const ticketXml = (keys: PushKeys, ticket = `ticket@@@${randomText(80)}`, createTime = nowS()): string =>
  xmlOf({
    AppId: keys.componentAppid,
    CreateTime: createTime,
    InfoType: 'component_verify_ticket',
    ComponentVerifyTicket: ticket,
  });

export const unauthorizedXml = (keys: PushKeys, authorizer: string, createTime = nowS()): string =>
  xmlOf({ AppId: keys.componentAppid, CreateTime: createTime, InfoType: 'unauthorized', AuthorizerAppid: authorizer });

export const textXml = (toUserName: string, content: string, msgId = String(randomInt(2 ** 47)), from = 'oUser'): string =>
  xmlOf({ ToUserName: toUserName, FromUserName: from, CreateTime: nowS(), MsgType: 'text', Content: content, MsgId: msgId });

export const eventXml = (toUserName: string, event: string, fields: Readonly<Record<string, string | number>> = {}): string =>
  xmlOf({ ToUserName: toUserName, FromUserName: 'oSystem', CreateTime: nowS(), MsgType: 'event', Event: event, ...fields });

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

export async function send(base: string, { path, body }: MadePush, contentType: string | null = 'text/xml'): Promise<Answer> {
  const response = await request(`${base}${path}`, {
    method: 'POST',
    body,
    ...(contentType === null ? {} : { headers: { 'content-type': contentType } }),
  });
  return { status: response.statusCode, type: String(response.headers['content-type']), text: await response.body.text() };
}

export const SUCCESS: Answer = { status: 200, type: 'text/plain; charset=utf-8', text: 'success' };
