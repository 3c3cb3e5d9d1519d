import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { DevSecrets } from './secrets.ts';
import { baseUrl, type Ports, type ServiceName } from './suite.ts';

export interface WalkSettings {
  readonly ports: Ports;
  readonly secrets: DevSecrets;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Where the walk keeps which merchants it plays. */
  readonly folder: string;
}

/** An answer that was not what the walk needs; the message holds what the app said. */
export class UnexpectedAnswer extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Answer<T> {
  readonly status: number;
  readonly ms: number;
  readonly body: T;
}

/** How the walk reaches what it shows: the apps' APIs as a backend team would, the sandbox's control API, and the rows. */
export class WalkContext {
  readonly component: string;
  readonly settings: WalkSettings;
  readonly #key: string;
  readonly #database: Connection;
  readonly #redis: Redis;

  private constructor(settings: WalkSettings, database: Connection, redis: Redis) {
    this.settings = settings;
    this.component = settings.secrets.component.component_appid;
    this.#key = settings.secrets.client_keys['developer'] ?? '';
    this.#database = database;
    this.#redis = redis;
  }

  static async open(settings: WalkSettings): Promise<WalkContext> {
    const database = await createConnection({ uri: settings.databaseUrl, timezone: 'Z', charset: 'utf8mb4', dateStrings: true });
    const redis = new Redis(settings.redisUrl, { lazyConnect: true });
    redis.on('error', () => {});
    await redis.connect();
    return new WalkContext(settings, database, redis);
  }

  async close(): Promise<void> {
    await this.#database.end();
    this.#redis.disconnect();
  }

  /** `/v1/components/<our component>` followed by `path`. */
  componentPath(path: string): string {
    return `/v1/components/${this.component}${path}`;
  }

  url(app: ServiceName | 'sandbox', path: string): string {
    return `${baseUrl(this.settings.ports, app)}${path}`;
  }

  /** Calls an app's API with the developer's key. @throws UnexpectedAnswer unless it answers 2xx. */
  async api<T>(app: ServiceName, method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return this.#call(app, method, path, body, { authorization: `Bearer ${this.#key}` });
  }

  /** A picture as the body. @throws Error unless it answers 2xx. */
  async upload(app: ServiceName, path: string, picture: Buffer): Promise<void> {
    const headers = { authorization: `Bearer ${this.#key}`, 'content-type': 'image/png' };
    const { status } = await fetch(this.url(app, path), { method: 'PUT', headers, body: new Uint8Array(picture) });
    if (status >= 300) throw new Error(`${path} answered HTTP ${status}`);
  }

  /** Calls the sandbox's control API; `path` below /_control. @throws UnexpectedAnswer unless it answers 2xx. */
  async control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.#call<T>('sandbox', method, `/_control${path}`, body, {});
    return answer.body;
  }

  /**
   * A merchant that has not authorized our component, as far as WeChat knows: a new one, or the one of a former start, whose authorization
   * WeChat then forgets without a word.
   */
  async merchant(body: { readonly appid: string; readonly [field: string]: unknown }): Promise<void> {
    try {
      await this.control('POST', '/merchants', body);
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer && error.status === 409)) throw error;
      const { authorizations } = await this.control<{ authorizations: { component_appid: string }[] }>(
        'GET',
        `/merchants/${body.appid}`,
      );
      if (authorizations.some(({ component_appid }) => component_appid === this.component))
        await this.control('POST', '/authorizations/cancel', {
          component_appid: this.component,
          merchant_appid: body.appid,
          push: 'drop',
        });
    }
  }

  /** Begins to count what the apps ask of WeChat. @returns a function that says it: "api_query_auth, commit ×2", or "nothing". */
  async countCalls(): Promise<() => Promise<string>> {
    const counts = async () => (await this.control<{ counts: Record<string, number> }>('GET', '/calls/counts')).counts;
    const before = await counts();
    return async () => {
      const asked = Object.entries(await counts())
        .map(([path, count]) => ({ name: path.split('/').at(-1), count: count - (before[path] ?? 0) }))
        .filter(({ name, count }) => count > 0 && name !== 'componentloginpage');
      return asked.map(({ name, count }) => (count > 1 ? `${name} ×${count}` : name)).join(', ') || 'nothing';
    };
  }

  /** The number of the newest event in the inbox. */
  async newestEvent(): Promise<number> {
    const row = await this.row<{ newest: string | null }>('SELECT MAX(event_id) AS newest FROM f_wechat_event');
    return Number(row?.newest ?? 0);
  }

  async rows<T = Record<string, unknown>>(sql: string, params: (string | number | null)[] = []): Promise<T[]> {
    const [rows] = await this.#database.query<RowDataPacket[]>(sql, params);
    return rows as T[];
  }

  async row<T = Record<string, unknown>>(sql: string, params: (string | number | null)[] = []): Promise<T | undefined> {
    return (await this.rows<T>(sql, params))[0];
  }

  /** The Bull job's time in the queue and at work, once it is finished. */
  async job(queue: string, id: string): Promise<{ waitedMs: number; workedMs: number } | undefined> {
    const [added, begun, finished] = await this.#redis.hmget(
      `{wxplane}:${queue}:${id}`,
      'timestamp',
      'processedOn',
      'finishedOn',
    );
    if (!added || !begun || !finished) return undefined;
    return { waitedMs: Number(begun) - Number(added), workedMs: Number(finished) - Number(begun) };
  }

  /** Asks until the answer is there. @throws Error naming `what` after `timeoutMs`. */
  async until<T>(what: string, ask: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (Date.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain for: ${what}`);
      await sleep(40);
    }
  }

  async #call<T>(
    app: ServiceName | 'sandbox',
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Answer<T>> {
    const begun = performance.now();
    const response = await fetch(this.url(app, path), {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const ms = performance.now() - begun;
    if (!response.ok)
      throw new UnexpectedAnswer(
        response.status,
        `${app} answered ${response.status} to ${method} ${path}\n  ${problemOf(text)}`,
      );
    return { status: response.status, ms, body: (text ? JSON.parse(text) : undefined) as T };
  }
}

/** Title, detail and WeChat's words of a problem document, in one line. */
function problemOf(text: string): string {
  try {
    const { title, detail, wechat, remedy } = JSON.parse(text) as {
      title?: string;
      detail?: string;
      remedy?: { en: string };
      wechat?: { errcode: number; errmsg: string };
    };
    const words = [title, detail, wechat && `WeChat: ${wechat.errcode} ${wechat.errmsg}`, remedy?.en].filter(Boolean).join(' · ');
    return words || text.slice(0, 400);
  } catch {
    return text.slice(0, 400);
  }
}
