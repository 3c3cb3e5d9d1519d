import type { ComponentOptions } from '../world/model.js';
import { open, seal, sign } from './push-crypto.domain.js';
import { cdata, readElement } from './xml.domain.js';

export const TAMPERS = [
  'signature',
  'token',
  'previous_key',
  'previous_token',
  'other_appid',
  'body',
  'plain',
  'no_encrypt',
  'bad_key',
  'doctype',
] as const;
export type Tamper = (typeof TAMPERS)[number];

const FOREIGN_APPID = 'wx0000000000000000';
const FOREIGN_KEY = 'z'.repeat(43);
const FOREIGN_TOKEN = 'notthetoken';

export interface Envelope {
  readonly query: Record<string, string>;
  readonly body: string;
  readonly aesKey: string;
  readonly token: string;
}

/**
 * One push as it goes over the wire (authorization reference §1.2, §1.3).
 * @param toUserName the authorizer's `gh_…`; undefined for the component's own events
 */
export function envelope(
  component: ComponentOptions,
  message: string,
  at: {
    timestamp: string;
    nonce: string;
    openid?: string | undefined;
    toUserName?: string | undefined;
    /** Default: XML. */
    format?: 'xml' | 'json' | undefined;
    tamper?: Tamper | undefined;
  },
): Envelope {
  const { timestamp, nonce, tamper } = at;
  const token = tokenFor(component, tamper);
  const aesKey = keyFor(component, tamper);
  const encrypted = seal(aesKey, message, tamper === 'other_appid' ? FOREIGN_APPID : component.component_appid);
  const sent =
    tamper === 'body'
      ? seal(aesKey, message.replace('</xml>', '<Forged>1</Forged></xml>'), component.component_appid)
      : encrypted;
  const signature = sign(token, timestamp, nonce, encrypted);
  const query: Record<string, string> = { signature: sign(token, timestamp, nonce), timestamp, nonce };
  if (at.openid) query['openid'] = at.openid;
  if (tamper !== 'plain') {
    query['encrypt_type'] = 'aes';
    query['msg_signature'] = tamper === 'signature' ? signature.replace(/^./, (first) => (first === '0' ? '1' : '0')) : signature;
  }
  return {
    query,
    body:
      at.format === 'json' ? jsonBodyOf(component, sent, at.toUserName) : bodyOf(component, message, sent, at.toUserName, tamper),
    aesKey,
    token,
  };
}

function jsonBodyOf(component: ComponentOptions, encrypted: string, toUserName: string | undefined): string {
  return JSON.stringify({
    ...(toUserName ? { ToUserName: toUserName } : { AppId: component.component_appid }),
    Encrypt: encrypted,
  });
}

function bodyOf(
  component: ComponentOptions,
  message: string,
  encrypted: string,
  toUserName: string | undefined,
  tamper?: Tamper,
): string {
  if (tamper === 'plain') return message;
  const whose = toUserName
    ? `<ToUserName>${cdata(toUserName)}</ToUserName>`
    : `<AppId>${cdata(component.component_appid)}</AppId>`;
  const cipher = tamper === 'no_encrypt' ? '' : `\n    <Encrypt>${cdata(encrypted)}</Encrypt>`;
  const doctype = tamper === 'doctype' ? '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n' : '';
  return `${doctype}<xml>\n    ${whose}${cipher}\n</xml>`;
}

function tokenFor(component: ComponentOptions, tamper: Tamper | undefined): string {
  if (tamper === 'token') return FOREIGN_TOKEN;
  return tamper === 'previous_token' ? (component.previous_push_token ?? component.push_token) : component.push_token;
}

function keyFor(component: ComponentOptions, tamper: Tamper | undefined): string {
  if (tamper === 'bad_key') return FOREIGN_KEY;
  return tamper === 'previous_key'
    ? (component.previous_encoding_aes_key ?? component.encoding_aes_key)
    : component.encoding_aes_key;
}

/** The message of an encrypted passive reply. @throws Error when it is not one that WeChat would take. */
export function openReply(sealed: Envelope, componentAppid: string, answer: string): string {
  const json = sealed.body.startsWith('{') ? (JSON.parse(answer) as Record<string, unknown>) : undefined;
  const part = (name: string): string => {
    const value = json ? json[name] : readElement(answer, name);
    if (value === undefined) throw new Error(`reply without ${name}`);
    return String(value);
  };
  const encrypted = part('Encrypt');
  if (sign(sealed.token, part('TimeStamp'), part('Nonce'), encrypted) !== part('MsgSignature'))
    throw new Error('reply with a wrong MsgSignature');
  return open(sealed.aesKey, encrypted, componentAppid).message;
}
