import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Logger } from '../log/logger.js';
import type { Mover } from '../progress/progress.js';
import type { Clock } from '../time/clock.js';
import type { Periodic } from '../time/periodic.js';
import type { HealthRegistry } from './health.js';
import { NearestOffset } from './nearest-offset.js';

const LOOK_EVERY_MS = 60_000;
/** A push comes within seconds, its repetitions within a minute, an answer at once; five minutes are the clock's. */
const WECHAT_BEARS_MS = 5 * 60_000;
const DATABASE_BEARS_MS = 60_000;

type Against = 'wechat' | 'database';

export interface ClockWatchParts {
  readonly app: string;
  readonly dataSource: DataSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Whether our clock is right: pushes say when WeChat signed them, its answers when they were made, and the database has a clock. With one
 * that is far off pushes count as recorded long ago and are not acted on, tokens as dead or as alive for days, and windows for
 * publications open at the wrong hour; that must be seen before anybody misses an event.
 */
export class ClockWatch {
  private readonly wechat = new NearestOffset(performance.now());
  private database: number | undefined;
  private offSince: number | undefined;

  constructor(private readonly parts: ClockWatchParts) {}

  register(health: HealthRegistry, metrics: Registry, periodic: Periodic): void {
    periodic.every('clock.look', LOOK_EVERY_MS, () => this.look());
    health.register('clock', () => {
      const offsets = this.offsets();
      const facts = Object.fromEntries(offsets.map(([against, ms]) => [`behind_${against}_s`, Math.round(ms / 1_000)]));
      return { status: offsets.some(isFarOff) ? 'degraded' : 'up', ...facts };
    });
    const offsets = () => this.offsets();
    new Gauge({
      name: 'wxplane_clock_offset_seconds',
      help: 'How far this replica’s clock is behind another one (negative: ahead): WeChat’s, as its pushes and answers tell it, or the database’s',
      labelNames: ['against'],
      registers: [metrics],
      collect() {
        this.reset();
        for (const [against, ms] of offsets()) this.set({ against }, ms / 1_000);
      },
    });
  }

  /** It "stands still" since it was seen to be far off. */
  get mover(): Mover {
    const words = () => this.far().map(inWords).join(' and ');
    return {
      what: `clock of ${this.parts.app}`,
      limitS: 0,
      get remedy() {
        return `It is ${words()}: synchronise it (NTP, chrony), or the other one.`;
      },
      stillS: () => (this.offSince === undefined ? 0 : Math.max(1, (performance.now() - this.offSince) / 1_000)),
    };
  }

  /** @param at what WeChat's clock showed a moment ago, when it signed a push or made an answer; ms since 1970 */
  wechatShowed(at: number): void {
    this.wechat.observe(at - this.parts.clock.now(), performance.now());
    this.say();
  }

  async look(): Promise<void> {
    const { clock, dataSource } = this.parts;
    const asked = clock.now();
    const [row] = await dataSource.query(`SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) AS us`);
    this.database = Number(row.us) / 1_000 - (asked + clock.now()) / 2;
    this.say();
  }

  private offsets(): [Against, number][] {
    const known: [Against, number | undefined][] = [
      ['wechat', this.wechat.read(performance.now())],
      ['database', this.database],
    ];
    return known.flatMap(([against, ms]) => (ms === undefined ? [] : [[against, ms]]));
  }

  private far(): [Against, number][] {
    return this.offsets().filter(isFarOff);
  }

  /** One line for each change. */
  private say(): void {
    const far = this.far();
    if (far.length > 0 === (this.offSince !== undefined)) return;
    this.offSince = far.length > 0 ? performance.now() : undefined;
    const { logger } = this.parts;
    const offsets = Object.fromEntries(far.map(([against, ms]) => [against, Math.round(ms / 1_000)]));
    if (far.length > 0)
      logger.error(
        { event: 'clock.off', behind_s: offsets },
        `The clock is far off, ${far.map(inWords).join(' and ')}: synchronise it (NTP, chrony); pushes may count as recorded long ago and are not acted on`,
      );
    else logger.info({ event: 'clock.right' }, 'The clock is right again');
  }
}

const NAMES: Readonly<Record<Against, string>> = { wechat: 'WeChat’s', database: 'MySQL’s' };

const inWords = ([against, ms]: [Against, number]): string =>
  `${Math.round(Math.abs(ms) / 1_000)} s ${ms > 0 ? 'behind' : 'ahead of'} ${NAMES[against]}`;

function isFarOff([against, ms]: [Against, number]): boolean {
  return Math.abs(ms) > (against === 'wechat' ? WECHAT_BEARS_MS : DATABASE_BEARS_MS);
}
