import type { Logger } from '../log/logger.js';

/** A turn may take several intervals, and short intervals are late now and then: before this nobody needs to know. */
const STILL_LIMIT_S = 120;

/** Does something again and again, one at a time; a failure is logged and the next turn tries again. */
export class Ticker {
  /** Those that were started and not stopped: what must move, whoever owns it. */
  static readonly running: ReadonlySet<Ticker> = new Set<Ticker>();

  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> | undefined;
  private failing = false;
  private movedAt = 0;

  constructor(
    private readonly name: string,
    private readonly intervalMs: number,
    private readonly work: () => Promise<unknown>,
    private readonly logger: Logger,
  ) {}

  /** The first turn is now, or one interval later: for what need not be part of every start. */
  start(first: 'now' | 'later' = 'now'): void {
    this.timer ??= setInterval(() => void this.tick(), this.intervalMs);
    this.timer.unref();
    this.movedAt = performance.now();
    (Ticker.running as Set<Ticker>).add(this);
    if (first === 'now') void this.tick();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    (Ticker.running as Set<Ticker>).delete(this);
    await this.turn;
  }

  /** Does it now; when it is being done already, that turn is the one to wait for. */
  tick(): Promise<void> {
    this.turn ??= this.once().finally(() => {
      this.turn = undefined;
    });
    return this.turn;
  }

  /** As something that must move (see `Progress`): its last turn that came to a good end is so long ago. */
  get mover() {
    return {
      what: `poller ${this.name}`,
      limitS: Math.max(STILL_LIMIT_S, (3 * this.intervalMs) / 1_000),
      remedy: `Its turns fail or do not end: the log says why (${this.name}.failed).`,
      stillS: () => Math.max(0, performance.now() - this.movedAt - this.intervalMs) / 1_000,
    };
  }

  private async once(): Promise<void> {
    try {
      await this.work();
      this.failing = false;
      this.movedAt = performance.now();
    } catch (error) {
      if (!this.failing)
        this.logger.warn({ event: `${this.name}.failed`, code: (error as { code?: string }).code, err: error }, 'Will try again');
      this.failing = true;
    }
  }
}
