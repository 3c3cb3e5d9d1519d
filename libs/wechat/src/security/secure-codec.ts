import { constants, createCipheriv, createDecipheriv, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { parseWechatJson } from '../wire/json.js';

/** Keys of one account, as its administrator has set them on mp.weixin.qq.com (开发设置 – API 安全). AES256_GCM and RSAwithSHA256. */
export interface ApiSecurityKeys {
  readonly appid: string;
  readonly symmetric: {
    /** 编号. */
    readonly sn: string;
    /** 32 bytes in base64. */
    readonly key: string;
  };
  readonly application: {
    /** 编号 of the public key that was uploaded. */
    readonly sn: string;
    /** PEM. */
    readonly private_key: string;
  };
  /** WeChat's; two while one takes the place of the other. */
  readonly platform: readonly {
    /** 编号 as the console shows it, not the certificate's own. */
    readonly sn: string;
    /** PEM: the certificate, or its public key. */
    readonly certificate: string;
  }[];
}

/** An answer that is not WeChat's, or that nobody can read. Nothing in it is secret. */
export class ApiSecurityError extends Error {}

export interface SealedRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Members = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;
/** An answer that is older is refused, as WeChat's own sample does. */
const OLDEST_S = 300;
/** RSAwithSHA256 is RSA-PSS with a salt of 32 bytes, whatever its name says (fleet-duties.md §7). */
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

/** What is signed: four lines, the body byte for byte. */
export const toSign = (url: string, appid: string, timestamp: number, body: string): string =>
  [url, appid, timestamp, body].join('\n');

/**
 * Encrypts, then signs (fleet-duties.md §7).
 * @param url scheme, host and path, without query
 * @param members of query and body, without the token
 * @param fixed for tests: what is random
 */
export function sealRequest(
  keys: ApiSecurityKeys,
  url: string,
  members: Members,
  nowS: number,
  fixed: { readonly iv?: Buffer; readonly plain?: string } = {},
): SealedRequest {
  const iv = fixed.iv ?? randomBytes(12);
  const plain =
    fixed.plain ?? JSON.stringify({ ...members, _n: randomBytes(16).toString('base64'), _appid: keys.appid, _timestamp: nowS });
  const cipher = createCipheriv(CIPHER, symmetricKey(keys), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from([url, keys.appid, nowS, keys.symmetric.sn].join('|')));
  const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  const body = JSON.stringify({
    iv: iv.toString('base64'),
    data: data.toString('base64'),
    authtag: cipher.getAuthTag().toString('base64'),
  });
  const signature = sign('sha256', Buffer.from(toSign(url, keys.appid, nowS, body)), {
    key: keys.application.private_key,
    ...PSS,
  });
  return {
    body,
    headers: {
      'wechatmp-appid': keys.appid,
      'wechatmp-timestamp': String(nowS),
      'wechatmp-signature': signature.toString('base64'),
    },
  };
}

/**
 * Verifies, then decrypts. An answer in clear is given back as it is: WeChat says so when it refuses; what is signed is verified.
 * @returns the answer as text
 * @throws ApiSecurityError
 */
export function openAnswer(keys: ApiSecurityKeys, url: string, headers: Headers, body: string, nowS: number): string {
  const envelope = envelopeOf(body);
  const signature = one(headers['wechatmp-signature']);
  if (signature === undefined) {
    if (envelope) throw new ApiSecurityError('the answer is encrypted and not signed');
    return body;
  }
  const timestamp = Number(one(headers['wechatmp-timestamp']));
  const appid = one(headers['wechatmp-appid']);
  if (appid !== keys.appid) throw new ApiSecurityError('the answer is signed for another account');
  if (!(Math.abs(nowS - timestamp) <= OLDEST_S)) throw new ApiSecurityError('the answer is too old, or the clock is wrong');
  const signed = Buffer.from(toSign(url, keys.appid, timestamp, body));
  if (!isVerified(keys, headers, signed)) throw new ApiSecurityError('the signature of the answer is wrong');
  if (!envelope) return body;
  const plain = decrypted(keys, url, timestamp, envelope);
  const { _appid, _timestamp } = parseWechatJson(plain) as { _appid?: unknown; _timestamp?: unknown };
  if (_appid !== keys.appid || Number(_timestamp) !== timestamp)
    throw new ApiSecurityError('what is in the answer is not what its headers say');
  return plain;
}

interface Envelope {
  readonly iv: string;
  readonly data: string;
  readonly authtag: string;
}

function decrypted(keys: ApiSecurityKeys, url: string, timestamp: number, { iv, data, authtag }: Envelope): string {
  const tag = Buffer.from(authtag, 'base64');
  if (tag.length !== TAG_BYTES) throw new ApiSecurityError('the tag of the answer is too short');
  try {
    const decipher = createDecipheriv(CIPHER, symmetricKey(keys), Buffer.from(iv, 'base64'), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from([url, keys.appid, timestamp, keys.symmetric.sn].join('|')));
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
  } catch {
    throw new ApiSecurityError('the answer cannot be decrypted: compare the symmetric key and its number with the console');
  }
}

/** While certificates change, an answer has two numbers and two signatures: one of them is known. */
function isVerified({ platform }: ApiSecurityKeys, headers: Headers, signed: Buffer): boolean {
  const pairs = [
    [one(headers['wechatmp-serial']), one(headers['wechatmp-signature'])],
    [one(headers['wechatmp-serial-deprecated']), one(headers['wechatmp-signature-deprecated'])],
  ] as const;
  return pairs.some(([sn, signature]) => {
    const known = platform.find((candidate) => candidate.sn === sn);
    if (!known || signature === undefined) return false;
    return verify('sha256', signed, { key: createPublicKey(known.certificate), ...PSS }, Buffer.from(signature, 'base64'));
  });
}

function envelopeOf(body: string): Envelope | undefined {
  try {
    const parsed = JSON.parse(body) as Partial<Envelope>;
    const { iv, data, authtag } = parsed;
    return typeof iv === 'string' && typeof data === 'string' && typeof authtag === 'string' ? { iv, data, authtag } : undefined;
  } catch {
    return undefined;
  }
}

const symmetricKey = ({ symmetric }: ApiSecurityKeys): Buffer => Buffer.from(symmetric.key, 'base64');
const one = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];
