import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Logger } from '../log/logger.js';
import type { Periodic } from '../time/periodic.js';
import { within } from '../time/within.js';
import { isReady } from './redis.js';

/** In the slot of the queues: of a Cluster it is their node that counts. */
const MARKER = '{wxplane}:marker';
const EVERY_MS = 1_000;
const ANSWERS_WITHIN_MS = 2_000;

/** What a Redis is asked, so that another one, or an emptied one, is told from the one before. */
const WHO = ['run_id', 'master_replid'] as const;
/** A Cluster sends a command without a key anywhere; a script goes where its key is. */
const INFO = `return redis.call('INFO', 'server') .. redis.call('INFO', 'replication')`;

/** Makes again what may have been lost. Must do no harm when nothing was, nor when other replicas do the same at this moment. */
export type Recovery = (loss: {
  /** At a start nobody knows what happened before. */ readonly atStart: boolean;
}) => Promise<unknown>;

/**
 * Redis can lose what it holds without a word: emptied, started without its file or with an older one, or replaced by a replica that had
 * not everything yet. This notices within seconds, by a marker that is gone or by a server that is another one, and has it made again
 * from MySQL. Each process looks for itself, because each may have written to another server than the others; and once at its start, in
 * place of those that were killed before they had finished.
 */
export class LossWatch {
  /** What each met first, and with what it has made whole. */
  private readonly recoveries: { readonly recover: Recovery; first: string | undefined; whole: string | undefined }[] = [];
  private readonly connections: Connection[];
  /** What was last looked at. */
  private known: string | undefined;

  constructor(
    redis: Redis,
    private readonly logger: Logger,
    private readonly periodic: Periodic,
  ) {
    this.connections = [new Connection(redis)];
  }

  /** Before the start. */
  onLoss(recovery: Recovery): void {
    // An app that keeps nothing in Redis has nothing to look for.
    if (this.recoveries.length === 0) this.periodic.every('redis.loss-watch', EVERY_MS, () => this.look());
    this.recoveries.push({ recover: recovery, first: undefined, whole: undefined });
  }

  /** How many replicas the server has, as it says; 0 while that is not known. */
  get replicas(): number {
    return this.connections[0]?.replicas ?? 0;
  }

  /** Another connection that jobs are put in through: for a while it may lead to another server. */
  watch(redis: Redis): void {
    this.connections.push(new Connection(redis));
  }

  /**
   * @returns whether all is whole now; false: Redis does not say, or changed meanwhile
   * @throws what kept one of them from being made whole; it is tried again, the others are not
   */
  async look(): Promise<boolean> {
    const found = await this.identity();
    if (found === undefined) return false;
    if (this.known !== undefined && this.known !== found)
      this.logger.warn(
        { event: 'redis.changed' },
        'Redis was emptied, or is not the server it was; what may have been lost in it is made again',
      );
    this.known = found;
    const due = this.recoveries.filter(({ whole }) => whole !== found);
    if (due.length === 0) return true;
    for (const recovery of due) recovery.first ??= found;
    // Also a first look that was not over when Redis lost what this process had put there by then.
    const outcomes = await Promise.allSettled(due.map(({ recover, first }) => recover({ atStart: first === found })));
    // Lost once more meanwhile: all over again.
    if ((await this.identity()) !== found) return false;
    for (const [index, outcome] of outcomes.entries()) if (outcome.status === 'fulfilled') due[index]!.whole = found;
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw failure.reason;
    return true;
  }

  private async identity(): Promise<string | undefined> {
    const parts: string[] = [];
    for (const connection of this.connections) {
      const part = await connection.identity().catch(() => undefined);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return parts.join(' ');
  }
}

/** One way to Redis, and to which one it leads. */
class Connection {
  replicas = 0;
  private asking: Promise<string> | undefined;
  private times = 0;

  constructor(private readonly redis: Redis) {
    redis.on('ready', () => {
      this.times += 1;
    });
  }

  /** @throws when Redis does not answer in time, or takes no marker */
  async identity(): Promise<string | undefined> {
    if (!isReady(this.redis)) return undefined;
    // One question at a time: on a connection that is silent they would pile up.
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return within(ANSWERS_WITHIN_MS, this.asking, 'Redis did not answer in time');
  }

  private async ask(): Promise<string> {
    const marker = (await this.redis.get(MARKER)) ?? (await this.mark());
    return `${marker}/${await this.server()}`;
  }

  private async mark(): Promise<string> {
    const mine = randomUUID();
    // The first of all replicas; the others take its word.
    await this.redis.set(MARKER, mine, 'NX');
    return (await this.redis.get(MARKER)) ?? mine;
  }

  /** Who may not ask takes each new connection for another server. */
  private async server(): Promise<string> {
    let info: string;
    try {
      info = this.redis.isCluster
        ? String(await this.redis.eval(INFO, 1, MARKER))
        : `${await this.redis.info('server')}${await this.redis.info('replication')}`;
    } catch (error) {
      if (!isReady(this.redis)) throw error;
      this.replicas = 0;
      return `connection ${this.times}`;
    }
    const lines = info.split(/\r?\n/);
    const value = (name: string) => lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1) ?? '';
    this.replicas = Number(value('connected_slaves')) || 0;
    return WHO.map(value).join(':');
  }
}
