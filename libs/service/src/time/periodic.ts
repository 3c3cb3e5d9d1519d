import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '../log/logger.js';
import { daily } from './daily.js';
import { Ticker } from './ticker.js';

/** How often work of once a day is looked at. */
const DAILY_LOOK_MS = 300_000;

/**
 * What the parts of an app do again and again. Each says so in its constructor; all of it begins when the app is up, and is over before the
 * connections that it uses are closed. `Progress` watches each of them by its name.
 */
export class Periodic implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly begin: (() => void)[] = [];
  private readonly tickers: Ticker[] = [];
  private started = false;
  private stopping = false;

  constructor(private readonly logger: Logger) {}

  /**
   * @param name of log lines (`<name>.failed`) and of the poller in `Progress`
   * @param first the first turn is when the app is up, or one interval later: for what need not be part of every start
   * @returns for turns out of turn
   */
  every(name: string, intervalMs: number, work: () => Promise<unknown>, first: 'now' | 'later' = 'now'): Ticker {
    const ticker = new Ticker(name, intervalMs, work, this.logger);
    this.tickers.push(ticker);
    if (this.started) ticker.start(first);
    else this.begin.push(() => ticker.start(first));
    return ticker;
  }

  /** Once a day, in Beijing's time, by each replica: see `daily`. @param at hours and minutes, as 3.5 for half past three */
  daily(name: string, at: number, now: () => number, work: () => Promise<unknown>): void {
    this.every(name, DAILY_LOOK_MS, daily(at, now, work), 'later');
  }

  /** The app stops: a turn with much to do ends after its present piece. */
  get isStopping(): boolean {
    return this.stopping;
  }

  onApplicationBootstrap(): void {
    this.started = true;
    for (const start of this.begin.splice(0)) start();
  }

  /** Resolves when every turn that was under way has ended. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.tickers.map((ticker) => ticker.stop()));
  }
}
