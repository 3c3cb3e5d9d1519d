import { BullModule } from '@nestjs/bull';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { DatabaseWatchdog, SecretBox } from '#persistence';
import { QUEUE_PREFIX } from '#queues';
import { AccessLog } from '../audit/access-log.js';
import { secondSink } from '../audit/file-sink.js';
import { ClientGuard, Gatekeeper } from '../clients/client.guard.js';
import { ClientStore } from '../clients/client-store.js';
import { RateLimiter } from '../clients/rate-limiter.js';
import { ComponentRegistry } from '../components/components.js';
import { ConfigError } from '../config/load-config.js';
import type { ServiceConfig } from '../config/service-config.js';
import { EffectGate } from '../effects/effect-gate.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { UnwantedBodyGuard } from '../http/unwanted-body.guard.js';
import { CallerLog, merchantsWith } from '../identity/caller-log.js';
import { loadIdentity } from '../identity/identity-file.js';
import { TokenCallers } from '../identity/token-callers.js';
import { LOGGER, type Logger } from '../log/logger.js';
import { WechatCallLog } from '../observe/call-log.js';
import { ClockWatch } from '../observe/clock-watch.js';
import { HealthRegistry } from '../observe/health.js';
import { RequestContextInterceptor } from '../observe/request-context.js';
import { type Mover, Progress } from '../progress/progress.js';
import { LossWatch } from '../redis/loss-watch.js';
import { createBullRedis, createRedis, isReady, REDIS, refusalOf, stateOf } from '../redis/redis.js';
import { RedisTrial } from '../redis/trial.js';
import { CLOCK, systemClock } from '../time/clock.js';
import { Periodic } from '../time/periodic.js';
import { within } from '../time/within.js';

export interface ServiceParts<Config extends ServiceConfig> {
  readonly app: string;
  readonly config: Config;
  readonly configClass: new () => Config;
  readonly components: ComponentRegistry;
  readonly secrets: SecretBox;
  readonly dataSource: DataSource;
  readonly watchdog: DatabaseWatchdog;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: HealthRegistry;
  readonly progress: Progress;
  /** What the app is while MySQL does not answer. Default `down`. */
  readonly withoutMysql?: 'degraded' | 'degraded-while-redis';
}

/** @throws ConfigError when the file cannot be written. */
function sinkOf({ AUDIT_SINK }: ServiceConfig) {
  try {
    return secondSink(AUDIT_SINK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError([{ key: 'AUDIT_SINK', problem: `the file cannot be written (${code})` }]);
  }
}

/** Less than what the health registry waits: a database that hangs is judged like one that refuses. */
const MYSQL_ANSWERS_WITHIN_MS = 1_500;

/** A failover takes about so long. */
const DATABASE_LIMIT_S = 60;

function databaseMover(watchdog: DatabaseWatchdog): Mover {
  return {
    what: 'mysql',
    limitS: DATABASE_LIMIT_S,
    get remedy() {
      const { trouble } = watchdog.trouble ?? {};
      return trouble === 'read-only'
        ? 'MySQL takes no writes: a replica or a demoted primary. Point DATABASE_URL to the primary, or let it write again (SET GLOBAL read_only = 0).'
        : `MySQL does not answer (${trouble}): does it run, does the network lead to it? wxplane doctor says more.`;
    },
    stillS: () => (watchdog.trouble?.forMs ?? 0) / 1_000,
  };
}

/** What every app needs once: configuration, database, Redis, Bull, logger, health, metrics, clients, error answers. */
@Global()
@Module({})
export class ServiceModule {
  static with<Config extends ServiceConfig>(parts: ServiceParts<Config>): DynamicModule {
    const { app, config, configClass, components, secrets, dataSource, watchdog, logger, metrics, health, progress } = parts;
    const redis = createRedis(config, `${app}:commands`, logger);
    const identity = loadIdentity(config);
    const callerLog = new CallerLog(dataSource, logger);
    const tokens = identity && new TokenCallers(identity, (...of) => merchantsWith(dataSource, ...of));
    const clients = new ClientStore(dataSource, {
      adminScope: config.ADMIN_SCOPE,
      defaultRatePerS: config.CLIENT_RATE_LIMIT_PER_S,
      tokens,
      log: callerLog,
    });
    const accessLog = new AccessLog(dataSource, app, logger, { mode: config.AUDIT_MODE, sink: sinkOf(config), metrics });
    const periodic = new Periodic(logger);
    const clock = new ClockWatch({ app, dataSource, clock: systemClock, logger });
    clock.register(health, metrics, periodic);
    progress.register(clock.mover);
    const callLog = new WechatCallLog(dataSource, app, logger, metrics, clock);
    const problems = new ProblemFilter(logger);
    health.registerVital('mysql', async () => {
      try {
        // Not through the pool: that all of its connections are taken does not mean that MySQL is away.
        const readOnly = await within(MYSQL_ANSWERS_WITHIN_MS, watchdog.ask());
        // Not down: reads are served, pushes go to Redis, and no other replica would do better.
        return readOnly ? { status: 'degraded', problem: 'read-only: a demoted primary or a replica' } : { status: 'up' };
      } catch (error) {
        const without = parts.withoutMysql === 'degraded-while-redis' ? isReady(redis) : parts.withoutMysql === 'degraded';
        return { status: without ? 'degraded' : 'down', problem: (error as { code?: string }).code ?? 'no answer' };
      }
    });
    health.register('progress', async () => {
      const standstills = await progress.standstills();
      return standstills.length === 0 ? { status: 'up' } : { status: 'degraded', stands_still: standstills };
    });
    progress.register(databaseMover(watchdog));
    const trial = new RedisTrial(redis, logger);
    progress.register(trial.mover);
    health.register('redis', () => {
      if (isReady(redis)) return { status: 'up' };
      const remedy = refusalOf(redis)?.remedy;
      return { status: 'degraded', problem: stateOf(redis), ...(remedy ? { remedy } : {}) };
    });
    return {
      module: ServiceModule,
      imports: [
        TypeOrmModule.forRootAsync({ useFactory: () => dataSource.options, dataSourceFactory: async () => dataSource }),
        BullModule.forRoot({
          prefix: QUEUE_PREFIX,
          createClient: (type, options) => createBullRedis(config, type, `${app}:bull-${type}`, logger, options),
          // A job whose process was killed is somebody else's after half a minute; and that it happened twice is no reason to give it
          // up, as Bull would: during a bad rollout it happens to whatever is being done.
          settings: { lockDuration: 15_000, stalledInterval: 10_000, maxStalledCount: 20 },
        }),
      ],
      providers: [
        { provide: configClass, useValue: config },
        { provide: ComponentRegistry, useValue: components },
        EffectGate,
        { provide: SecretBox, useValue: secrets },
        { provide: LOGGER, useValue: logger },
        { provide: CLOCK, useValue: systemClock },
        { provide: ClockWatch, useValue: clock },
        { provide: DatabaseWatchdog, useValue: watchdog },
        { provide: REDIS, useValue: redis },
        { provide: Periodic, useFactory: () => periodic },
        { provide: LossWatch, useValue: new LossWatch(redis, logger, periodic) },
        { provide: RedisTrial, useValue: trial },
        { provide: Registry, useValue: metrics },
        { provide: HealthRegistry, useValue: health },
        { provide: Progress, useValue: progress },
        { provide: ClientStore, useValue: clients },
        { provide: AccessLog, useValue: accessLog },
        { provide: WechatCallLog, useValue: callLog },
        { provide: APP_INTERCEPTOR, useClass: RequestContextInterceptor },
        { provide: RateLimiter, useValue: new RateLimiter(redis) },
        { provide: APP_GUARD, useClass: ClientGuard },
        // After it: who has no key learns nothing of the route.
        { provide: APP_GUARD, useClass: UnwantedBodyGuard },
        Gatekeeper,
        { provide: ProblemFilter, useValue: problems },
        { provide: APP_FILTER, useValue: problems },
      ],
      exports: [
        configClass,
        ComponentRegistry,
        EffectGate,
        SecretBox,
        LOGGER,
        CLOCK,
        ClockWatch,
        DatabaseWatchdog,
        REDIS,
        LossWatch,
        Periodic,
        Registry,
        HealthRegistry,
        Progress,
        ClientStore,
        AccessLog,
        RateLimiter,
        WechatCallLog,
        Gatekeeper,
        ProblemFilter,
      ],
    };
  }
}
