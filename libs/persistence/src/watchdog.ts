import type { DataSource } from 'typeorm';
import { cutConnections, type Mysql2Connection, poolOf, renewConnections } from './pool.js';
import { SideConnection } from './side-connection.js';

export interface WatchdogOptions {
  /** Between two looks. Default 2000. */
  readonly everyMs?: number;
  /** How long one question may take. Default 3000. */
  readonly answerWithinMs?: number;
  /** A server that is silent for so long, also on new connections, is given up. Default 8000. */
  readonly silentForMs?: number;
  /** Told when it begins, and (with `undefined`) when it is over. */
  readonly onTrouble?: (trouble: string | undefined) => void;
  readonly onRenewed?: (reason: 'path lost' | 'silent' | 'read-only' | 'writable') => void;
}

const QUESTION = 'SELECT @@global.read_only OR @@global.innodb_read_only AS demoted';
/** A timer that is so late was held up by our own process: nothing is known of the server then. */
const OWN_DELAY_MS = 500;

/**
 * Asks the server something small, again and again, on a connection of its own. When the answer stays away (a node without power sends no
 * goodbye, and TCP goes on trying for a quarter of an hour), the connections of the pool are ended, with what waits on them: it fails
 * now, and the next statement makes a new one. So they are when the server has become read-only, or is no longer.
 */
export class DatabaseWatchdog {
  private readonly connection: SideConnection;
  private readonly everyMs: number;
  private readonly answerWithinMs: number;
  private readonly silentForMs: number;
  private asking: Promise<boolean> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Since when there is no answer, and the connections that the pool had then. */
  private silence: { readonly since: number; readonly suspects: readonly Mysql2Connection[]; told: boolean } | undefined;
  private unwell: { readonly trouble: string; readonly since: number } | undefined;
  /** How often a trouble came to its end. */
  recoveries = 0;
  private demoted = false;
  private stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly options: WatchdogOptions = {},
  ) {
    this.connection = new SideConnection(dataSource);
    this.everyMs = options.everyMs ?? 2_000;
    this.answerWithinMs = options.answerWithinMs ?? 3_000;
    this.silentForMs = options.silentForMs ?? 8_000;
  }

  start(): void {
    this.timer = setTimeout(() => {
      void this.look().then(() => {
        if (!this.stopped) this.start();
      });
    }, this.everyMs);
    this.timer.unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.connection.close();
  }

  /** What is wrong now, `read-only` or why there was no answer, and for how long; `undefined`: it answers and takes writes. */
  get trouble(): { readonly trouble: string; readonly forMs: number } | undefined {
    return this.unwell && { trouble: this.unwell.trouble, forMs: performance.now() - this.unwell.since };
  }

  /**
   * Whether the server is read-only. Whoever asks while a question is under way shares its answer.
   * @throws SilentError, or why there was no connection.
   */
  ask(): Promise<boolean> {
    this.asking ??= this.connection
      .query<{ demoted: number | string }>(QUESTION, this.answerWithinMs)
      .then(([row]) => Number(row?.demoted) === 1)
      .finally(() => {
        this.asking = undefined;
      });
    return this.asking;
  }

  private async look(): Promise<void> {
    if (this.stopped) return;
    const started = performance.now();
    try {
      const demoted = await this.ask();
      this.judge(demoted ? 'read-only' : undefined, started);
      this.compare(demoted);
    } catch (error) {
      const took = performance.now() - started;
      if (took > this.answerWithinMs + OWN_DELAY_MS) return;
      this.judge((error as { code?: string }).code ?? 'no answer', started);
      if (!isAnswer(error)) return this.unanswered(started);
    }
    // Only a new connection is heard: those from before are not to be waited for.
    if (this.silence && cutConnections(this.silence.suspects)) this.options.onRenewed?.('path lost');
    this.silence = undefined;
  }

  private judge(trouble: string | undefined, since: number): void {
    const before = this.unwell;
    // Its word may change (first no answer, then no connection): it is the same trouble.
    this.unwell = trouble === undefined ? undefined : { trouble, since: before?.since ?? since };
    if (Boolean(before) === Boolean(this.unwell)) return;
    if (before) this.recoveries += 1;
    this.options.onTrouble?.(trouble);
  }

  private async unanswered(since: number): Promise<void> {
    const connections = () => poolOf(this.dataSource)?._allConnections.toArray() ?? [];
    if (!this.silence) {
      this.silence = { since, suspects: connections(), told: false };
      // Is it the server, or only the way that the former connections took? A new one tells, at once.
      return this.look();
    }
    if (performance.now() - this.silence.since < this.silentForMs) return;
    // Those that are tried meanwhile are cut as well, again and again; said once.
    if (!cutConnections(connections()) || this.silence.told) return;
    this.silence.told = true;
    this.options.onRenewed?.('silent');
  }

  /** A demoted primary goes on answering reads; and the name may mean another server since it was. */
  private compare(demoted: boolean): void {
    const changed = demoted !== this.demoted;
    this.demoted = demoted;
    if (changed) {
      renewConnections(this.dataSource);
      this.options.onRenewed?.(demoted ? 'read-only' : 'writable');
    }
    if (demoted) this.connection.close();
  }
}

/** The server itself refused: too many connections, a wrong password. */
function isAnswer(error: unknown): boolean {
  return Number((error as { errno?: unknown }).errno) >= 1_000;
}
