import type { DataSource } from 'typeorm';
import { deleteInBites } from '#persistence';
import type { Caller } from '../identity/caller.js';
import type { Logger } from '../log/logger.js';
import { cut, insertRows } from './batch-insert.js';
import { type Counted, Repetitions } from './repetitions.js';

export interface Access {
  readonly clientId?: string | undefined;
  /** For example `token.reveal`, `release.submit`. */
  readonly action: string;
  readonly componentAppid?: string | undefined;
  readonly authorizerAppid?: string | undefined;
  readonly subject?: string | undefined;
  readonly outcome: 'ok' | 'refused' | 'failed';
  readonly ip?: string | undefined;
  readonly requestId?: string | undefined;
}

/** What a request did; who asked, from where and under which id is the request's. */
export type RequestAccess = Omit<Access, 'outcome' | 'clientId' | 'ip' | 'requestId'> & { readonly outcome?: Access['outcome'] };

/** Makes the entry of something that happens often, from the two texts it was counted by. */
export type Describe = (caller: string, subject: string) => Access;

/** What waits to be written: kept small, since the garbage collector moves it twice before it is gone. */
interface Waiting extends Counted<Describe> {
  readonly requestId: string | undefined;
  readonly at: number;
  readonly lastAt: number;
  readonly times: number;
}

const FLUSH_MS = 100;
/** After a failure. */
const RETRY_MS = 500;
/** How often repetitions are written: a client that reads one token a thousand times does not fill the disk. */
const GATHER_MS = 60_000;
/** How many different things are remembered as recorded. Beyond it repetitions are entries of their own. */
const GATHER_MOST = 250_000;
const BATCH = 200;
/** Beyond this many unwritten entries new ones are dropped, and that is logged as an error. */
const BUFFER = 200_000;

/**
 * Who revealed or wrote what. Entries are written in batches, a tenth of a second later, so that a read never waits for them; a stop writes
 * the rest. Of what happens again and again the first time is written like everything else, and then once a minute how often it did.
 */
export class AccessLog {
  private readonly repetitions = new Repetitions<Describe>(GATHER_MOST);
  private round: Iterator<void> | undefined;
  private stepsDue = 0;
  private waiting: Waiting[] = [];
  private dropped = 0;
  private readonly timer: NodeJS.Timeout;
  private writing: Promise<void> | undefined;
  /** Said already. */
  private failing = false;
  private retryAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly app: string,
    private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => this.tick(), FLUSH_MS);
    this.timer.unref();
  }

  record(access: Access): void {
    this.wait({ kind: () => access, caller: '', subject: '' }, access.requestId);
  }

  /** @param access `outcome` is `ok` unless it says otherwise */
  recordRequest(
    client: Caller | undefined,
    { ip, id }: { readonly ip: string; readonly id: string },
    access: RequestAccess,
  ): void {
    this.record({ outcome: 'ok', ...access, clientId: client?.clientId, ip, requestId: id });
  }

  /**
   * For what happens often: repetitions within a minute become one entry that says how often, from when, and until when.
   * @param caller who, and from where; with `subject` all that is kept of a repetition
   * @param requestId of the first time
   */
  count(kind: Describe, caller: string, subject: string, requestId: () => string): void {
    if (!this.repetitions.add(kind, caller, subject)) this.wait({ kind, caller, subject }, requestId());
  }

  /** Writes what has gathered. Failures keep the entries for the next time. */
  async flush(): Promise<void> {
    this.round = undefined;
    const sweep = this.sweep();
    while (!sweep.next().done);
    // One that is under way may be about to fail with what was there before.
    await this.writing;
    await this.write();
  }

  /** Deletes entries that are older than so many days. */
  async expire(days: number): Promise<void> {
    await deleteInBites(this.dataSource, 'f_wechat_accesslog WHERE at < UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days]);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private tick(): void {
    if (this.waiting.length > BUFFER) {
      this.dropped += this.waiting.length - BUFFER;
      this.waiting.splice(0, this.waiting.length - BUFFER);
    }
    if (this.dropped > 0) {
      this.logger.error(
        { event: 'accesslog.overflow', dropped: this.dropped },
        'The audit log cannot be written fast enough; entries were dropped',
      );
      this.dropped = 0;
    }
    this.sweepSome();
    if (performance.now() >= this.retryAt) void this.write();
  }

  private wait({ kind, caller, subject }: Counted<Describe>, requestId: string | undefined): void {
    const at = Date.now();
    this.waiting.push({ kind, caller, subject, requestId, at, lastAt: at, times: 1 });
  }

  /** A share of the sweep at each turn, so that it takes a minute: all of it at once would hold up the reads. */
  private sweepSome(): void {
    this.stepsDue += (this.repetitions.size * FLUSH_MS) / GATHER_MS;
    for (; this.stepsDue >= 1; this.stepsDue -= 1) {
      this.round ??= this.sweep();
      if (this.round.next().done) this.round = undefined;
    }
  }

  private sweep(): Generator<void> {
    return this.repetitions.sweep(({ kind, caller, subject, times, firstS, lastS }) =>
      this.waiting.push({ kind, caller, subject, requestId: undefined, at: firstS * 1_000, lastAt: lastS * 1_000, times }),
    );
  }

  private write(): Promise<void> {
    this.writing ??= this.writeWaiting().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async writeWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        await this.insert(batch);
      } catch (error) {
        this.waiting.unshift(...batch);
        this.retryAt = performance.now() + RETRY_MS;
        this.logger[this.failing ? 'debug' : 'warn'](
          { event: 'accesslog.retry', waiting: this.waiting.length, code: (error as { code?: string }).code },
          'The audit log could not be written; will retry',
        );
        this.failing = true;
        return;
      }
      this.failing = false;
    }
  }

  /** One statement for a batch, without entities: this runs beside thousands of reads a second. */
  private async insert(batch: readonly Waiting[]): Promise<void> {
    const rows = batch.map(({ kind, caller, subject, requestId, at, lastAt, times }) => {
      const access = kind(caller, subject);
      return [
        new Date(at),
        times,
        lastAt > at ? new Date(lastAt) : null,
        cut(this.app, 16),
        cut(access.clientId, 32),
        cut(access.action, 64),
        cut(access.componentAppid, 64),
        cut(access.authorizerAppid, 64),
        cut(access.subject, 128),
        cut(access.outcome, 32),
        cut(access.ip, 64),
        cut(requestId, 64),
      ];
    });
    await insertRows(this.dataSource, INTO, rows, (error) =>
      this.logger.error(
        { event: 'accesslog.refused', err: error },
        'The database refused an entry of the audit log; it was dropped',
      ),
    );
  }
}

const INTO =
  'f_wechat_accesslog (at, times, last_at, app, client_id, action, component_appid, authorizer_appid, subject, outcome, ip, request_id)';
