import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher, request as send } from 'undici';
import { type Client, ComponentRegistry, DomainError, WechatCallLog } from '#service';
import {
  describeErrcode,
  endedApi,
  findRid,
  isSecured,
  isSecurityRefusal,
  parseWechatJson,
  requirePass,
  signedUrl,
  type WechatCallRecord,
} from '#wechat';
import { ApiSecurityKeyring } from '../api-security/api-security-keyring.js';
import { BrokerConfig } from '../config/broker.config.js';
import { BudgetService } from '../diagnosis/budget.service.js';
import { authorizerToken, componentToken, type TokenSubject } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { anotherToken } from '../tokens/with-token.js';
import { metricNameOf } from './known-apis.domain.js';
import { Places } from './places.js';
import { concernsOnly, type ProxyTarget, proxyQuery, proxyTarget } from './proxy.domain.js';
import { ProxyGate } from './proxy-gate.js';
import { type SealedCall, sealedCall } from './sealed-call.js';

/** Bodies up to this size are kept, so that the call can be repeated; larger ones stream through once. */
const KEPT_BYTES = 1_048_576;
/** WeChat's refusals are short JSON: only answers up to this size are looked into. */
const LOOKED_AT_BYTES = 16_384;
const HEADERS_TIMEOUT_MS = 30_000;
const BODY_TIMEOUT_MS = 60_000;
const PASSED_UP = ['content-type', 'accept'] as const;
const PASSED_DOWN = [
  'content-type',
  'content-disposition',
  'content-encoding',
  'content-length',
  'cache-control',
  'last-modified',
] as const;

export interface ProxyCall {
  readonly componentAppid: string;
  readonly authorizerAppid: string | undefined;
  readonly path: string;
  readonly query: string;
  readonly client: Client;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Nothing of WeChat's answer goes out before. */
  readonly beforeAnswer: () => Promise<void>;
}

/** The answer to one try: its beginning was read, and perhaps its end. */
interface Answer {
  readonly raw: Dispatcher.ResponseData;
  readonly beginning: Buffer;
  readonly complete: boolean;
  readonly errcode: number | undefined;
  readonly rid: string | undefined;
}

/** WeChat's API with the token put in by us. Answers go through untouched; what another token may heal is repeated once with it. */
@Injectable()
export class ProxyService implements OnApplicationShutdown {
  private readonly agent = new Agent({ connect: { timeout: 3_000 }, connections: 128, pipelining: 1 });
  private readonly places = new Places();
  private readonly base: string;

  constructor(
    private readonly tokens: TokenService,
    private readonly components: ComponentRegistry,
    private readonly calls: WechatCallLog,
    private readonly budgets: BudgetService,
    private readonly gate: ProxyGate,
    private readonly security: ApiSecurityKeyring,
    config: BrokerConfig,
  ) {
    this.base = config.WECHAT_API_BASE_URL.replace(/\/+$/, '');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.close();
  }

  /** @throws DomainError as long as nothing was answered */
  async forward(call: ProxyCall): Promise<void> {
    refuseEnded(call.path);
    await this.gate.pass(call, () => this.answer(call));
  }

  private async answer(call: ProxyCall): Promise<void> {
    const target = proxyTarget(call.path, call.client.proxyPaths);
    if ('refused' in target) throw new DomainError('forbidden', `${call.path}: ${target.refused}.`);
    this.components.require(call.componentAppid);
    if (
      call.authorizerAppid !== undefined &&
      target.tokenParameter === 'component_access_token' &&
      !concernsOnly(call.query, call.authorizerAppid)
    )
      throw new DomainError('forbidden', `${call.path}: appid in the query must be ${call.authorizerAppid}.`);
    await this.budgets.require(call.componentAppid, target.path);

    // Users' sessions are asked for with the component's token, whichever authorizer they concern.
    const subject =
      call.authorizerAppid === undefined || target.tokenParameter === 'component_access_token'
        ? componentToken(call.componentAppid)
        : authorizerToken(call.componentAppid, call.authorizerAppid);
    const abort = new AbortController();
    call.response.once('close', () => abort.abort());
    const leave = await this.places.enter(call.client, abort.signal);
    try {
      const body = await readBody(call.request);
      const { token } = await this.tokens.get(subject);
      const first = await this.send(call, target, token, body, abort.signal);
      const answer = await this.repeatIfRefused(first, call, target, subject, token, body, abort.signal);
      await call.beforeAnswer();
      await pass(answer, call);
    } finally {
      leave();
    }
  }

  private async repeatIfRefused(
    first: Answer,
    call: ProxyCall,
    target: ProxyTarget,
    subject: TokenSubject,
    token: string,
    body: Buffer | Readable,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (first.errcode === undefined) return first;
    const refusal = describeErrcode(first.errcode, target.api);
    const other = await anotherToken(this.tokens, subject, token, refusal).catch(() => undefined);
    // A body that streamed through is gone: the caller gets WeChat's answer, and its next call the new token.
    if (other === undefined || !Buffer.isBuffer(body)) return first;
    return this.send(call, target, other, body, signal);
  }

  /** A call of an account in API security mode (API 安全); `undefined`: it goes in clear. */
  private async sealed(
    context: { readonly componentAppid: string; readonly authorizerAppid?: string },
    call: { readonly method: string; readonly path: string; readonly query: string; readonly body: Buffer | Readable },
  ): Promise<SealedCall | undefined> {
    const { body } = call;
    if (call.method !== 'POST' || !Buffer.isBuffer(body) || !isSecured(call.path)) return undefined;
    const keys = await this.security.keysOf(context);
    return keys && sealedCall(keys, signedUrl(this.base, call.path), { query: call.query, body });
  }

  private async send(
    { request, query, componentAppid, authorizerAppid }: ProxyCall,
    target: ProxyTarget,
    token: string,
    body: Buffer | Readable,
    signal: AbortSignal,
  ): Promise<Answer> {
    requirePass({ path: target.path }, { componentAppid, ...(authorizerAppid === undefined ? {} : { authorizerAppid }) });
    const method = (request.method ?? 'GET') as Dispatcher.HttpMethod;
    const startedAt = performance.now();
    const report = (result: Pick<WechatCallRecord, 'outcome'> & Partial<WechatCallRecord>) =>
      this.calls.record(
        {
          api: target.api,
          method,
          path: target.path,
          componentAppid,
          ...(authorizerAppid === undefined ? {} : { authorizerAppid }),
          durationMs: Math.round(performance.now() - startedAt),
          ...result,
        },
        metricNameOf(target.path),
      );
    const headers = Object.fromEntries(
      PASSED_UP.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])),
    ) as Record<string, string>;
    const concerns = target.tokenParameter === 'component_access_token' ? undefined : authorizerAppid;
    const context = { componentAppid, ...(concerns === undefined ? {} : { authorizerAppid: concerns }) };
    const sealed = await this.sealed(context, { method, path: target.path, query, body });
    const length = request.headers['content-length'];
    if (!sealed && !Buffer.isBuffer(body) && length !== undefined) headers['content-length'] = length;
    try {
      const raw = await send(`${this.base}${target.path}?${proxyQuery(sealed ? '' : query, target.tokenParameter, token)}`, {
        method,
        headers: { ...headers, ...sealed?.headers },
        dispatcher: this.agent,
        signal,
        headersTimeout: HEADERS_TIMEOUT_MS,
        bodyTimeout: BODY_TIMEOUT_MS,
        ...(sealed ? { body: sealed.body } : Buffer.isBuffer(body) && body.length === 0 ? {} : { body }),
      });
      const answer = await lookAt(sealed ? await sealed.open(raw) : raw);
      if (answer.errcode !== undefined && isSecurityRefusal(answer.errcode)) this.security.demanded(context, answer.errcode);
      const failed = answer.errcode !== undefined && answer.errcode !== 0;
      report({
        outcome: failed ? 'errcode' : raw.statusCode >= 500 ? 'bad-answer' : 'ok',
        httpStatus: raw.statusCode,
        errcode: answer.errcode ?? 0,
        ...(answer.rid ? { rid: answer.rid } : {}),
      });
      return answer;
    } catch (error) {
      if (signal.aborted) {
        report({ outcome: 'aborted' });
        throw error;
      }
      if (error instanceof DomainError) {
        report({ outcome: 'bad-answer' });
        throw error;
      }
      const { code = '', name = '' } = error as { code?: string; name?: string };
      const timeout = /TIMEOUT/.test(code) || name === 'TimeoutError';
      report({ outcome: timeout ? 'timeout' : 'network' });
      // undici's message may quote the URL, which holds the token: only its code is passed on.
      throw new DomainError(
        'wechat-unreachable',
        timeout ? 'WeChat did not answer in time.' : `The connection to WeChat failed (${code || name}).`,
      );
    }
  }
}

/** Small bodies whole, for a repetition; large ones as they come, and so the rest of one that does not say how long it is. */
async function readBody(request: IncomingMessage): Promise<Buffer | Readable> {
  if (Number(request.headers['content-length'] ?? 0) > KEPT_BYTES) return request;
  const { beginning, rest } = await readUpTo(KEPT_BYTES, request);
  return rest === undefined ? beginning : Readable.from(joined(beginning, rest), { objectMode: false });
}

/** The beginning of a stream, some more than `bytes` if it is longer; without `rest` that is all of it. */
async function readUpTo(
  bytes: number,
  stream: AsyncIterable<unknown>,
): Promise<{ beginning: Buffer; rest?: AsyncIterator<unknown> }> {
  const chunks: Buffer[] = [];
  const iterator = stream[Symbol.asyncIterator]();
  for (let size = 0; size <= bytes; ) {
    const { value, done } = await iterator.next();
    if (done) return { beginning: Buffer.concat(chunks) };
    chunks.push(value as Buffer);
    size += (value as Buffer).length;
  }
  return { beginning: Buffer.concat(chunks), rest: iterator };
}

async function* joined(beginning: Buffer, rest: AsyncIterator<unknown>): AsyncGenerator<unknown> {
  yield beginning;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function lookAt(raw: Dispatcher.ResponseData): Promise<Answer> {
  const type = String(raw.headers['content-type'] ?? '');
  const announced = Number(raw.headers['content-length'] ?? 0);
  const plain = raw.headers['content-encoding'] === undefined;
  if (!plain || announced > LOOKED_AT_BYTES || /image|video|audio|octet-stream/.test(type))
    return { raw, beginning: Buffer.alloc(0), complete: false, errcode: undefined, rid: undefined };
  const { beginning, rest } = await readUpTo(LOOKED_AT_BYTES, raw.body);
  if (rest === undefined) return { raw, beginning, complete: true, ...verdict(beginning) };
  return { raw: withRest(raw, rest), beginning, complete: false, errcode: undefined, rid: undefined };
}

/** The rest of a body whose beginning was taken out by an iterator. */
function withRest(raw: Dispatcher.ResponseData, iterator: AsyncIterator<unknown>): Dispatcher.ResponseData {
  const rest = Readable.from({ [Symbol.asyncIterator]: () => iterator });
  return { ...raw, body: rest as unknown as Dispatcher.ResponseData['body'] };
}

function verdict(body: Buffer): { errcode: number | undefined; rid: string | undefined } {
  const text = body.toString('utf8').trim();
  if (!text.startsWith('{')) return { errcode: undefined, rid: undefined };
  try {
    const { errcode, errmsg } = parseWechatJson(text) as { errcode?: unknown; errmsg?: unknown };
    return { errcode: errcode === undefined ? undefined : Number(errcode), rid: findRid(String(errmsg ?? '')) };
  } catch {
    return { errcode: undefined, rid: undefined };
  }
}

async function pass({ raw, beginning, complete }: Answer, { response, requestId }: ProxyCall): Promise<void> {
  const headers: Record<string, string> = { 'x-request-id': requestId };
  for (const name of PASSED_DOWN) {
    const value = raw.headers[name];
    if (value !== undefined) headers[name] = String(value);
  }
  response.writeHead(raw.statusCode, headers);
  if (complete) {
    response.end(beginning);
    return;
  }
  if (beginning.length > 0) response.write(beginning);
  await pipeline(raw.body, response);
}

/** WeChat answers such a path like a busy system, and callers would try it for ever. */
function refuseEnded(path: string): void {
  const ended = endedApi(path);
  if (!ended) return;
  throw new DomainError('wechat-api-ended', `WeChat has switched ${ended.path} off on ${ended.since}.`, {
    remedy: { en: `Call ${ended.successor} instead.`, zh: `请改用 ${ended.successor}。` },
    members: { successor: ended.successor },
  });
}
