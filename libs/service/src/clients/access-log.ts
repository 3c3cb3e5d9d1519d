import type { DataSource } from 'typeorm';
import { cut, insertRows } from '../observe/batch-insert.js';
import type { Logger } from '../observe/logger.js';
import type { Client } from './client-store.js';

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

interface Entry {
  readonly access: Access;
  readonly at: number;
  readonly lastAt: number;
  readonly times: number;
}

/** What happened again after it was recorded. Whole numbers below 2^31: V8 keeps others in objects of their own. */
interface Repetitions {
  times: number;
  firstS: number;
  lastS: number;
}

/** Makes the entry of something that happens often, from the two texts it was counted by. */
export type Describe = (caller: string, subject: string) => Access;

const FLUSH_MS = 500;
/** How often repetitions are written: a client that reads one token a thousand times does not fill the disk. */
const GATHER_MS = 60_000;
/** How many different things are remembered as recorded; about 100 bytes each. Beyond it repetitions are entries of their own. */
const GATHER_MOST = 250_000;
const BATCH = 500;
/** Beyond this many unwritten entries new ones are dropped, and that is logged as an error. */
const BUFFER = 200_000;

/**
 * Who revealed or wrote what. Entries are written in batches, half a second later, so that a read never waits for them; a stop writes the
 * rest. Of what happens again and again the first time is written like everything else, and then once a minute how often it did.
 */
export class AccessLog {
  /** By description, caller, subject; `null`: recorded, and not repeated since. */
  private readonly gathered = new Map<Describe, Map<string, Map<string, Repetitions | null>>>();
  private gatheredSize = 0;
  private round: Iterator<void> | undefined;
  private stepsDue = 0;
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
    const at = Date.now();
    this.waiting.push({ access, at, lastAt: at, times: 1 });
  }

  /** @param access `outcome` is `ok` unless it says otherwise */
  recordRequest(
    client: Client | undefined,
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
  count(describe: Describe, caller: string, subject: string, requestId: () => string): void {
    const subjects = this.subjectsOf(describe, caller);
    const before = subjects.get(subject);
    if (before === undefined) {
      this.record({ ...describe(caller, subject), requestId: requestId() });
      if (this.gatheredSize >= GATHER_MOST) return;
      subjects.set(subject, null);
      this.gatheredSize += 1;
      return;
    }
    const nowS = Math.floor(Date.now() / 1_000);
    if (before === null) subjects.set(subject, { times: 1, firstS: nowS, lastS: nowS });
    else {
      before.times += 1;
      before.lastS = nowS;
    }
  }

  /** Writes what has gathered. Failures keep the entries for the next time. */
  flush(): Promise<void> {
    this.round = undefined;
    const sweep = this.sweep();
    while (!sweep.next().done);
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
    this.sweepSome();
    return this.write();
  }

  private subjectsOf(describe: Describe, caller: string): Map<string, Repetitions | null> {
    const callers = this.gathered.get(describe) ?? new Map<string, Map<string, Repetitions | null>>();
    const subjects = callers.get(caller) ?? new Map<string, Repetitions | null>();
    if (callers.size === 0) this.gathered.set(describe, callers);
    if (subjects.size === 0) callers.set(caller, subjects);
    return subjects;
  }

  /** A share of the sweep at each turn, so that it takes a minute: all of it at once would hold up the reads. */
  private sweepSome(): void {
    this.stepsDue += (this.gatheredSize * FLUSH_MS) / GATHER_MS;
    for (; this.stepsDue >= 1; this.stepsDue -= 1) {
      this.round ??= this.sweep();
      if (this.round.next().done) this.round = undefined;
    }
  }

  /**
   * Goes over what has gathered, a step for each: what was repeated since the last time is written, what was not is forgotten. What comes
   * meanwhile waits for the next round, else a caller who asks for ever new things would keep it from the others.
   */
  private *sweep(): Generator<void> {
    for (const [describe, callers] of this.gathered) {
      for (const [caller, subjects] of first(callers.size, callers)) {
        for (const [subject, again] of first(subjects.size, subjects)) {
          if (again === null) {
            subjects.delete(subject);
            this.gatheredSize -= 1;
          } else {
            const [at, lastAt] = [again.firstS * 1_000, again.lastS * 1_000];
            this.waiting.push({ access: describe(caller, subject), at, lastAt, times: again.times });
            subjects.set(subject, null);
          }
          yield;
        }
        if (subjects.size === 0) callers.delete(caller);
      }
    }
  }

  private write(): Promise<void> {
    this.writing = this.writing.then(async () => {
      while (this.waiting.length > 0) {
        const batch = this.waiting.splice(0, BATCH);
        try {
          await this.insert(batch);
        } catch (error) {
          this.waiting.unshift(...batch);
          this.logger.warn(
            { event: 'accesslog.retry', waiting: this.waiting.length, code: (error as { code?: string }).code },
            'The audit log could not be written; will retry',
          );
          return;
        }
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

function* first<T>(count: number, of: Iterable<T>): Generator<T> {
  let left = count;
  for (const item of of) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}

const INTO =
  'f_wechat_accesslog (at, times, last_at, app, client_id, action, component_appid, authorizer_appid, subject, outcome, ip, request_id)';
