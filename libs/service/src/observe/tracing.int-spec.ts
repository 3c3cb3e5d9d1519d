import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BullModule, InjectQueue, Process, Processor } from '@nestjs/bull';
import { Controller, Get, Module, Query } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { IsString } from 'class-validator';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUES } from '#queues';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import { spansOf } from '../../testing/otlp-collector.js';
import { Public, type RunningService, runService, ServiceConfig } from '../index.js';

/** The last job of a push: one after the other they are worked on. */
const LAST = '18';
const SECRET = `s3cret-${randomBytes(8).toString('hex')}`;

/** A server that keeps what it is sent. */
async function listen(): Promise<{ server: Server; url: string; bodies: string[]; headers: IncomingHttpHeaders[] }> {
  const bodies: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', () => {
      bodies.push(body);
      headers.push(incoming.headers);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, headers };
}

let database: TestDatabase;
let service: RunningService;
let server: TestRedis;
let redis: Redis;
let collector: Awaited<ReturnType<typeof listen>>;
let broker: Awaited<ReturnType<typeof listen>>;
let stranger: Awaited<ReturnType<typeof listen>>;
let worked: (() => void) | undefined;

class TracedConfig extends ServiceConfig {
  @IsString() readonly BROKER_URL!: string;
}

@Controller()
class PushController {
  constructor(
    private readonly dataSource: DataSource,
    @InjectQueue(QUEUES.brokerEvents) private readonly queue: Queue,
  ) {}
  @Get(['push', 'v1/push']) @Public() async push(@Query('code') code: string) {
    await this.dataSource.query('SELECT ? AS code FROM f_wechat_event', [code]);
    await this.queue.add('event', { eventId: '17' }, { attempts: 2 });
    await this.queue.addBulk([{ name: 'event', data: { eventId: LAST } }]);
    return {};
  }
}

@Processor(QUEUES.brokerEvents)
class PushProcessor {
  constructor(private readonly dataSource: DataSource) {}
  @Process('event') async event(job: Job<{ eventId: string }>) {
    await this.dataSource.query(
      'INSERT IGNORE INTO f_wechat_eventeffect (event_id, consumer, state, at) VALUES (?, ?, ?, UTC_TIMESTAMP(3))',
      [job.data.eventId, 'test', 'done'],
    );
    for (const url of [broker.url, stranger.url]) await (await request(`${url}/x?access_token=${SECRET}`)).body.dump();
    if (job.data.eventId === LAST) worked?.();
  }
}

@Module({
  imports: [BullModule.registerQueue({ name: QUEUES.brokerEvents })],
  controllers: [PushController],
  providers: [PushProcessor],
})
class PushModule {}

beforeAll(async () => {
  database = await createTestDatabase();
  [collector, broker, stranger] = await Promise.all([listen(), listen(), listen()]);
  server = await createTestRedis();
  redis = new Redis(server.url);
  service = await runService(
    { app: 'traced', title: 'Traced', description: '', config: TracedConfig, imports: () => [PushModule] },
    {
      DATABASE_URL: database.url,
      REDIS_URL: server.url,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: '0',
      LOG_LEVEL: 'fatal',
      BROKER_URL: broker.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER_ARG: '0',
      WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      WXPLANE_COMPONENTS: JSON.stringify({
        components: [
          {
            component_appid: 'wx1234567890abcdef',
            component_appsecret: randomBytes(16).toString('hex'),
            push_tokens: ['Abc123def'],
            encoding_aes_keys: [randomBytes(40).toString('base64').replace(/[+/=]/g, 'a').slice(0, 43)],
          },
        ],
      }),
    },
  );
});
afterAll(async () => {
  await service?.stop('test');
  redis?.disconnect();
  await server?.stop();
  for (const one of [collector, broker, stranger]) one?.server.close();
  await database?.drop();
});

describe('traces', () => {
  it('follow one call of a client through MySQL, the queue and the worker to its last call, and begin anew where strangers call', async () => {
    const traceId = randomBytes(16).toString('hex');
    const caller = randomBytes(8).toString('hex');
    const done = new Promise<void>((resolve) => {
      worked = resolve;
    });
    // Traces that begin here are not kept (ratio 0), whatever a stranger says; the second one began at a client, which wants it.
    const foreign = `00-${randomBytes(16).toString('hex')}-${caller}-01`;
    const headers = { traceparent: foreign };
    await (await request(`http://127.0.0.1:${service.httpPort}/push?code=${SECRET}`, { headers })).body.dump();
    await done;
    const secondDone = new Promise<void>((resolve) => {
      worked = resolve;
    });
    const { body } = await request(`http://127.0.0.1:${service.httpPort}/v1/push?code=${SECRET}`, {
      headers: { traceparent: `00-${traceId}-${caller}-01` },
    });
    await body.dump();
    await secondDone;
    await service.stop('test');

    const spans = collector.bodies.flatMap(spansOf);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const named = (name: string) => {
      const [span] = spans.filter((one) => one.name === name);
      expect(span, `a span "${name}" among ${spans.map((one) => one.name).join(', ')}`).toBeDefined();
      return span!;
    };
    const push = named('GET /v1/push');
    expect(push.parentSpanId).toBe(caller);
    expect(named('mysql SELECT f_wechat_event').parentSpanId).toBe(push.spanId);
    const job = named(`job ${QUEUES.brokerEvents} event`);
    const jobs = spans.filter(({ name }) => name === job.name);
    expect(jobs.map(({ parentSpanId }) => parentSpanId)).toEqual([push.spanId, push.spanId]);
    expect(jobs.map(({ attributes }) => attributes.find(({ key }) => key === 'wxplane.event_id')?.value)).toEqual([
      { stringValue: '17' },
      { stringValue: LAST },
    ]);
    expect(named('mysql INSERT f_wechat_eventeffect').parentSpanId).toBe(job.spanId);
    const call = named(`GET ${new URL(broker.url).host}`);
    expect(call.parentSpanId).toBe(job.spanId);

    // Our own service goes on with the trace; nobody else hears of it.
    expect(broker.headers.map((headers) => headers['traceparent'])).toContain(`00-${traceId}-${call.spanId}-01`);
    expect(stranger.headers.every((headers) => headers['traceparent'] === undefined)).toBe(true);
    expect(collector.bodies.join('')).not.toContain(SECRET);
  });
});
