import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { getQueueToken } from '@nestjs/bull';
import { ModuleRef } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Queue } from 'bull';
import type { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';
import { QUEUES } from '#queues';
import type { Logger } from '../log/logger.js';
import type { HealthRegistry } from '../observe/health.js';
import type { ManagementServer } from '../observe/management-server.js';
import { REDIS } from '../redis/redis.js';
import { within } from '../time/within.js';

/** How long a stop waits for workers that begin: while Redis is away, they do not. */
const BEGIN_MS = 2_000;

export interface Stopping {
  readonly app: NestFastifyApplication;
  readonly management: ManagementServer;
  readonly health: HealthRegistry;
  readonly dataSource: DataSource;
  readonly logger: Logger;
  /** From the signal until the listener closes. */
  readonly delayS: number;
  /** From then until the process is gone, at most. */
  readonly timeoutS: number;
  readonly reason: string;
}

/**
 * Stops a service so that no request and no job fails. In order: readiness says no while everything goes on, for as long as load balancers
 * need to notice; the listener closes and the requests under way are answered, while workers take no more jobs and finish those they
 * have; features stop; connections close. A request that is not over by half of the time is cut off; a job that is not is taken up by
 * another replica, since its lock runs out.
 */
export async function stopService(stopping: Stopping): Promise<void> {
  const { app, management, health, dataSource, logger, delayS, timeoutS, reason } = stopping;
  logger.info({ event: 'service.stopping', reason }, 'Stopping');
  health.startStopping();
  await sleep(delayS * 1_000);
  const bound = setTimeout(() => {
    logger.error({ event: 'service.stop-timeout', timeout_s: timeoutS }, 'Did not stop in time; leaving now');
    process.exit(1);
  }, timeoutS * 1_000);
  health.startDraining();
  const withinMs = (timeoutS * 1_000) / 2;
  await Promise.all([drainRequests(app.getHttpServer(), logger, withinMs), drainQueues(app, logger, withinMs)]);
  const redis = app.get<Redis>(REDIS);
  await app.close();
  redis.disconnect();
  await management.close();
  if (dataSource.isInitialized) await dataSource.destroy();
  clearTimeout(bound);
  logger.info({ event: 'service.stopped' }, 'Stopped');
}

/** Takes no new connections, and waits until the last request on the present ones is answered, within `withinMs`. */
async function drainRequests(server: Server, logger: Logger, withinMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that becomes idle after its answer is not closed by itself if the client wants to keep it.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  server.closeIdleConnections();
  const late = setTimeout(() => {
    logger.warn({ event: 'requests.not-drained', within_ms: withinMs }, 'Requests are still under way; they are cut off');
    server.closeAllConnections();
  }, withinMs);
  await closed;
  clearTimeout(late);
  clearInterval(idle);
}

/** The queues that this app knows, as producer or as worker. */
export function queuesOf(app: NestFastifyApplication): Queue[] {
  // Asked directly, the application would log an error for each queue that the app does not have.
  const modules = app.get(ModuleRef);
  return Object.values(QUEUES).flatMap((name) => {
    try {
      return [modules.get<Queue>(getQueueToken(name), { strict: false })];
    } catch {
      return [];
    }
  });
}

/** Workers take no more jobs; those under way finish, within `withinMs`. */
async function drainQueues(app: NestFastifyApplication, logger: Logger, withinMs: number): Promise<void> {
  const queues = queuesOf(app);
  await workersBegan(queues);
  const paused = Promise.all(queues.map((queue) => queue.pause(true).catch(() => {})));
  const late = Symbol('late');
  const outcome = await Promise.race([paused, sleep(withinMs, late, { ref: false })]);
  if (outcome === late)
    logger.warn(
      { event: 'queues.not-drained', within_ms: withinMs },
      'Jobs are still running; another replica will take them up',
    );
}

/** A worker whose connection is closed while it begins rejects where nobody hears it: in Bull. */
async function workersBegan(queues: readonly Queue[]): Promise<void> {
  const beginnings = queues.map(
    (queue) => (queue as unknown as { _initializingProcess?: Promise<unknown> })._initializingProcess,
  );
  await within(BEGIN_MS, Promise.allSettled(beginnings)).catch(() => undefined);
}
