import { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { requirePass } from '../effects/pass.js';
import { WechatApiError, type WechatFailure, type WechatFailureKind } from '../errors/wechat-api.error.js';
import { ApiSecurityError, type ApiSecurityKeys, openAnswer, sealRequest } from '../security/secure-codec.js';
import { isSecured, signedUrl } from '../security/secured-apis.js';
import { parseWechatJson } from '../wire/json.js';
import { type QueryValue, WechatUrls } from '../wire/urls.js';
import { detailsOf, findRid, scrub } from './scrub.js';

/** One finished call, for logs, metrics and the call log. Holds no secret. */
export interface WechatCallRecord {
  readonly api: string;
  readonly method: string;
  readonly path: string;
  readonly componentAppid?: string;
  readonly authorizerAppid?: string;
  readonly errcode?: number;
  readonly rid?: string;
  readonly httpStatus?: number;
  readonly durationMs: number;
  /** What WeChat's clock showed when it answered, ms since 1970, to the second. Absent: no answer, or none that says so. */
  readonly answeredAt?: number;
  /** `aborted`: whoever asked did not wait for the answer. */
  readonly outcome: 'ok' | 'aborted' | WechatFailureKind;
}

export interface WechatApiOptions {
  /** Default `https://api.weixin.qq.com`. */
  readonly apiBaseUrl?: string;
  /** For a whole call, answer included. Default 5000; calls that make tokens have at least 10000. */
  readonly timeoutMs?: number;
  /** Default: an own `Agent` without redirects and without pipelining. */
  readonly dispatcher?: Dispatcher;
  /** Called after every call, successful or not. Must not throw. */
  readonly onCall?: (record: WechatCallRecord) => void;
  /** Asked before a call is sent, which is not sent when this throws. */
  readonly beforeCall?: (call: Pick<ApiCall, 'api' | 'path'>, context: CallContext) => Promise<void> | void;
  /** Accounts whose calls are signed and encrypted (API 安全). */
  readonly security?: ApiSecurity;
  /** Only for tests, of this library and of what stands in for an app: protected effects are sent without the leave of the gate. */
  readonly ungated?: true;
}

/** Knows the keys of accounts in API security mode. */
export interface ApiSecurity {
  /** Of the account whose token a call has; `undefined`: it is sent in clear. */
  keysOf(context: CallContext): Promise<ApiSecurityKeys | undefined>;
  /** WeChat refused a call because of them, or for their want. Must not throw. */
  demanded(context: CallContext, errcode: number): void;
}

/** Who is concerned: goes into the call record. And, for one call, another time-out or an abort signal. */
export interface CallContext {
  readonly componentAppid?: string;
  readonly authorizerAppid?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ApiCall {
  /** Last part of the path, WeChat's own name. */
  readonly api: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** JSON body; POST without one sends `{}`, because WeChat answers 44002 to nothing. */
  readonly body?: unknown;
  readonly form?: { readonly contentType: string; readonly length: number; readonly stream: AsyncIterable<Uint8Array> };
  /** Texts that must not be in an error, even if WeChat repeats them. */
  readonly secrets?: readonly string[];
  /** Members that must be there and not empty in a good answer. */
  readonly requires?: readonly string[];
  /** Members of a refusal that are kept as they are although they look like secrets: ids of something that exists in spite of it. */
  readonly ids?: readonly string[];
  /** What an answer that says whose it is must say; one that does not say it is believed. */
  readonly account?: { readonly appid: string; readonly of: (answer: JsonAnswer) => unknown };
  /** Calls that make tokens: at least 10 s. */
  readonly makesToken?: boolean;
}

export type JsonAnswer = Readonly<Record<string, unknown>>;
export interface BinaryAnswer {
  readonly contentType: string;
  readonly data: Buffer;
}

interface RawAnswer {
  readonly httpStatus: number;
  readonly contentType: string;
  readonly data: Buffer;
  readonly answeredAt: number | undefined;
}

/** Of API security: a header is missing or wrong, or a key (fleet-duties.md §7). */
export const isSecurityRefusal = (errcode: number | undefined): boolean =>
  errcode !== undefined && errcode >= 40_230 && errcode <= 40_240;

/** Where tokens are: they stay in the address. */
const TOKENS: ReadonlySet<string> = new Set(['access_token', 'component_access_token']);
const TOKEN_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** These happen before a request leaves the machine. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'TimeoutError']);

/** Sends calls to WeChat and believes only what is certainly an answer of WeChat. Never repeats and never follows redirects. */
export class WechatTransport {
  readonly urls: WechatUrls;
  private readonly dispatcher: Dispatcher;
  private readonly ownsDispatcher: boolean;

  constructor(private readonly options: WechatApiOptions) {
    this.urls = new WechatUrls(options.apiBaseUrl === undefined ? {} : { apiBaseUrl: options.apiBaseUrl });
    this.ownsDispatcher = options.dispatcher === undefined;
    this.dispatcher = options.dispatcher ?? new Agent({ connect: { timeout: 3000 }, connections: 64, pipelining: 1 });
  }

  /** @throws WechatApiError */
  json<T = JsonAnswer>(call: ApiCall, context: CallContext = {}): Promise<T> {
    return this.send(call, context, (raw) => this.readJson(call, raw) as T);
  }

  /** For APIs that give a file on success and JSON on failure. @throws WechatApiError */
  binary(call: ApiCall, context: CallContext = {}): Promise<BinaryAnswer> {
    return this.send(call, context, (raw) => this.readBinary(call, raw));
  }

  async close(): Promise<void> {
    if (this.ownsDispatcher) {
      await this.dispatcher.close();
    }
  }

  private async send<T>(call: ApiCall, context: CallContext, read: (raw: RawAnswer) => T): Promise<T> {
    const pass = this.options.ungated ? undefined : requirePass(call, context);
    await this.options.beforeCall?.(call, context);
    await pass?.agreed?.();
    const startedAt = performance.now();
    let httpStatus: number | undefined;
    let answeredAt: number | undefined;
    try {
      const raw = await this.exchange(call, context);
      ({ httpStatus, answeredAt } = raw);
      const answer = read(raw);
      this.report(call, context, startedAt, { outcome: 'ok', errcode: 0, httpStatus, answeredAt });
      return answer;
    } catch (error) {
      const failure = error instanceof WechatApiError ? error : this.networkError(call, error);
      const { kind: outcome, errcode, rid } = failure;
      if (errcode !== undefined && isSecurityRefusal(errcode)) this.options.security?.demanded(context, errcode);
      this.report(call, context, startedAt, { outcome, errcode, rid, httpStatus, answeredAt });
      throw failure;
    }
  }

  private async exchange(call: ApiCall, context: CallContext): Promise<RawAnswer> {
    const timeoutMs = this.timeoutOf(call, context);
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = context.signal ? AbortSignal.any([timeout, context.signal]) : timeout;
    const sealed = await this.sealed(call, context);
    const response = await request(this.urls.api(call.path, sealed?.query ?? call.query), {
      method: call.method,
      dispatcher: this.dispatcher,
      signal,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(sealed?.payload ?? payload(call)),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      size += (chunk as Buffer).length;
      if (size > MAX_ANSWER_BYTES) {
        throw this.failure(call, 'bad-answer', 'the answer is too large', { httpStatus: response.statusCode });
      }
      chunks.push(chunk as Buffer);
    }
    const contentType = String(response.headers['content-type'] ?? '').toLowerCase();
    const date = Date.parse(String(response.headers['date'] ?? ''));
    return {
      httpStatus: response.statusCode,
      contentType,
      data: sealed ? sealed.open(response.headers, Buffer.concat(chunks)) : Buffer.concat(chunks),
      answeredAt: Number.isNaN(date) ? undefined : date,
    };
  }

  /** A call of an account in API security mode; `undefined`: it goes in clear. */
  private async sealed(call: ApiCall, context: CallContext) {
    if (call.method !== 'POST' || call.form || !isSecured(call.path)) return undefined;
    const keys = await this.options.security?.keysOf(context);
    if (!keys) return undefined;
    const query = Object.entries(call.query ?? {});
    const members = { ...Object.fromEntries(query.filter(([name]) => !TOKENS.has(name))), ...(call.body as object | undefined) };
    const url = signedUrl(this.options.apiBaseUrl, call.path);
    const { body, headers } = sealRequest(keys, url, members, Math.floor(Date.now() / 1_000));
    return {
      query: Object.fromEntries(query.filter(([name]) => TOKENS.has(name))),
      payload: { body, headers: { 'content-type': 'application/json; charset=utf-8', ...headers } },
      open: (answered: Parameters<typeof openAnswer>[2], data: Buffer): Buffer => {
        // A file is neither encrypted nor text.
        if (parseObject(data) === undefined) return data;
        try {
          return Buffer.from(openAnswer(keys, url, answered, data.toString('utf8'), Math.floor(Date.now() / 1_000)));
        } catch (error) {
          if (!(error instanceof ApiSecurityError)) throw error;
          throw this.failure(call, 'bad-answer', `API security: ${error.message}`, {});
        }
      },
    };
  }

  private timeoutOf(call: ApiCall, context: CallContext): number {
    const configured = this.options.timeoutMs ?? 5000;
    return context.timeoutMs ?? (call.makesToken ? Math.max(configured, TOKEN_TIMEOUT_MS) : configured);
  }

  private readJson(call: ApiCall, { httpStatus, data }: RawAnswer): JsonAnswer {
    const answer = parseObject(data);
    // A body with an errcode is WeChat speaking, whatever the status line says.
    const errcode = answer && 'errcode' in answer ? Number(answer['errcode']) : 0;
    if (answer && errcode !== 0) {
      const errmsg = String(answer['errmsg'] ?? '');
      throw this.failure(call, 'errcode', errmsg, {
        errcode: Number.isFinite(errcode) ? errcode : -1,
        rid: findRid(errmsg),
        httpStatus,
        details: detailsOf(answer, call.secrets, call.ids),
      });
    }
    if (!answer || httpStatus !== 200) {
      throw this.failure(call, 'bad-answer', badAnswerText(httpStatus, data), { httpStatus });
    }
    for (const name of call.requires ?? []) {
      const value = answer[name];
      if (value === undefined || value === null || value === '') {
        throw this.failure(call, 'bad-answer', `the answer has no ${name}`, { httpStatus });
      }
    }
    const about = call.account?.of(answer);
    if (call.account && typeof about === 'string' && about !== call.account.appid) {
      const errmsg = `asked about ${call.account.appid}, the answer is about ${about.slice(0, 64)}`;
      throw this.failure(call, 'bad-answer', errmsg, { httpStatus, concerns: 'account' });
    }
    return answer;
  }

  private readBinary(call: ApiCall, raw: RawAnswer): BinaryAnswer {
    if (!isBinary(raw)) {
      this.readJson(call, raw);
      throw this.failure(call, 'bad-answer', 'JSON where a file was expected', { httpStatus: raw.httpStatus });
    }
    if (raw.httpStatus !== 200 || raw.data.length === 0) {
      throw this.failure(call, 'bad-answer', badAnswerText(raw.httpStatus, raw.data), { httpStatus: raw.httpStatus });
    }
    return { contentType: raw.contentType.split(';')[0]!.trim(), data: raw.data };
  }

  private failure(
    call: ApiCall,
    kind: WechatFailureKind,
    errmsg: string,
    more: Pick<WechatFailure, 'errcode' | 'rid' | 'httpStatus' | 'details' | 'concerns'>,
  ): WechatApiError {
    const maybeExecuted = kind !== 'errcode' || more.errcode === -1;
    return new WechatApiError({ kind, api: call.api, errmsg: scrub(errmsg, call.secrets), maybeExecuted, ...more });
  }

  private networkError(call: ApiCall, error: unknown): WechatApiError {
    const { code = '', name = '' } = error as { code?: string; name?: string };
    const kind = TIMEOUTS.has(code) || TIMEOUTS.has(name) ? 'timeout' : 'network';
    // undici's own message may quote the URL and with it a token: only its code is passed on, and no cause.
    return new WechatApiError({
      kind,
      api: call.api,
      errmsg: kind === 'timeout' ? 'no answer in time' : `connection failed (${String(code || name || 'unknown')})`,
      maybeExecuted: !NEVER_SENT.has(String(code)),
    });
  }

  private report(
    call: ApiCall,
    context: CallContext,
    startedAt: number,
    result: {
      outcome: WechatCallRecord['outcome'];
      errcode?: number | undefined;
      rid?: string | undefined;
      httpStatus?: number | undefined;
      answeredAt?: number | undefined;
    },
  ): void {
    this.options.onCall?.({
      api: call.api,
      method: call.method,
      path: call.path,
      durationMs: Math.round(performance.now() - startedAt),
      outcome: result.outcome,
      ...(context.componentAppid === undefined ? {} : { componentAppid: context.componentAppid }),
      ...(context.authorizerAppid === undefined ? {} : { authorizerAppid: context.authorizerAppid }),
      ...(result.errcode === undefined ? {} : { errcode: result.errcode }),
      ...(result.rid === undefined ? {} : { rid: result.rid }),
      ...(result.httpStatus === undefined ? {} : { httpStatus: result.httpStatus }),
      ...(result.answeredAt === undefined ? {} : { answeredAt: result.answeredAt }),
    });
  }
}

function payload({ method, body, form }: ApiCall): { body?: string | Readable; headers?: Record<string, string> } {
  if (form) {
    return {
      body: Readable.from(form.stream, { objectMode: false }),
      headers: { 'content-type': form.contentType, 'content-length': String(form.length) },
    };
  }
  // JSON.stringify leaves Chinese as it is: several APIs refuse or garble `\u` escapes.
  return method === 'POST'
    ? { body: JSON.stringify(body ?? {}), headers: { 'content-type': 'application/json; charset=utf-8' } }
    : {};
}

function parseObject(data: Buffer): JsonAnswer | undefined {
  const text = data
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (!text.startsWith('{')) {
    return undefined;
  }
  try {
    return parseWechatJson(text) as JsonAnswer;
  } catch {
    return undefined;
  }
}

function isBinary({ contentType, data }: RawAnswer): boolean {
  return !/json|text|html|xml/.test(contentType) && parseObject(data) === undefined;
}

function badAnswerText(httpStatus: number, data: Buffer): string {
  if (data.length === 0) {
    return `empty answer with HTTP status ${httpStatus}`;
  }
  const start = data.toString('latin1', 0, 64).trim().toLowerCase();
  return `${start.startsWith('<') ? 'HTML or XML' : 'not JSON'} with HTTP status ${httpStatus}`;
}
