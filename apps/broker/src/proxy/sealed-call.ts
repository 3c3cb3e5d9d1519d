import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { DomainError } from '#service';
import { ApiSecurityError, type ApiSecurityKeys, openAnswer, parseWechatJson, sealRequest } from '#wechat';

/** More is no JSON answer of WeChat's. */
const MOST_BYTES = 32 * 1_024 * 1_024;

/** What is sent in the place of a caller's call, and how the answer is read. */
export interface SealedCall {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** @throws DomainError `wechat-unreachable` when it is not WeChat's */
  open(raw: Dispatcher.ResponseData): Promise<Dispatcher.ResponseData>;
}

/** They stay in the address, whichever the caller wrote. */
const TOKENS: ReadonlySet<string> = new Set(['access_token', 'component_access_token']);

const nowS = () => Math.floor(Date.now() / 1_000);

/**
 * Query and body of the caller, encrypted and signed for the account.
 * @returns `undefined` when the body is no JSON object: that is the caller's to be told by WeChat
 */
export function sealedCall(
  keys: ApiSecurityKeys,
  url: string,
  { query, body }: { readonly query: string; readonly body: Buffer },
): SealedCall | undefined {
  const members = membersOf(body);
  if (!members) return undefined;
  const asked = { ...Object.fromEntries([...new URLSearchParams(query)].filter(([name]) => !TOKENS.has(name))), ...members };
  const sealed = sealRequest(keys, url, asked, nowS());
  return {
    body: sealed.body,
    headers: { 'content-type': 'application/json; charset=utf-8', ...sealed.headers },
    async open(raw) {
      // A file is neither encrypted nor text.
      if (!/json|text/.test(String(raw.headers['content-type'] ?? ''))) return raw;
      const text = await textOf(raw);
      const { 'content-length': _, 'content-encoding': __, ...headers } = raw.headers;
      const plain = Buffer.from(opened(keys, url, raw.headers, text));
      return { ...raw, headers, body: Readable.from([plain]) as unknown as Dispatcher.ResponseData['body'] };
    },
  };
}

function opened(keys: ApiSecurityKeys, url: string, headers: Dispatcher.ResponseData['headers'], text: string): string {
  try {
    return openAnswer(keys, url, headers, text, nowS());
  } catch (error) {
    if (!(error instanceof ApiSecurityError)) throw error;
    throw new DomainError('wechat-unreachable', `What answered cannot be believed (API security): ${error.message}.`);
  }
}

function membersOf(body: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed = parseWechatJson(body.length === 0 ? '{}' : body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

async function textOf(raw: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of raw.body) {
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES) throw new DomainError('wechat-unreachable', 'The answer is too large.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
