import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import { BrokerError, brokerErrorOf } from './broker-error.js';

export interface BrokerHttpOptions {
  /** Such as `http://broker:3002`. */
  readonly baseUrl: string;
  /** `wxp_<id>_<secret>` */
  readonly clientKey: string;
  /** For one try. Default 25000: a reader may be waiting for a refresh at WeChat, which the broker bounds at 20 s. */
  readonly timeoutMs?: number;
  /** Tries altogether when the broker cannot be reached or is busy. Default 4. */
  readonly tries?: number;
  /** First pause between tries; doubles, with jitter. Default 200. */
  readonly pauseMs?: number;
  /** A `Retry-After` beyond this is not waited for: the error carries it. Default 5. */
  readonly maxRetryAfterS?: number;
  /** Sends the requests; for a proxy, TLS of your own, or tests. `close` leaves it open. */
  readonly dispatcher?: Dispatcher;
}

export interface BrokerCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** A file, in the place of `body`. */
  readonly file?: { readonly type: string; readonly data: Buffer } | undefined;
  /**
   * Doing it twice does harm (a second client, a code that works once): it is repeated only when the broker surely did not begin.
   * Default false.
   */
  readonly once?: boolean;
}

/** Codes of errors after which nothing has been sent. */
const NOT_SENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** Sends requests to the broker; repeats what failed for a passing reason. */
export class BrokerHttp {
  private readonly dispatcher: Dispatcher;
  private readonly ownsDispatcher: boolean;
  private readonly tries: number;

  constructor(private readonly options: BrokerHttpOptions) {
    this.ownsDispatcher = options.dispatcher === undefined;
    this.dispatcher = options.dispatcher ?? new Agent({ connect: { timeout: 3_000 }, connections: 32, pipelining: 1 });
    this.tries = options.tries ?? 4;
  }

  /** @throws BrokerError */
  async json<T>(call: BrokerCall): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.send<T>(call);
      } catch (error) {
        const failure = error instanceof BrokerError ? error : unreachable(error, call);
        const pauseMs = this.pauseBefore(attempt, failure, call);
        if (pauseMs === undefined) throw failure;
        await sleep(pauseMs);
      }
    }
  }

  async close(): Promise<void> {
    if (this.ownsDispatcher) await this.dispatcher.close();
  }

  /** @returns `undefined` when another try makes no sense. */
  private pauseBefore(attempt: number, failure: BrokerError, { once = false }: BrokerCall): number | undefined {
    // A call of WeChat that failed is for whoever asked to judge; the broker repeats what another token heals.
    if (failure.wechat?.kind !== undefined) return undefined;
    const untouched = failure.status === 429 || (failure.status === undefined && NOT_SENT.has(failure.cause as string));
    if (!(untouched || (failure.transient && !once)) || attempt >= this.tries) return undefined;
    const { pauseMs = 200, maxRetryAfterS = 5 } = this.options;
    if (failure.retryAfterS !== undefined && failure.retryAfterS > maxRetryAfterS) return undefined;
    // All callers were told the same Retry-After: without a random part they would all come back together.
    const jittered = pauseMs * 2 ** (attempt - 1) * (0.5 + Math.random());
    return (failure.retryAfterS ?? 0) * 1_000 + jittered;
  }

  private async send<T>(call: BrokerCall): Promise<T> {
    const timeoutMs = this.options.timeoutMs ?? 25_000;
    const url = new URL(this.options.baseUrl.replace(/\/$/, '') + call.path);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    const response = await request(url, {
      method: call.method,
      dispatcher: this.dispatcher,
      signal: AbortSignal.timeout(timeoutMs),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      headers: {
        authorization: `Bearer ${this.options.clientKey}`,
        accept: 'application/json',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(call.file === undefined ? {} : { 'content-type': call.file.type }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.file === undefined ? {} : { body: call.file.data }),
    });
    const text = await response.body.text();
    if (response.statusCode === 204) return undefined as T;
    if (response.statusCode >= 200 && response.statusCode < 300) {
      try {
        return JSON.parse(text) as T;
      } catch {
        throw new BrokerError({
          code: 'broker-unreachable',
          detail: 'The broker answered something that is not JSON.',
          maybeExecuted: call.once,
        });
      }
    }
    throw brokerErrorOf(response.statusCode, text, retryAfterOf(response.headers['retry-after']), call.once ?? false);
  }
}

/** undici's own message may quote the URL; only its code is passed on. */
function unreachable(error: unknown, { once = false }: BrokerCall): BrokerError {
  const { code, name } = error as { code?: string; name?: string };
  const reason = code ?? name ?? 'unknown';
  return new BrokerError({
    code: 'broker-unreachable',
    detail: `The broker cannot be reached (${reason}).`,
    cause: reason,
    maybeExecuted: once && !NOT_SENT.has(reason),
  });
}

function retryAfterOf(header: string | string[] | undefined): number | undefined {
  const seconds = Number(Array.isArray(header) ? header[0] : header);
  return Number.isFinite(seconds) && seconds >= 0 && header !== undefined ? seconds : undefined;
}
