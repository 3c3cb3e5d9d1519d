import type { DataSource } from 'typeorm';
import { cut, insertRows } from '../observe/batch-insert.js';
import type { Logger } from '../observe/logger.js';

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

interface Entry {
  readonly access: Access;
  readonly at: number;
  lastAt: number;
  times: number;
}

const FLUSH_MS = 500;
/** Equal accesses of this long are one entry with a count: a client that reads one token a thousand times does not fill the disk. */
const GATHER_MS = 5_000;
/** Or until there are this many different ones: then there is little to put together, and they would only take memory. */
const GATHER_MOST = 2_000;
const BATCH = 500;
/** Beyond this many unwritten entries new ones are dropped, and that is logged as an error. */
const BUFFER = 200_000;

/** Who revealed or wrote what. Entries are written in batches, so that a read never waits for them; a stop writes the rest. */
export class AccessLog {
  private gathering = new Map<string, Entry>();
  private gatheringSince = Date.now();
  private waiting: Entry[] = [];
  private dropped = 0;
  private readonly timer: NodeJS.Timeout;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    private readonly app: string,
    private readonly logger: Logger,
  ) {
    this.timer = setInterval(() => void this.tick(), FLUSH_MS);
    this.timer.unref();
  }

  record(access: Access): void {
    this.waiting.push({ access, at: Date.now(), lastAt: 0, times: 1 });
  }

  /**
   * For what happens often: equal accesses of some seconds become one entry that says how often and until when.
   * @param same equal for accesses that may be put together
   * @param access makes the entry; not called when there is one
   */
  count(same: string, access: () => Access): void {
    const entry = this.gathering.get(same);
    if (entry !== undefined) {
      entry.times += 1;
      entry.lastAt = Date.now();
      return;
    }
    if (this.gathering.size >= BUFFER) {
      this.dropped += 1;
      return;
    }
    const at = Date.now();
    this.gathering.set(same, { access: access(), at, lastAt: at, times: 1 });
  }

  /** Writes what has gathered. Failures keep the entries for the next time. */
  flush(): Promise<void> {
    if (this.gathering.size > 0) {
      for (const entry of this.gathering.values()) this.waiting.push(entry);
      this.gathering = new Map();
    }
    this.gatheringSince = Date.now();
    return this.write();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private tick(): Promise<void> {
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
    const ripe = Date.now() - this.gatheringSince >= GATHER_MS || this.gathering.size >= GATHER_MOST;
    return ripe ? this.flush() : this.write();
  }

  private write(): Promise<void> {
    this.writing = this.writing.then(async () => {
      while (this.waiting.length > 0) {
        const batch = this.waiting.slice(0, BATCH);
        try {
          await this.insert(batch);
        } catch (error) {
          this.logger.warn(
            { event: 'accesslog.retry', waiting: this.waiting.length, code: (error as { code?: string }).code },
            'The audit log could not be written; will retry',
          );
          return;
        }
        this.waiting.splice(0, batch.length);
      }
    });
    return this.writing;
  }

  /** One statement for a batch, without entities: this runs beside thousands of reads a second. */
  private async insert(batch: readonly Entry[]): Promise<void> {
    const rows = batch.map(({ access, at, lastAt, times }) => [
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
      cut(access.requestId, 64),
    ]);
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
