import type { Redis } from 'ioredis';
import { Gauge, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { poolState, type SideConnection } from '#persistence';
import { QUEUES } from '#queues';
import type { Logger } from '../log/logger.js';
import type { Progress } from '../progress/progress.js';
import { queueMovers, readQueue } from '../progress/queues.js';
import { STORED_MOVERS } from '../progress/stored.js';
import { isReady, refusalOf } from '../redis/redis.js';
import { remember } from '../time/remember.js';
import { FACTS, type Fact } from './database-facts.js';
import type { HealthRegistry } from './health.js';

export interface MeasuredParts {
  readonly app: string;
  readonly dataSource: DataSource;
  /** What the figures are read on, so that they neither wait for the pool nor fill it. */
  readonly figures: SideConnection;
  readonly redis: Redis;
  readonly health: HealthRegistry;
  readonly progress: Progress;
  readonly logger: Logger;
}

/** How long a figure that costs a query is good for: several scrapers cost no more than one. */
const FRESH_MS = 5_000;
/** A scrape is given up after ten seconds, and everything it would have said with it: what MySQL does not say by then is left out. */
const FACT_WITHIN_MS = 4_000;

/** What every app says of itself. docs/metrics.md explains each; a test compares the two. */
export function registerServiceMetrics(metrics: Registry, parts: MeasuredParts): void {
  registerHealth(metrics, parts.health);
  registerConnections(metrics, parts);
  registerQueues(metrics, parts);
  registerStored(parts);
  registerProgress(metrics, parts);
  // A feature that knows a figure better has registered it already.
  for (const fact of FACTS[parts.app] ?? []) if (!metrics.getSingleMetric(fact.name)) registerFact(metrics, fact, parts);
}

function registerHealth(metrics: Registry, health: HealthRegistry): void {
  const report = remember(FRESH_MS, () => health.ready());
  new Gauge({
    name: 'wxplane_ready',
    help: '1 while this replica takes requests (/health/ready)',
    registers: [metrics],
    async collect() {
      const { status } = await report();
      this.set(status === 'up' || status === 'degraded' ? 1 : 0);
    },
  });
  new Gauge({
    name: 'wxplane_health_check',
    help: '1 up, 0.5 degraded, 0 down, by check of /health/ready',
    labelNames: ['check'],
    registers: [metrics],
    async collect() {
      const { checks } = await report();
      for (const [check, { status }] of Object.entries(checks))
        this.set({ check }, status === 'up' ? 1 : status === 'degraded' ? 0.5 : 0);
    },
  });
}

function registerConnections(metrics: Registry, { dataSource, redis }: MeasuredParts): void {
  new Gauge({
    name: 'wxplane_database_connections',
    help: 'Connections to MySQL of this process, by state; limit is the most it may have',
    labelNames: ['state'],
    registers: [metrics],
    collect() {
      const pool = poolState(dataSource);
      if (!pool) return;
      this.set({ state: 'used' }, pool.used);
      this.set({ state: 'free' }, pool.free);
      this.set({ state: 'limit' }, pool.limit);
    },
  });
  new Gauge({
    name: 'wxplane_database_waiting',
    help: 'Statements that wait for a connection to MySQL',
    registers: [metrics],
    collect() {
      this.set(poolState(dataSource)?.waiting ?? 0);
    },
  });
  new Gauge({
    name: 'wxplane_redis_up',
    help: '1 while Redis answers and takes what the queues need',
    registers: [metrics],
    collect() {
      this.set(isReady(redis) ? 1 : 0);
    },
  });
  new Gauge({
    name: 'wxplane_redis_refuses',
    help: '1 while Redis answers and refuses what the queues need, by its word; none: it does not refuse',
    labelNames: ['word'],
    registers: [metrics],
    collect() {
      this.reset();
      const word = refusalOf(redis)?.word;
      if (word) this.set({ word }, 1);
    },
  });
}

/** Every app reports every queue: the figures are of Redis, not of the app, and are to be read with `max by (queue)`. */
function registerQueues(metrics: Registry, { redis, progress, logger }: MeasuredParts): void {
  const figures = remember(FRESH_MS, async () => {
    if (!isReady(redis)) return [];
    try {
      return await Promise.all(Object.values(QUEUES).map((queue) => readQueue(redis, queue)));
    } catch (error) {
      // Loading its data, or silent: that shows elsewhere; a scrape must not fail because of it.
      logger.debug({ event: 'metrics.queues-failed', err: error }, 'The queues could not be read');
      return [];
    }
  });
  for (const mover of queueMovers(figures)) progress.register(mover);
  new Gauge({
    name: 'wxplane_queue_jobs',
    help: 'Jobs by queue and state; failed ones are the dead letters',
    labelNames: ['queue', 'state'],
    registers: [metrics],
    async collect() {
      this.reset();
      for (const { queue, jobs } of await figures())
        for (const [state, number] of Object.entries(jobs)) this.set({ queue, state }, number);
    },
  });
  new Gauge({
    name: 'wxplane_queue_oldest_job_seconds',
    help: 'Age of the job that waits longest for a worker, by queue; 0: none waits',
    labelNames: ['queue'],
    registers: [metrics],
    async collect() {
      this.reset();
      for (const { queue, oldestS } of await figures()) this.set({ queue }, oldestS);
    },
  });
}

/** What MySQL knows of what this app must move. */
function registerStored({ app, figures, progress }: MeasuredParts): void {
  for (const { what, limitS, remedy, sql } of STORED_MOVERS.filter((mover) => mover.app === app)) {
    const read = remember(FRESH_MS, () => figures.query<{ value: string | number }>(sql, FACT_WITHIN_MS));
    progress.register({ what, limitS, remedy, stillS: async () => Number((await read())[0]?.value ?? 0) });
  }
}

function registerProgress(metrics: Registry, { progress }: MeasuredParts): void {
  new Gauge({
    name: 'wxplane_stalled_seconds',
    help: 'For how long something that must move has not, once that is beyond its limit; 0: it moves, or has nothing to do',
    labelNames: ['what'],
    registers: [metrics],
    async collect() {
      this.reset();
      for (const { what, still_s, limit_s } of await progress.readings()) this.set({ what }, still_s > limit_s ? still_s : 0);
    },
  });
}

function registerFact(metrics: Registry, fact: Fact, { figures, logger }: MeasuredParts): void {
  const rows = remember(fact.freshMs ?? FRESH_MS, async () => {
    try {
      return await figures.query<Record<string, string | number | null>>(fact.sql, FACT_WITHIN_MS);
    } catch (error) {
      // MySQL being away shows elsewhere; a scrape must not fail because of it.
      logger.debug({ event: 'metrics.fact-failed', metric: fact.name, err: error }, 'A figure could not be read');
      return [];
    }
  });
  new Gauge({
    name: fact.name,
    help: fact.help,
    labelNames: fact.labels,
    registers: [metrics],
    async collect() {
      this.reset();
      for (const row of await rows()) {
        const labels = Object.fromEntries(fact.labels.map((label) => [label, String(row[label])]));
        this.set(labels, Number(row['value'] ?? 0));
      }
    },
  });
}
