import { Counter, Histogram, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { deleteInBites } from '#persistence';
import type { WechatCallRecord } from '#wechat';
import { cut, insertRows } from '../audit/batch-insert.js';
import type { Logger } from '../log/logger.js';
import type { ClockWatch } from './clock-watch.js';
import { currentRequest } from './request-context.js';

const FLUSH_MS = 1_000;
const BATCH = 500;
const BUFFER = 20_000;
/** Counts are kept for more than a year: last year's same month is what they are compared with. */
const COUNTS_DAYS = 400;
const BEIJING_MS = 8 * 3_600_000;

type Row = (string | number | Date | null)[];

const INTO =
  'f_wechat_call (at, app, api, method, path, component_appid, authorizer_appid, client_id, request_id, outcome, errcode, rid, http_status, duration_ms)';
/** Of the columns. What a caller puts into a path may be longer. */
const WIDTH = { app: 16, api: 96, method: 8, path: 191, appid: 64, client: 32, request: 64, outcome: 16, rid: 64 } as const;

/**
 * Every call of WeChat's API: metrics, a row that is kept for some days (the rid in it is all that WeChat's staff can look up), and
 * numbers per component, path and day. Give `record` to `WechatApi` as `onCall`. Written in batches; nothing in it is secret.
 */
export class WechatCallLog {
  private readonly timer: NodeJS.Timeout;
  /** Said already. */
  private failing = false;
  private rows: Row[] = [];
  private counts = new Map<string, { day: string; component: string; path: string; calls: number; failures: number }>();
  private writing: Promise<void> = Promise.resolve();
  private readonly calls: Counter;
  private readonly seconds: Histogram;

  constructor(
    private readonly dataSource: DataSource,
    private readonly app: string,
    private readonly logger: Logger,
    metrics: Registry,
    private readonly clock?: Pick<ClockWatch, 'wechatShowed'>,
  ) {
    this.calls = new Counter({
      name: 'wxplane_wechat_calls_total',
      help: 'Calls of the WeChat API, by API, outcome and errcode',
      labelNames: ['api', 'outcome', 'errcode'],
      registers: [metrics],
    });
    this.seconds = new Histogram({
      name: 'wxplane_wechat_call_seconds',
      help: 'How long WeChat took to answer',
      labelNames: ['api'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
      registers: [metrics],
    });
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  /** Deletes calls that are older than so many days, and counts older than 400. */
  async expire(days: number): Promise<void> {
    await deleteInBites(this.dataSource, 'f_wechat_call WHERE at < UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days]);
    await deleteInBites(this.dataSource, 'f_wechat_callcount WHERE day < UTC_TIMESTAMP() - INTERVAL ? DAY', [COUNTS_DAYS]);
  }

  /** @param name of the API in metrics, one of a bounded number */
  record(call: WechatCallRecord, name = call.api): void {
    if (call.answeredAt !== undefined) this.clock?.wechatShowed(call.answeredAt);
    const request = currentRequest();
    const now = Date.now();
    const aborted = call.outcome === 'aborted';
    const failed = call.outcome !== 'ok' && !aborted;
    // That somebody did not wait says nothing about WeChat.
    if (!aborted) {
      this.calls.inc({ api: name, outcome: call.outcome, errcode: String(call.errcode ?? '') });
      this.seconds.observe({ api: name }, call.durationMs / 1_000);
    }
    // An answer that nobody can read does not become readable by asking again.
    if (failed)
      this.logger[call.outcome === 'bad-answer' ? 'warn' : 'info'](
        { event: 'wechat.call.failed', ...call },
        'A call of WeChat failed',
      );
    this.count(call, now, failed);
    if (this.rows.length >= BUFFER) return;
    this.rows.push([
      new Date(now - call.durationMs),
      cut(this.app, WIDTH.app),
      cut(call.api, WIDTH.api),
      cut(call.method, WIDTH.method),
      cut(call.path, WIDTH.path),
      cut(call.componentAppid, WIDTH.appid),
      cut(call.authorizerAppid, WIDTH.appid),
      cut(request?.clientId, WIDTH.client),
      cut(request?.requestId, WIDTH.request),
      cut(call.outcome, WIDTH.outcome),
      call.errcode ?? null,
      cut(call.rid, WIDTH.rid),
      call.httpStatus ?? null,
      Math.max(0, Math.round(call.durationMs)),
    ]);
  }

  flush(): Promise<void> {
    this.writing = this.writing
      .then(() => this.write())
      .then(() => {
        this.failing = false;
      })
      .catch((error: unknown) => {
        this.logger[this.failing ? 'debug' : 'warn'](
          { event: 'calllog.retry', code: (error as { code?: string }).code },
          'The call log could not be written; will retry',
        );
        this.failing = true;
      });
    return this.writing;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private count(call: WechatCallRecord, now: number, failed: boolean): void {
    const day = new Date(now + BEIJING_MS).toISOString().slice(0, 10);
    const component = cut(call.componentAppid, WIDTH.appid) ?? '';
    // WeChat's own names of APIs are not unique: several paths end in `send`.
    const path = cut(call.path, WIDTH.path) ?? '';
    const key = `${day} ${component} ${path}`;
    const entry = this.counts.get(key) ?? { day, component, path, calls: 0, failures: 0 };
    entry.calls += 1;
    if (failed) entry.failures += 1;
    this.counts.set(key, entry);
  }

  private async write(): Promise<void> {
    while (this.rows.length > 0) {
      const batch = this.rows.slice(0, BATCH);
      await insertRows(this.dataSource, INTO, batch, (error) =>
        this.logger.error({ event: 'calllog.refused', err: error }, 'The database refused a row of the call log; it was dropped'),
      );
      this.rows.splice(0, batch.length);
    }
    for (const [key, { day, component, path, calls, failures }] of [...this.counts]) {
      await this.dataSource.query(
        `INSERT INTO f_wechat_callcount (day, component_appid, api, calls, failures) VALUES (?, ?, ?, ?, ?)
         ON DUPLICATE KEY UPDATE calls = calls + VALUES(calls), failures = failures + VALUES(failures)`,
        [day, component, path, calls, failures],
      );
      const entry = this.counts.get(key);
      if (!entry) continue;
      // More may have been counted while this was being written.
      entry.calls -= calls;
      entry.failures -= failures;
      if (entry.calls === 0) this.counts.delete(key);
    }
  }
}
