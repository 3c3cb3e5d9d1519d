import { Ticker } from '../time/ticker.js';
import { within } from '../time/within.js';

/** Something that must move: a queue, a poller, a channel, tickets, deliveries. Its owner registers it, and knows since when it has not. */
export interface Mover {
  /** `queue broker.events`, `poller spool.move`: a label of a metric, so never with a number that grows. */
  readonly what: string;
  /** Standing still for longer than this needs somebody. */
  readonly limitS: number;
  /** What to do then. */
  readonly remedy: string;
  /** For how many seconds it has not moved. 0: it moves, or has nothing to do; `undefined`, or a failure: that cannot be told now. */
  stillS(): number | undefined | Promise<number | undefined>;
}

/** What does not move although it must. */
export interface Standstill {
  readonly what: string;
  readonly still_s: number;
  readonly limit_s: number;
  readonly remedy: string;
}

/** Less than what a health check may take. */
const ANSWERS_WITHIN_MS = 1_000;

/**
 * What must move in this process and around it: the one place that `/health/ready`, the metrics, the alerts, `wxplane status` and
 * `wxplane doctor` ask. Whatever nobody can tell counts as not having moved since it could be told.
 */
export class Progress {
  private readonly movers = new Map<string, Mover>();
  private readonly unknownSince = new Map<string, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A later one takes the place of an earlier one of the same name. */
  register(mover: Mover): void {
    this.movers.set(mover.what, mover);
  }

  /** What stands still, the longest beyond its limit first. */
  async standstills(): Promise<Standstill[]> {
    const all = await this.readings();
    return all
      .filter(({ still_s, limit_s }) => still_s > limit_s)
      .sort((a, b) => b.still_s - b.limit_s - (a.still_s - a.limit_s));
  }

  /** Everything that is known here. Pollers need no registration: each that was started is watched. */
  readings(): Promise<Standstill[]> {
    const movers = [...this.movers.values(), ...[...Ticker.running].map((ticker) => ticker.mover)];
    return Promise.all(
      movers.map(async (mover) => ({
        what: mover.what,
        still_s: Math.round(await this.stillS(mover)),
        limit_s: mover.limitS,
        remedy: mover.remedy,
      })),
    );
  }

  private async stillS(mover: Mover): Promise<number> {
    const told = await within(ANSWERS_WITHIN_MS, (async () => mover.stillS())()).catch(() => undefined);
    if (told !== undefined) {
      this.unknownSince.delete(mover.what);
      return told;
    }
    const since = this.unknownSince.get(mover.what) ?? this.now();
    this.unknownSince.set(mover.what, since);
    return (this.now() - since) / 1_000;
  }
}
