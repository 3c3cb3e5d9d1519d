import { fetch, type Response } from 'undici';
import { ConfigError } from '#base';
import type { Problem } from '#openapi/broker';
import { BrokerApiConfig, IngestionApiConfig, ReleaseApiConfig } from './cli.config.js';
import { configured } from './environment.js';
import { CliError } from './failure.js';
import { isOver, readLogin } from './login-file.js';
import { tell } from './output.js';

export interface Call {
  readonly query?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly body?: unknown;
  readonly file?: { readonly contentType: string; readonly data: Buffer } | undefined;
  readonly idempotencyKey?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

const TIMEOUT_MS = 60_000;

/** The client key, or the token of who has logged in. @throws ConfigError, CliError */
function bearerOf(key: string | undefined): string {
  if (key !== undefined) return key;
  const login = readLogin();
  if (login === undefined)
    throw new ConfigError([{ key: 'WXPLANE_CLIENT_KEY', problem: 'is not set; set it, or run "wxplane login"' }]);
  if (isOver(login)) throw new CliError(`the login of ${login.name} is over`, { remedy: 'Run "wxplane login" again.' });
  return login.token;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The HTTP API of one app: the one way in which commands ask the apps. Every failure is a `CliError`. */
export class AppApi {
  private constructor(
    private readonly app: string,
    private readonly variable: string,
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  /** @throws ConfigError */
  static ingestion(): AppApi {
    const { INGESTION_URL, WXPLANE_CLIENT_KEY } = configured(IngestionApiConfig);
    return new AppApi('ingestion', 'INGESTION_URL', INGESTION_URL, bearerOf(WXPLANE_CLIENT_KEY));
  }

  /** @throws ConfigError */
  static broker(): AppApi {
    const { BROKER_URL, WXPLANE_CLIENT_KEY } = configured(BrokerApiConfig);
    return new AppApi('the broker', 'BROKER_URL', BROKER_URL, bearerOf(WXPLANE_CLIENT_KEY));
  }

  /** @throws ConfigError */
  static release(): AppApi {
    const { RELEASE_URL, WXPLANE_CLIENT_KEY } = configured(ReleaseApiConfig);
    return new AppApi('the release app', 'RELEASE_URL', RELEASE_URL, bearerOf(WXPLANE_CLIENT_KEY));
  }

  get<T>(path: string, query?: Call['query']): Promise<T> {
    return this.json<T>('GET', path, { query });
  }

  post<T>(path: string, body: unknown = {}, more: Pick<Call, 'idempotencyKey'> = {}): Promise<T> {
    return this.json<T>('POST', path, { body, ...more });
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>('PUT', path, { body });
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.json<T>('PATCH', path, { body });
  }

  /** Of routes that answer nothing. */
  async send204(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> {
    await this.send(method, path, body === undefined ? {} : { body });
  }

  /** A file as the body. */
  async upload<T>(
    path: string,
    query: Call['query'],
    file: NonNullable<Call['file']>,
    method: 'POST' | 'PUT' = 'POST',
  ): Promise<T> {
    return this.json<T>(method, path, { query, file });
  }

  /** As the app sent it, such as CSV. */
  async text(path: string, query?: Call['query']): Promise<string> {
    return (await this.send('GET', path, { query })).text();
  }

  /** Pages until there are `limit` items, or no more. What is left out is said: beside the document, on standard error. */
  async pages<T>(path: string, query: Call['query'], limit: number): Promise<Page<T>> {
    const items: T[] = [];
    let cursor: string | null | undefined;
    do {
      const page: Page<T> = await this.get(path, {
        ...query,
        limit: Math.min(200, limit - items.length),
        ...(cursor ? { cursor } : {}),
      });
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor && items.length < limit);
    if (cursor) tell(`These are the first ${limit}, and there are more: narrow the search, or raise --limit`);
    return { items, next_cursor: cursor ?? null };
  }

  /** The `data` of Server-Sent Events, until the server ends the stream. */
  async *events<T>(path: string, deadline?: AbortSignal): AsyncGenerator<T> {
    const response = await this.send('GET', path, {}, deadline ?? null);
    if (!response.body) return;
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for (;;) {
        // A stream that breaks off has ended as well: whoever wants more asks again.
        const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }) as const);
        if (done) return;
        const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          // What the app could not read just now; the stream ends with it.
          if (/^event: error$/m.test(block)) return;
          const data = block.split('\n').find((line) => line.startsWith('data: '));
          if (data) yield JSON.parse(data.slice(6)) as T;
        }
      }
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  private async json<T>(method: Method, path: string, call: Call): Promise<T> {
    const text = await (await this.send(method, path, call)).text();
    return (text ? JSON.parse(text) : {}) as T;
  }

  private async send(
    method: Method,
    path: string,
    call: Call,
    signal: AbortSignal | null = AbortSignal.timeout(TIMEOUT_MS),
  ): Promise<Response> {
    const url = new URL(path, this.baseUrl);
    for (const [name, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) url.searchParams.set(name, String(value));
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.key}`,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(call.file === undefined ? {} : { 'content-type': call.file.contentType }),
          ...(call.idempotencyKey ? { 'idempotency-key': call.idempotencyKey } : {}),
        },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        ...(call.file === undefined ? {} : { body: call.file.data }),
        redirect: 'error',
        signal,
      });
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string; message?: string } };
      throw new CliError(`${this.app} cannot be reached (${cause?.code ?? cause?.message ?? name})`, {
        remedy: `Is it running, and is ${this.variable} its address?`,
      });
    }
    if (!response.ok) throw problemOf(this.app, response.status, await response.text());
    return response;
  }
}

/** What an app refused, as title, detail and remedy. */
export function problemOf(app: string, status: number, text: string): CliError {
  let problem: Problem;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    return new CliError(`${app} answered HTTP ${status}, and not in its own words`, {
      status,
      remedy: 'Something in between may have answered: check the address.',
    });
  }
  const { wechat, remedy } = problem;
  const lines = [
    [problem.title, problem.detail].filter(Boolean).join(': ') || `HTTP ${status}`,
    ...(problem.errors ?? []).map(({ field, message }) => `  ${field}: ${message}`),
    ...(wechat
      ? [`  WeChat: ${[wechat.errcode, wechat.errmsg, wechat.rid && `rid ${wechat.rid}`].filter(Boolean).join(', ')}`]
      : []),
  ];
  return new CliError(lines.join('\n'), {
    status,
    code: problem.type?.split(':').pop(),
    requestId: problem.instance?.split(':').pop(),
    remedy: typeof remedy === 'object' ? [remedy.en, remedy.zh].filter(Boolean).join('\n') : remedy,
  });
}
