import type { Logger } from '../observe/logger.js';

/** Does something again and again, one at a time; a failure is logged and the next turn tries again. */
export class Ticker {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failing = false;

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
    if (first === 'now') void this.tick();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.running;
  }

  /** Does it now; when it is being done already, that turn is the one to wait for. */
  tick(): Promise<void> {
    this.running ??= this.once().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async once(): Promise<void> {
    try {
      await this.work();
      this.failing = false;
    } catch (error) {
      if (!this.failing)
        this.logger.warn({ event: `${this.name}.failed`, code: (error as { code?: string }).code, err: error }, 'Will try again');
      this.failing = true;
    }
  }
}
