import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { CLOCK, type Clock, HealthRegistry, LOGGER, type Logger, Ticker } from '#service';
import { NearestOffset } from './nearest-offset.domain.js';

const LOOK_EVERY_MS = 60_000;
/** A push comes within seconds, its repetitions within a minute; five minutes are the clock's. */
const PUSHES_BEAR_MS = 5 * 60_000;
const DATABASE_BEARS_MS = 60_000;

type Against = 'wechat' | 'database';

/**
 * Whether our clock is right: pushes say when WeChat signed them, and the database has a clock. With one that is far off every push counts as
 * recorded long ago and is not acted on; that must be seen before anybody misses an event.
 */
@Injectable()
export class ClockHealth implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly pushes = new NearestOffset(performance.now());
  private database: number | undefined;
  private readonly ticker: Ticker;
  private said = false;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(HealthRegistry) private readonly health: HealthRegistry,
    @Inject(Registry) private readonly registry: Registry,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.ticker = new Ticker('clock.look', LOOK_EVERY_MS, () => this.look(), logger);
  }

  onApplicationBootstrap(): void {
    this.health.register('clock', () => {
      const offsets = this.offsets();
      const facts = Object.fromEntries(offsets.map(([against, ms]) => [`behind_${against}_s`, Math.round(ms / 1_000)]));
      return { status: offsets.some(isFarOff) ? 'degraded' : 'up', ...facts };
    });
    const offsets = () => this.offsets();
    new Gauge({
      name: 'wxplane_clock_offset_seconds',
      help: 'How far this replica’s clock is behind another one (negative: ahead): WeChat’s, as pushes tell it, or the database’s',
      labelNames: ['against'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [against, ms] of offsets()) this.set({ against }, ms / 1_000);
      },
    });
    this.ticker.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticker.stop();
  }

  /** @param ageMs how long ago a push was signed, by our clock */
  signed(ageMs: number): void {
    this.pushes.observe(-ageMs, performance.now());
    this.say();
  }

  async look(): Promise<void> {
    const asked = this.clock.now();
    const [row] = await this.dataSource.query(`SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) AS us`);
    this.database = Number(row.us) / 1_000 - (asked + this.clock.now()) / 2;
    this.say();
  }

  private offsets(): [Against, number][] {
    const known: [Against, number | undefined][] = [
      ['wechat', this.pushes.read(performance.now())],
      ['database', this.database],
    ];
    return known.flatMap(([against, ms]) => (ms === undefined ? [] : [[against, ms]]));
  }

  /** One line for each change. */
  private say(): void {
    const far = this.offsets().filter(isFarOff);
    if (far.length > 0 === this.said) return;
    this.said = far.length > 0;
    const offsets = Object.fromEntries(far.map(([against, ms]) => [against, Math.round(ms / 1_000)]));
    if (this.said)
      this.logger.error(
        { event: 'clock.off', behind_s: offsets },
        'The clock is far off: synchronise it (NTP, chrony); pushes may count as recorded long ago and are not acted on',
      );
    else this.logger.info({ event: 'clock.right' }, 'The clock is right again');
  }
}

function isFarOff([against, ms]: [Against, number]): boolean {
  return Math.abs(ms) > (against === 'wechat' ? PUSHES_BEAR_MS : DATABASE_BEARS_MS);
}
