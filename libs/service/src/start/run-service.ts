import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import type { RequestListener, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import {
  createDataSource,
  DatabaseWatchdog,
  type DomainUse,
  databaseTrouble,
  initializeUnconnected,
  SideConnection,
} from '#persistence';
import { AccessLog } from '../audit/access-log.js';
import { auditRefusals, auditWrongKeys } from '../audit/refused-requests.js';
import { Gatekeeper } from '../clients/client.guard.js';
import { wantKeyBeforeBody } from '../clients/key-before-body.js';
import { ComponentRegistry, loadComponents, type SecretField } from '../components/components.js';
import { parseProxyTrust } from '../config/caller-address.js';
import { ConfigError, loadConfig } from '../config/load-config.js';
import { createSecretBox } from '../config/secret-box.js';
import type { ServiceConfig } from '../config/service-config.js';
import type { EarlyHandler } from '../http/early-handler.js';
import { takeJsonBodies } from '../http/json-body.js';
import { refuseOtherMethods } from '../http/known-paths.js';
import { brokenRequestAnswer, createListener } from '../http/listener.js';
import { completeDocument } from '../http/openapi.js';
import { badAddress, ProblemFilter } from '../http/problem.filter.js';
import { RequestPipe } from '../http/request.pipe.js';
import { createLogger, type Logger } from '../log/logger.js';
import { NestLogger } from '../log/nest-logger.js';
import { redact } from '../log/redact.js';
import { WechatCallLog } from '../observe/call-log.js';
import { HealthRegistry } from '../observe/health.js';
import { measureRequests } from '../observe/http-metrics.js';
import { ManagementServer } from '../observe/management-server.js';
import { QUEUES_PATH } from '../observe/queue-dashboard.js';
import { RefusalLog } from '../observe/refusals.js';
import { registerServiceMetrics } from '../observe/service-metrics.js';
import { Progress } from '../progress/progress.js';
import { firstConnection, isOfRedis, REDIS } from '../redis/redis.js';
import { RedisTrial } from '../redis/trial.js';
import { handlerFaults, secondHandler } from './job-handlers.js';
import { ServiceModule } from './service.module.js';
import { queuesOf, stopService } from './stop.js';

export interface ServiceDefinition<Config extends ServiceConfig> {
  /** `ingestion`, `broker`, `release`, `console` */
  readonly app: string;
  readonly title: string;
  readonly description: string;
  readonly config: new () => Config;
  /** The secret fields of components that the app needs: its components file may lack the others. Default: all. */
  readonly componentFields?: (config: Config) => readonly SecretField[];
  /** Knows no components: it needs no components file. */
  readonly withoutComponents?: true;
  /** Serves no description of its own API: what it serves is for its own pages. */
  readonly withoutDocs?: true;
  /** What the app seals and opens: it starts with keys for that, and forgets others. Default: everything. */
  readonly secrets?: DomainUse;
  /** The app's feature modules. */
  readonly imports: (parts: { config: Config; components: ComponentRegistry }) => (Type | DynamicModule)[];
  /**
   * The app still does what matters most while MySQL does not answer: it then stays in service, degraded; or only while Redis takes
   * MySQL's place. Redis alone never takes a replica out of service.
   */
  readonly withoutMysql?: 'degraded' | 'degraded-while-redis';
  /** It also comes up while MySQL cannot be reached, and is connected as soon as it can. */
  readonly startsWithoutMysql?: boolean;
  /** Largest request body, bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /**
   * A look at each request before the framework: answers it and says true, or leaves it alone and says false. Only for what is asked
   * thousands of times a second and needs no waiting; it must never refuse anything.
   */
  readonly beforeFramework?: (app: NestFastifyApplication, config: Config) => EarlyHandler;
  /** Before it listens: for routes and parsers that belong to Fastify itself. */
  readonly prepare?: (app: NestFastifyApplication) => void | Promise<void>;
  /** Whether this process works on the jobs that `JOB_WORKERS` gives to its app. Default: it does. */
  readonly worksOnJobs?: (config: Config) => boolean;
  /** OpenAPI of the routes that `prepare` adds. */
  readonly paths?: OpenAPIObject['paths'];
}

export interface RunningService {
  readonly app: NestFastifyApplication;
  readonly httpPort: number;
  readonly managementPort: number;
  stop(reason: string): Promise<void>;
}

/** How long a start waits for Redis; it goes on without it, too. */
const REDIS_START_MS = 2_000;

/** How often it is looked whether the schema is the right one, after a start without MySQL. */
const SCHEMA_LOOK_MS = 5_000;

/** sysexits.h: the configuration is wrong, and a restart will not help. */
const EXIT_CONFIG = 78;

/** The entry point of an app: `await main(definition)`. A start that fails says why in one line. */
export async function main<Config extends ServiceConfig>(definition: ServiceDefinition<Config>): Promise<void> {
  let service: RunningService | undefined;
  process.on('unhandledRejection', surviveRedis);
  // Before anything else: as process 1 of a container, a process without handlers cannot be stopped.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // `on`, not `once`: a second signal must not end the process half-way.
    process.on(signal, () => {
      if (!service) process.exit(0);
      void service.stop(signal).then(() => process.exit(0));
    });
  }
  try {
    // biome-ignore lint/style/noProcessEnv: the one place where an app reads its environment
    service = await runService(definition, process.env);
  } catch (error) {
    process.stderr.write(`${definition.app} cannot start: ${redact((error as Error).message)}\n`);
    if (!(error instanceof StartError || error instanceof ConfigError))
      process.stderr.write(`${redact(String((error as Error).stack))}\n`);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
}

/**
 * A refusal of Redis that a library let fall (Bull has such places) is no reason to end: whoever needs Redis does without it or tries again.
 * All else ends the process, as without this.
 */
function surviveRedis(reason: unknown): void {
  if (!isOfRedis(reason)) throw reason;
  process.stderr.write(
    `${JSON.stringify({ level: 'warn', event: 'redis.unhandled', problem: redact((reason as Error).message) })}\n`,
  );
}

/** Something the app needs is not there; the message is all a person needs. */
export class StartError extends Error {}

export async function runService<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunningService> {
  const config = loadConfig(definition.config, env);
  checkCertificates(config);
  const components = definition.withoutComponents
    ? new ComponentRegistry([])
    : loadComponents(config, definition.componentFields?.(config));
  const secrets = createSecretBox(config, definition.secrets);
  const logger = await createLogger({
    app: definition.app,
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT as 'json' | 'pretty',
  });
  // Whoever sets one expects it to be used.
  if (env['HTTPS_PROXY'] ?? env['https_proxy'])
    logger.warn({ event: 'proxy.unused' }, 'HTTPS_PROXY is set and not used: WeChat and subscribers are called directly');
  // Before the first connection and the first queue are made. Loaded only when it is wanted.
  const tracing = config.OTEL_EXPORTER_OTLP_ENDPOINT
    ? (await import('../observe/tracing.js')).startTracing({
        app: definition.app,
        endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
        ratio: config.OTEL_TRACES_SAMPLER_ARG,
        propagateTo: brokerOrigin(config),
      })
    : undefined;
  const dataSource = await connect(config, definition.startsWithoutMysql ? logger : undefined);
  const watchdog = new DatabaseWatchdog(dataSource, {
    onTrouble: (trouble) => {
      if (trouble === undefined) logger.info({ event: 'database.well' }, 'MySQL answers and takes writes again');
      else if (trouble === 'read-only')
        logger.error({ event: 'database.read-only' }, 'MySQL takes no writes: a replica, or a demoted primary');
      else logger.warn({ event: 'database.away', code: trouble }, 'MySQL does not answer');
    },
    onRenewed: (reason) => logger.warn({ event: 'database.renewed', reason }, 'Connections to MySQL are made again'),
  });
  const health = new HealthRegistry();
  const progress = new Progress();
  const metrics = new Registry();
  const refusals = new RefusalLog(metrics, logger);
  const bounds = { headTimeoutMs: config.HTTP_HEAD_TIMEOUT_S * 1_000, requestTimeoutMs: config.HTTP_REQUEST_TIMEOUT_S * 1_000 };
  const management = new ManagementServer(health, metrics, {
    ...(config.MANAGEMENT_ADMIN_KEY ? { adminKey: config.MANAGEMENT_ADMIN_KEY } : {}),
    listener: { ...bounds, onRefused: refusals.of('management') },
  });

  const module = ServiceModule.with({
    app: definition.app,
    config,
    configClass: definition.config,
    components,
    secrets,
    dataSource,
    watchdog,
    logger,
    metrics,
    health,
    progress,
    ...(definition.withoutMysql ? { withoutMysql: definition.withoutMysql } : {}),
  });
  @Module({ imports: [module, ...definition.imports({ config, components })] })
  class Root {}

  let beforeFramework: EarlyHandler | undefined;
  const bodyLimit = definition.bodyLimit ?? 1_048_576;
  const problems = new ProblemFilter(logger);
  const trust = parseProxyTrust(config.TRUST_PROXY)!;
  if (/^(true|yes)$/i.test(config.TRUST_PROXY))
    logger.warn({ event: 'config.trust-proxy' }, 'TRUST_PROXY=true means one proxy; name their number or their networks');
  const listener = { ...bounds, trust, maxConnections: config.HTTP_CONNECTIONS_MAX, onRefused: refusals.of('http') };
  const adapter = new FastifyAdapter({
    serverFactory: (handler: RequestListener, options: ServerOptions) =>
      createListener(
        listener,
        (request, response) => {
          // Whoever keeps a connection for later learns that there is no later.
          if (health.isStopping) response.setHeader('connection', 'close');
          if (!beforeFramework?.(request, response)) handler(request, response);
        },
        options,
      ),
    clientErrorHandler: brokenRequestAnswer(listener),
    // An address that Fastify cannot take apart reaches no route, and no hook that would count it.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      listener.onRefused('bad-address', request.socket.remoteAddress);
      problems.answer(badAddress(error), request, reply);
    },
    bodyLimit,
    // The listener has settled what the header says.
    trustProxy: true,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    forceCloseConnections: 'idle',
  });
  const app = await NestFactory.create<NestFastifyApplication>(Root, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  refuseOtherMethods(adapter.getInstance());
  takeJsonBodies(app, bodyLimit);
  adapter.getInstance().addHook('onSend', (request, reply, payload, done) => {
    void reply.header('x-request-id', request.id);
    done(null, payload);
  });
  tracing?.traceRequests(adapter.getInstance());
  measureRequests(adapter.getInstance(), metrics);
  wantKeyBeforeBody(adapter.getInstance(), app.get(Gatekeeper), problems);
  auditRefusals(adapter.getInstance(), app.get(AccessLog));
  // After the last request, before the database goes.
  adapter.getInstance().addHook('onClose', async () => {
    await app.get(AccessLog).stop();
    await app.get(WechatCallLog).stop();
  });
  app.useGlobalPipes(new RequestPipe());
  const figures = new SideConnection(dataSource);
  registerServiceMetrics(metrics, { app: definition.app, dataSource, figures, redis: app.get(REDIS), health, progress, logger });
  if (!definition.withoutDocs)
    serveDocumentation(app, definition, {
      component_appid: components.all[0]?.componentAppid,
      authorizer_appid: config.DOCS_AUTHORIZER_APPID,
    });
  await definition.prepare?.(app);
  beforeFramework = definition.beforeFramework?.(app, config);
  if (beforeFramework && tracing) beforeFramework = tracing.traceEarly(beforeFramework);

  // Before the management server says that the app lives and is ready.
  await firstConnection(app.get(REDIS), REDIS_START_MS);
  const trial = app.get(RedisTrial);
  await trial.look();
  trial.start();
  // Needed by a stop, which may come before it is started.
  management.showQueues(
    queuesOf(app),
    ({ what, address, outcome }) =>
      app.get(AccessLog).record({ action: 'queues.write', subject: what.slice(0, 128), ip: address, outcome }),
    auditWrongKeys(app.get(AccessLog), `${QUEUES_PATH} of the management port`),
  );
  let stopping: Promise<void> | undefined;
  const stop = (reason: string, delayS = config.STOP_DELAY_S) => {
    stopping ??= stopService({
      app,
      management,
      health,
      dataSource,
      logger,
      delayS,
      timeoutS: config.STOP_TIMEOUT_S,
      reason,
    }).finally(() => {
      watchdog.stop();
      void trial.stop();
      figures.close();
      return tracing?.stop();
    });
    return stopping;
  };
  const managementPort = await management.listen(config.MANAGEMENT_HOST, config.MANAGEMENT_PORT);
  try {
    await init(app, definition, config);
  } catch (error) {
    await stop('it cannot start', 0);
    throw error;
  }
  await app.listen(config.HTTP_PORT, config.HTTP_HOST);
  watchdog.start();
  const httpPort = (app.getHttpServer().address() as AddressInfo).port;
  logger.info(
    { event: 'service.ready', http_port: httpPort, management_port: managementPort, components: components.all.length },
    'Ready',
  );

  return { app, httpPort, managementPort, stop };
}

/** @throws StartError when a kind of job that this app works on has no handler, or two. */
async function init<Config extends ServiceConfig>(
  app: NestFastifyApplication,
  definition: ServiceDefinition<Config>,
  config: Config,
): Promise<void> {
  const cannot = (why: string) => new StartError(`${why} (libs/queues: JOB_WORKERS)`);
  await app.init().catch((error: unknown) => {
    const second = secondHandler(definition.app, error);
    throw second === undefined ? error : cannot(second);
  });
  if (definition.worksOnJobs?.(config) === false) return;
  const faults = handlerFaults(definition.app, queuesOf(app));
  if (faults.length > 0) throw cannot(faults.join('; '));
}

/** @throws ConfigError when a file of certificates is named that cannot be read. */
function checkCertificates(config: ServiceConfig): void {
  for (const key of ['DATABASE_CA_FILE', 'REDIS_CA_FILE'] as const) {
    const file = config[key];
    if (!file) continue;
    try {
      accessSync(file, constants.R_OK);
    } catch (error) {
      throw new ConfigError([{ key, problem: `the file cannot be read (${(error as NodeJS.ErrnoException).code})` }]);
    }
  }
}

/** Of our own services only the broker is called, by apps that know where it is. */
function brokerOrigin(config: ServiceConfig & { readonly BROKER_URL?: string }): string[] {
  return config.BROKER_URL ? [new URL(config.BROKER_URL).origin] : [];
}

/**
 * Connects to MySQL and looks whether the schema is the one this build needs.
 * @param lenient where it is said when MySQL cannot be reached, instead of giving up
 */
async function connect(config: ServiceConfig, lenient: Logger | undefined): Promise<DataSource> {
  const dataSource = createDataSource({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    tls: config.DATABASE_CA_FILE ?? config.DATABASE_TLS,
  });
  const deadline = Date.now() + config.DATABASE_START_TIMEOUT_S * 1_000;
  for (;;) {
    try {
      if (!dataSource.isInitialized) await dataSource.initialize();
      if (!(await dataSource.showMigrations())) return dataSource;
      break;
    } catch (error) {
      const reason = (error as { code?: string }).code ?? (error as Error).message;
      if (lenient && databaseTrouble(error) === 'unreachable') {
        lenient.warn({ event: 'database.away', code: reason }, 'MySQL cannot be reached; starting without it');
        if (!dataSource.isInitialized) await initializeUnconnected(dataSource);
        void checkSchemaLater(dataSource, lenient);
        return dataSource;
      }
      if (Date.now() >= deadline) throw new StartError(`DATABASE_URL: the database cannot be reached (${reason})`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  await dataSource.destroy();
  throw new StartError('DATABASE_URL: the schema is older than this build; run "npm run migrate" first');
}

/** An older schema takes nothing: what is to be stored waits until it was migrated. */
async function checkSchemaLater(dataSource: DataSource, logger: Logger): Promise<void> {
  for (;;) {
    await sleep(SCHEMA_LOOK_MS, undefined, { ref: false });
    if (!dataSource.isInitialized) return;
    try {
      if (!(await dataSource.showMigrations())) {
        logger.info({ event: 'database.back' }, 'MySQL can be reached');
        return;
      }
      logger.error({ event: 'database.old' }, 'The schema is older than this build; run "npm run migrate"');
    } catch {
      // Still away.
    }
  }
}

function serveDocumentation<Config extends ServiceConfig>(
  app: NestFastifyApplication,
  definition: ServiceDefinition<Config>,
  examples: Parameters<typeof completeDocument>[2],
): void {
  const document = new DocumentBuilder()
    .setTitle(definition.title)
    .setDescription(definition.description)
    .setVersion('1')
    .setExternalDoc('OpenAPI document', '/docs/openapi.json')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A client key: wxp_<id>_<secret>' })
    .addSecurityRequirements('bearer')
    .build();
  const complete = () => completeDocument(SwaggerModule.createDocument(app, document), definition.paths, examples);
  SwaggerModule.setup('docs', app, complete, {
    jsonDocumentUrl: 'docs/openapi.json',
    customSiteTitle: `${definition.title} · API`,
    // Tags by name, what was typed as the key stays for the next visit, and the address of an operation can be sent to somebody.
    swaggerOptions: { tagsSorter: 'alpha', persistAuthorization: true, deepLinking: true, displayRequestDuration: true },
  });
}
