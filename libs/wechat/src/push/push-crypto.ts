import { type AesKey, decodeAesKey, decrypt, encrypt, sameSignature, sign } from './cipher.js';
import { type Envelope, readEnvelope } from './envelope.js';
import { PushRefusedError } from './push-refused.error.js';

/** Largest body believed to be a push. WeChat's largest (link and mini-program messages, violation events) stay far below. */
export const MAX_PUSH_BYTES = 256 * 1024;

export interface PushCryptoOptions {
  readonly componentAppid: string;
  /** Message-check tokens (消息校验Token): the current one first, then the previous one while a change is under way. */
  readonly pushTokens: readonly string[];
  /** EncodingAESKeys (消息加解密Key), 43 characters each: current, previous. */
  readonly encodingAesKeys: readonly string[];
  /** Default {@link MAX_PUSH_BYTES}. */
  readonly maxBytes?: number;
}

/** What WeChat puts into the query of a push. Values are `unknown` because a query parser may give lists. */
export interface PushQuery {
  readonly msg_signature?: unknown;
  readonly timestamp?: unknown;
  readonly nonce?: unknown;
}

export interface OpenedPush {
  /** The decrypted content: XML, or JSON where the push is. */
  readonly xml: string;
  /** Of the envelope; an answer must have the same. */
  readonly format: 'xml' | 'json';
  readonly msgSignature: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly envelope: { readonly appId?: string; readonly toUserName?: string };
  /** Which of the configured keys opened it: 0 current, 1 previous. */
  readonly keyIndex: number;
  readonly tokenIndex: number;
  /** The key and token that fit, as configured: a passive reply must use the same ones. */
  readonly encodingAesKey: string;
  readonly pushToken: string;
}

export interface SealOptions {
  /** Unix seconds, ours. */
  readonly timestamp: number | string;
  /** WeChat's documents propose to repeat the nonce of the push. */
  readonly nonce: string;
  /** Default: the current ones. Give those of the {@link OpenedPush} that is answered. */
  readonly encodingAesKey?: string;
  readonly pushToken?: string;
  /** That of the {@link OpenedPush} that is answered. Default: XML. */
  readonly format?: 'xml' | 'json';
  /** 16 bytes, for tests. */
  readonly random?: Buffer;
}

/**
 * Opens and seals the encrypted pushes of one component (authorization.md §1).
 * @throws TypeError when a key is not 43 letters and digits, or no token or key is given. Values are not in the message.
 */
export class PushCrypto {
  private readonly keys: readonly AesKey[];
  private readonly maxBytes: number;

  constructor(private readonly options: PushCryptoOptions) {
    if (!options.componentAppid || options.pushTokens.length === 0 || options.encodingAesKeys.length === 0) {
      throw new TypeError('componentAppid, one push token and one EncodingAESKey are needed');
    }
    if (options.pushTokens.some((token) => !token)) {
      throw new TypeError('a push token is empty');
    }
    this.keys = options.encodingAesKeys.map(decodeAesKey);
    this.maxBytes = options.maxBytes ?? MAX_PUSH_BYTES;
  }

  /**
   * Verifies `msg_signature` with each token, decrypts with each key, and checks that the content is for this component.
   * @throws PushRefusedError
   */
  open({ query, body }: { query: PushQuery; body: string | Buffer }): OpenedPush {
    const { msg_signature: msgSignature, timestamp, nonce } = query;
    if (!isTimestamp(timestamp) || !isNonce(nonce)) {
      throw new PushRefusedError('signature', 'timestamp or nonce is missing or malformed');
    }
    const { encrypt: encrypted, format, ...envelope } = readEnvelope(body, this.maxBytes);
    const tokenIndex = this.options.pushTokens.findIndex((token) =>
      sameSignature(msgSignature, sign(token, timestamp, nonce, encrypted)),
    );
    if (tokenIndex < 0) {
      throw new PushRefusedError('signature', 'msg_signature fits none of the configured tokens');
    }
    const { keyIndex, message } = this.decryptWithAnyKey(encrypted);
    this.checkEnvelope(envelope);
    return {
      xml: message,
      format,
      msgSignature: msgSignature as string,
      timestamp,
      nonce,
      envelope,
      keyIndex,
      tokenIndex,
      encodingAesKey: this.options.encodingAesKeys[keyIndex]!,
      pushToken: this.options.pushTokens[tokenIndex]!,
    };
  }

  /** Encrypts and signs a passive reply; the result is the answer's body. */
  seal(plain: string, options: SealOptions): string {
    const pushToken = options.pushToken ?? this.options.pushTokens[0]!;
    const timestamp = String(options.timestamp);
    const { nonce } = options;
    if (!isTimestamp(timestamp) || !isNonce(nonce) || nonce.includes(']]>')) {
      throw new TypeError('timestamp must be Unix seconds and nonce a short text');
    }
    const encrypted = encrypt(this.keyFor(options.encodingAesKey), plain, this.options.componentAppid, options.random);
    const signature = sign(pushToken, timestamp, nonce, encrypted);
    if (options.format === 'json')
      return JSON.stringify({ Encrypt: encrypted, MsgSignature: signature, TimeStamp: Number(timestamp), Nonce: nonce });
    return [
      '<xml>',
      `<Encrypt><![CDATA[${encrypted}]]></Encrypt>`,
      `<MsgSignature><![CDATA[${signature}]]></MsgSignature>`,
      `<TimeStamp>${timestamp}</TimeStamp>`,
      `<Nonce><![CDATA[${nonce}]]></Nonce>`,
      '</xml>',
    ].join('\n');
  }

  /**
   * Checks the plain `signature` of a GET probe. Never use it for a POST: it does not cover the body.
   * @returns the text to answer.
   * @throws PushRefusedError `signature`
   */
  verifyEcho(query: { signature?: unknown; timestamp?: unknown; nonce?: unknown; echostr?: unknown }): string {
    const { signature, timestamp, nonce, echostr } = query;
    const fits =
      isTimestamp(timestamp) &&
      isNonce(nonce) &&
      typeof echostr === 'string' &&
      this.options.pushTokens.some((token) => sameSignature(signature, sign(token, timestamp, nonce)));
    if (!fits) {
      throw new PushRefusedError('signature', 'signature fits none of the configured tokens');
    }
    return echostr;
  }

  private decryptWithAnyKey(encrypted: string): { keyIndex: number; message: string } {
    let refusal: PushRefusedError | undefined;
    for (let keyIndex = 0; keyIndex < this.keys.length; keyIndex += 1) {
      try {
        const { message, appid } = decrypt(this.keys[keyIndex]!, encrypted);
        if (appid === this.options.componentAppid) {
          return { keyIndex, message };
        }
        refusal = new PushRefusedError('appid', 'the content is for another appid');
      } catch (error) {
        if (!(error instanceof PushRefusedError)) {
          throw error;
        }
        refusal ??= error;
      }
    }
    throw refusal!;
  }

  /** The envelope is not signed; but one that names another component was put together by somebody. */
  private checkEnvelope(envelope: Omit<Envelope, 'encrypt' | 'format'>): void {
    if (envelope.appId !== undefined && envelope.appId !== this.options.componentAppid) {
      throw new PushRefusedError('appid', 'the envelope names another component');
    }
  }

  private keyFor(encodingAesKey: string | undefined): AesKey {
    if (encodingAesKey === undefined) {
      return this.keys[0]!;
    }
    const index = this.options.encodingAesKeys.indexOf(encodingAesKey);
    return this.keys[index] ?? decodeAesKey(encodingAesKey);
  }
}

// The signature joins its parts without a separator: digits of a nonce could move here. Whoever acts on the time must look at its length, too.
function isTimestamp(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,13}$/.test(value);
}

function isNonce(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 128;
}
