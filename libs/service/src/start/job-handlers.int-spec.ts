import { randomBytes } from 'node:crypto';
import { BullModule, Process, Processor } from '@nestjs/bull';
import { Module, type Type } from '@nestjs/common';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUES } from '#queues';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import { runService, ServiceConfig, StartError } from '../index.js';

const queue = BullModule.registerQueue({ name: QUEUES.deliveries });

@Processor(QUEUES.deliveries)
class Worker {
  @Process('lane') lane() {}
}
@Processor(QUEUES.deliveries)
class SecondWorker {
  @Process('lane') lane() {}
}
@Processor(QUEUES.deliveries)
class MistypedWorker {
  @Process('lanes') lane() {}
}

@Module({ imports: [queue], providers: [Worker] })
class OneHandler {}
@Module({ imports: [queue] })
class NoHandler {}
@Module({ imports: [queue], providers: [Worker, SecondWorker] })
class TwoHandlers {}
@Module({ imports: [queue], providers: [Worker, MistypedWorker] })
class Mistyped {}
@Module({})
class NoQueue {}

let database: TestDatabase;
let redis: TestRedis;
let env: Record<string, string>;

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'fatal',
    STOP_DELAY_S: '0',
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
    WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
});
afterAll(() => Promise.all([database?.drop(), redis?.stop()]));

const start = (module: Type, worksOnJobs?: () => boolean) =>
  runService(
    {
      app: 'ingestion',
      title: 'Ingestion',
      description: '',
      config: ServiceConfig,
      imports: () => [module],
      ...(worksOnJobs && { worksOnJobs }),
    },
    env,
  );

describe('an app that works on jobs', () => {
  it('starts when each kind of its jobs has one handler', async () => {
    const service = await start(OneHandler);
    expect((await request(`http://127.0.0.1:${service.managementPort}/health/live`)).statusCode).toBe(200);
    await service.stop('test');
  });

  it('can be stopped while its workers begin', async () => {
    for (let round = 0; round < 10; round++) await (await start(OneHandler)).stop('test');
  });

  it.each([
    ['nothing handles', NoHandler, 'the queue ingestion.deliveries: nothing handles its jobs "lane"'],
    ['two handlers would share', TwoHandlers, 'the queue ingestion.deliveries: two handlers for its jobs "lane"'],
    [
      'nobody sends',
      Mistyped,
      'the queue ingestion.deliveries: "lanes" is handled, and JOB_WORKERS gives no such jobs to ingestion',
    ],
    ['wait in a queue that it does not know', NoQueue, 'ingestion works on the queue ingestion.deliveries, and no module'],
  ])('does not start with jobs that %s, and says which', async (_, module, why) => {
    const failure = await start(module).then(
      () => expect.unreachable('it started'),
      (error: unknown) => error as Error,
    );
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toContain(why);
  });

  it('starts without them where it works on none, as a broker that follows another one', async () => {
    await (await start(NoQueue, () => false)).stop('test');
  });
});
