import { Counter, Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { isDuplicate } from '#persistence';
import { DomainError } from '../http/problems.js';
import type { Caller } from '../identity/caller.js';
import type { Logger } from '../log/logger.js';
import { traces } from '../log/traces.js';
import { within } from '../time/within.js';
import { insertRows } from './batch-insert.js';
import { Chain, type ChainedEntry, INTO_ACCESSLOG, toRow } from './chain.js';
import { type Access, type Actor, toColumns } from './entry.js';
import { type Counted, Repetitions } from './repetitions.js';
import type { SecondSink } from './second-sink.js';

export type { Access, Actor, Change } from './entry.js';

/** What a request did; who asked, from where and under which id is the request's. */
export type RequestAccess = Omit<Access, 'outcome' | 'clientId' | 'actor' | 'ip' | 'peerIp' | 'requestId' | 'traceId'> & {
  readonly outcome?: Access['outcome'];
};

/** Of Fastify's request. */
export interface AskedBy {
  readonly ip: string;
  readonly id: string;
  readonly socket?: { readonly remoteAddress?: string | undefined };
}

/** Makes the entry of something that happens often, from the two texts it was counted by. */
export type Describe = (caller: string, subject: string) => Access;

/** What only the entry of the first time says. */
export type FirstTime = Pick<Access, 'ip' | 'requestId' | 'peerIp' | 'traceId' | 'componentAppid' | 'authorizerAppid'>;

/** Whoever waits until one sink has the entry. */
interface Settle {
  resolve(): void;
  reject(error: unknown): void;
}

/** What waits to be written: kept small, since the garbage collector moves it twice before it is gone. */
interface Waiting extends Counted<Describe> {
  readonly first: FirstTime | undefined;
  readonly at: number;
  readonly lastAt: number;
  readonly times: number;
  readonly settle: Settle | undefined;
}

interface Sealed {
  readonly entry: ChainedEntry;
  settle: Settle | undefined;
}

/** `best-effort`: entries are written behind the answers. `required`: an answer with a secret, or of a write, waits for a sink. */
export type AuditMode = 'best-effort' | 'required';

export interface AccessLogOptions {
  readonly mode?: AuditMode;
  readonly sink?: SecondSink | undefined;
  readonly metrics?: Registry;
}

const FLUSH_MS = 100;
/** After a failure. */
const RETRY_MS = 500;
/** How often repetitions are written: a client that reads one token a thousand times does not fill the disk. */
const GATHER_MS = 60_000;
/** How many different things are remembered as recorded. Beyond it repetitions are entries of their own. */
const GATHER_MOST = 250_000;
const BATCH = 200;
/** Beyond this many unwritten entries new ones are dropped: said in the log, and in an entry of its own that says how many. */
const BUFFER = 200_000;
/** An answer waits so long for a sink that does not say no either. */
const SINK_WITHIN_MS = 5_000;

/**
 * Who revealed or wrote what. Entries are written in batches, a tenth of a second later, so that a read never waits for them; a stop writes
 * the rest. Of what happens again and again the first time is written like everything else, and then once a minute how often it did.
 * Each entry is chained to the one before when it is written: see `Chain`.
 */
export class AccessLog {
  readonly required: boolean;
  private readonly repetitions = new Repetitions<Describe>(GATHER_MOST);
  /** Of `required`: first times whose entry no sink has yet. */
  private readonly unsettled = new Map<string, Promise<void>>();
  private readonly chain: Chain;
  private round: Iterator<void> | undefined;
  private stepsDue = 0;
  private waiting: Waiting[] = [];
  /** In the chain, and not in the table yet. */
  private sealed: Sealed[] = [];
  private dropped = 0;
  private droppedInAll = 0;
  private readonly timer: NodeJS.Timeout;
  private writing: Promise<void> | undefined;
  private sinking: Promise<void> | undefined;
  /** Said already. */
  private failing = false;
  private sinkFailing = false;
  private retryAt = 0;
  private readonly sink: SecondSink | undefined;
  private readonly recorded = new WeakSet<object>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly app: string,
    private readonly logger: Logger,
    { mode = 'best-effort', sink, metrics }: AccessLogOptions = {},
  ) {
    this.required = mode === 'required';
    this.sink = sink;
    this.chain = new Chain(app);
    this.timer = setInterval(() => this.tick(), FLUSH_MS);
    this.timer.unref();
    if (metrics) this.register(metrics);
  }

  record(access: Access): void {
    this.wait({ kind: () => access, caller: '', subject: '' }, undefined);
  }

  /** @param access `outcome` is `ok` unless it says otherwise */
  recordRequest(client: Caller | undefined, request: AskedBy, access: RequestAccess): void {
    this.record(this.ofRequest(client, request, access));
  }

  /**
   * For what an answer waits for: resolves, where the log is `required`, when the table or the second sink has the entry.
   * @throws DomainError `unavailable`: neither takes it
   */
  async recordAnswer(client: Caller | undefined, request: AskedBy, access: RequestAccess): Promise<void> {
    const entry = this.ofRequest(client, request, access);
    if (!this.required) return this.record(entry);
    await this.settled({ kind: () => entry, caller: '', subject: '' }, undefined);
  }

  /** The request has an entry, or is counted in one. */
  tell(request: object): void {
    this.recorded.add(request);
  }

  /** The request is in the log already: a refusal of it is no second entry. */
  knows(request: object): boolean {
    return this.recorded.has(request);
  }

  /**
   * For what happens often: repetitions within a minute become one entry that says how often, from when, and until when.
   * @param caller who, and from where; with `subject` all that is kept of a repetition
   * @returns where the log is `required` and this is the first time of a minute: when a sink has it; an answer waits for that
   */
  count(kind: Describe, caller: string, subject: string, first: () => FirstTime): Promise<void> | undefined {
    if (!this.required) {
      this.countBehind(kind, caller, subject, first);
      return undefined;
    }
    const again = this.repetitions.add(kind, caller, subject);
    const key = `${kind.name} ${caller} ${subject}`;
    if (again) return this.unsettled.get(key);
    const settled = this.settled({ kind, caller, subject }, first())
      .catch((error: unknown) => {
        this.repetitions.forget(kind, caller, subject);
        throw error;
      })
      .finally(() => this.unsettled.delete(key));
    settled.catch(() => undefined);
    this.unsettled.set(key, settled);
    return settled;
  }

  /** The same for what no answer waits for. */
  countBehind(kind: Describe, caller: string, subject: string, first: () => FirstTime): void {
    if (!this.repetitions.add(kind, caller, subject)) this.wait({ kind, caller, subject }, first());
  }

  /**
   * Counts what happened before, without waiting for anything.
   * @returns false, and nothing was counted: where the log is `required`, the first time of a minute is not in a sink yet
   */
  countAgain(kind: Describe, caller: string, subject: string): boolean {
    if (this.unsettled.size > 0 && this.unsettled.has(`${kind.name} ${caller} ${subject}`)) return false;
    return this.repetitions.addAgain(kind, caller, subject);
  }

  /** Writes what has gathered. Failures keep the entries for the next time. */
  async flush(): Promise<void> {
    this.round = undefined;
    const sweep = this.sweep();
    while (!sweep.next().done);
    // One that is under way may be about to fail with what was there before.
    await this.sinking;
    await this.writing;
    await this.toSink();
    await this.write();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    await this.sink?.close();
  }

  private ofRequest(client: Caller | undefined, request: AskedBy, access: RequestAccess): Access {
    this.tell(request);
    return { outcome: 'ok', ...access, clientId: client?.clientId, actor: actorOf(client), ...whence(request) };
  }

  private tick(): void {
    if (this.dropped > 0 && this.size < BUFFER) {
      const times = this.dropped;
      this.dropped = 0;
      this.logger.error(
        { event: 'accesslog.overflow', dropped: times },
        'The audit log cannot be written fast enough; the newest entries were dropped',
      );
      this.push({
        kind: lost,
        caller: '',
        subject: '',
        first: undefined,
        at: Date.now(),
        lastAt: Date.now(),
        times,
        settle: undefined,
      });
    }
    this.sweepSome();
    void this.toSink();
    if (performance.now() >= this.retryAt) void this.write();
  }

  private get size(): number {
    return this.waiting.length + this.sealed.length;
  }

  private wait({ kind, caller, subject }: Counted<Describe>, first: FirstTime | undefined, settle?: Settle): void {
    const at = Date.now();
    this.push({ kind, caller, subject, first, at, lastAt: at, times: 1, settle });
  }

  private push(entry: Waiting): void {
    if (this.size < BUFFER) {
      this.waiting.push(entry);
      return;
    }
    // The newest: else whoever floods the log drives out what he did before.
    this.dropped += entry.times;
    this.droppedInAll += entry.times;
    entry.settle?.reject(new Error('too many entries are waiting'));
  }

  private async settled(counted: Counted<Describe>, first: FirstTime | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.wait(counted, first, { resolve, reject });
    // What comes in the same turn of the event loop goes together.
    setImmediate(() => {
      if (this.sink) void this.toSink();
      else void this.write();
    });
    try {
      await within(SINK_WITHIN_MS, promise);
    } catch (error) {
      throw new DomainError(
        'unavailable',
        `The audit log cannot be written: ${this.sink ? 'neither MySQL nor the second sink takes' : 'MySQL does not take'} the entry of this answer, so it is not given. What was asked for may have been done.`,
        { retryAfterS: 2, cause: error },
      );
    }
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
    return this.repetitions.sweep(
      ({ kind, caller, subject, times, firstS, lastS }) =>
        this.push({
          kind,
          caller,
          subject,
          first: undefined,
          at: firstS * 1_000,
          lastAt: lastS * 1_000,
          times,
          settle: undefined,
        }),
      // Where the log is required, the first time of each minute is an entry that is waited for.
      this.required,
    );
  }

  private seal(batch: readonly Waiting[]): Sealed[] {
    return batch.map(({ kind, caller, subject, first, at, lastAt, times, settle }) => {
      const access = kind(caller, subject);
      const told = first === undefined ? access : { ...access, ...first, ip: access.ip };
      return { entry: this.chain.next(toColumns(this.app, told, { at, lastAt, times })), settle };
    });
  }

  /** What has a second sink is there before it is in the table. */
  private toSink(): Promise<void> {
    if (!this.sink) return Promise.resolve();
    this.sinking ??= this.drainToSink(this.sink).finally(() => {
      this.sinking = undefined;
    });
    return this.sinking;
  }

  private async drainToSink(sink: SecondSink): Promise<void> {
    while (this.waiting.length > 0) {
      const group = this.seal(this.waiting.splice(0, BATCH));
      this.sealed.push(...group);
      try {
        await sink.append(group.map(({ entry }) => entry));
        if (this.sinkFailing)
          this.logger.info({ event: 'accesslog.sink.well' }, 'The second sink of the audit log takes entries again');
        this.sinkFailing = false;
        for (const one of group) settle(one);
      } catch (error) {
        if (!this.sinkFailing)
          this.logger.error(
            { event: 'accesslog.sink', code: (error as { code?: string }).code },
            'The second sink of the audit log takes no entries; they go to the table alone',
          );
        this.sinkFailing = true;
      }
      if (performance.now() >= this.retryAt) void this.write();
      else if (this.sinkFailing) this.refuseUnsettled(new Error('neither sink takes entries'));
    }
  }

  private write(): Promise<void> {
    this.writing ??= this.writeSealed().finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async writeSealed(): Promise<void> {
    for (;;) {
      // Without a second sink nothing is chained before its turn: what waits takes less room so.
      if (this.sealed.length === 0 && !this.sink) this.sealed = this.seal(this.waiting.splice(0, BATCH));
      const batch = this.sealed.slice(0, BATCH);
      if (batch.length === 0) return;
      try {
        await this.insert(batch);
      } catch (error) {
        this.retryAt = performance.now() + RETRY_MS;
        this.logger[this.failing ? 'debug' : 'warn'](
          { event: 'accesslog.retry', waiting: this.size, code: (error as { code?: string }).code },
          'The audit log could not be written; will retry',
        );
        this.failing = true;
        if (!this.sink || this.sinkFailing) this.refuseUnsettled(error);
        return;
      }
      this.sealed.splice(0, batch.length);
      for (const one of batch) settle(one);
      this.failing = false;
    }
  }

  /** Their entries stay and are written later: that an answer was asked for is true all the same. */
  private refuseUnsettled(error: unknown): void {
    for (const one of this.sealed) {
      one.settle?.reject(error);
      one.settle = undefined;
    }
    for (const { settle } of this.waiting) settle?.reject(error);
  }

  /** One statement for a batch, without entities: this runs beside thousands of reads a second. */
  private async insert(batch: readonly Sealed[]): Promise<void> {
    const rows = batch.map(({ entry }) => toRow(entry));
    await insertRows(this.dataSource, INTO, rows, (error) => {
      // Written by a former try whose answer was lost.
      if (isDuplicate(error)) return;
      this.logger.error(
        { event: 'accesslog.refused', err: error },
        'The database refused an entry of the audit log; it was dropped, and its place in the chain stays empty',
      );
    });
  }

  private register(metrics: Registry): void {
    const log = this;
    new Gauge({
      name: 'wxplane_audit_waiting_entries',
      help: 'Entries of the audit log that are not in the table yet',
      registers: [metrics],
      collect() {
        this.set(log.size);
      },
    });
    new Counter({
      name: 'wxplane_audit_dropped_entries_total',
      help: 'Entries of the audit log that were dropped because too many waited',
      registers: [metrics],
      collect() {
        this.reset();
        this.inc(log.droppedInAll);
      },
    });
    new Gauge({
      name: 'wxplane_audit_sink_up',
      help: 'Whether a sink of the audit log takes entries',
      labelNames: ['sink'],
      registers: [metrics],
      collect() {
        this.set({ sink: 'table' }, log.failing ? 0 : 1);
        if (log.sink) this.set({ sink: 'second' }, log.sinkFailing ? 0 : 1);
      },
    });
  }
}

const INTO = `f_wechat_accesslog (${INTO_ACCESSLOG})`;

const lost = (): Access => ({ action: 'audit.dropped', outcome: 'failed', reason: 'overflow' });

function settle(one: Sealed): void {
  one.settle?.resolve();
  one.settle = undefined;
}

/** Who a client is, behind its id. */
export function actorOf(client: Caller | undefined): Actor | undefined {
  if (client === undefined) return undefined;
  const { kind, issuer, subject, personId } = client.actor;
  return { kind, issuer, subject, personId };
}

/** From where a request came, and what it is called. */
export function whence({ ip, id, socket }: AskedBy): Pick<Access, 'ip' | 'peerIp' | 'requestId' | 'traceId'> {
  const peer = socket?.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '');
  return { ip, peerIp: peer === ip ? undefined : peer, requestId: id, traceId: traceId() };
}

/** Of a `traceparent`: version, trace, span, flags. */
export const traceId = (): string | undefined => traces.current()?.split('-')[1];
