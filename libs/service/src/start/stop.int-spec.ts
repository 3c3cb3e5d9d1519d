import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BullModule, getQueueToken, Process, Processor } from '@nestjs/bull';
import { Controller, Get, Module, Query } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUEUES } from '#queues';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../queues/testing/redis.js';
import { HealthRegistry, Public, type RunningService, runService, ServiceConfig } from '../index.js';

/** What the jobs and requests of this test did, over all replicas. */
const effects = new Map<string, number>();
const count = (id: string) => effects.set(id, (effects.get(id) ?? 0) + 1);

@Controller()
class SlowController {
  @Get('slow') @Public() async slow(@Query('ms') ms: string, @Query('id') id: string) {
    await sleep(Number(ms));
    count(id);
    return { id };
  }
}

@Processor(QUEUES.brokerCommands)
class SlowProcessor {
  @Process({ name: 'start-push-ticket', concurrency: 3 })
  async slow(job: Job<{ componentAppid: string }>) {
    await sleep(60);
    count(job.data.componentAppid);
  }
}

@Module({
  imports: [BullModule.registerQueue({ name: QUEUES.brokerCommands })],
  controllers: [SlowController],
  providers: [SlowProcessor],
})
class SlowModule {}

const definition = { app: 'slow', title: 'Slow', description: '', config: ServiceConfig, imports: () => [SlowModule] };

let database: TestDatabase;
let redis: TestRedis;
let env: Record<string, string>;
const running = new Set<RunningService>();

async function startReplica(): Promise<RunningService> {
  const service = await runService(definition, env);
  running.add(service);
  return service;
}
const readiness = async (service: RunningService) => {
  const { statusCode, body } = await request(`http://127.0.0.1:${service.managementPort}/health/ready`);
  await body.dump();
  return statusCode;
};

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  env = {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: '0',
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'fatal',
    STOP_DELAY_S: '1',
    STOP_TIMEOUT_S: '20',
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
  };
});
afterAll(async () => {
  await Promise.all([...running].map((service) => service.stop('test')));
  await Promise.all([database?.drop(), redis?.stop()]);
});

describe('a stop', () => {
  it('says no to new work first, and answers all the same what still comes', async () => {
    const service = await startReplica();
    const url = `http://127.0.0.1:${service.httpPort}/slow`;
    expect(await readiness(service)).toBe(200);
    const underWay = request(`${url}?ms=1500&id=long`);
    await sleep(50);
    const stopped = service.stop('test');
    await expect.poll(() => readiness(service)).toBe(503);
    // The load balancer does not know yet.
    const late = await request(`${url}?ms=1&id=late`);
    expect(late.statusCode).toBe(200);
    expect(late.headers['connection']).toBe('close');
    const { statusCode, body } = await underWay;
    expect([statusCode, await body.json()]).toEqual([200, { id: 'long' }]);
    await stopped;
    running.delete(service);
    await expect(request(`${url}?ms=1&id=after`)).rejects.toThrow();
  });
});

describe('a stop, while a request is still under way', () => {
  it('takes no more jobs: another replica does them', async () => {
    const service = await startReplica();
    const url = `http://127.0.0.1:${service.httpPort}/slow`;
    let answered = false;
    const underWay = request(`${url}?ms=3000&id=slow`).then(async ({ statusCode, body }) => {
      await body.dump();
      answered = true;
      return statusCode;
    });
    await expect.poll(() => readiness(service)).toBe(200);
    const queue = service.app.get<Queue>(getQueueToken(QUEUES.brokerCommands), { strict: false });
    const stopped = service.stop('test');
    await expect.poll(() => queue.isPaused(true)).toBe(true);
    expect(service.app.get(HealthRegistry).draining.aborted).toBe(true);
    // Bull gives its worker half a second to leave Redis.
    await sleep(1_000);
    await queue.add('start-push-ticket', { componentAppid: 'too-late' });
    expect(answered).toBe(false);
    expect(await underWay).toBe(200);
    await stopped;
    running.delete(service);
    expect(effects.has('too-late')).toBe(false);
    await startReplica();
    await expect.poll(() => effects.get('too-late')).toBe(1);
  });
});

describe('a rolling update', () => {
  it('fails no request and loses no job, with every replica replaced under load', async () => {
    const replicas = [await startReplica(), await startReplica()];
    // As a load balancer: sends to who was ready when it last looked.
    let ready = [...replicas];
    let balancing = true;
    const balancer = (async () => {
      while (balancing) {
        const states = await Promise.all(
          replicas.map(async (one) => ((await readiness(one).catch(() => 0)) === 200 ? [one] : [])),
        );
        ready = states.flat();
        await sleep(50);
      }
    })();

    const agent = new Agent({ keepAliveTimeout: 30_000 });
    const failures: string[] = [];
    let sent = 0;
    let loading = true;
    const caller = async (name: number) => {
      while (loading) {
        const target = ready[sent++ % ready.length];
        if (!target) throw new Error('no replica is ready');
        const id = `request-${name}-${sent}`;
        try {
          const { statusCode, body } = await request(`http://127.0.0.1:${target.httpPort}/slow?ms=20&id=${id}`, {
            dispatcher: agent,
          });
          await body.dump();
          if (statusCode !== 200) failures.push(`${id}: ${statusCode}`);
        } catch (error) {
          failures.push(`${id}: ${(error as Error).message}`);
        }
      }
    };
    const callers = Array.from({ length: 8 }, (_, name) => caller(name));
    const jobs = 150;
    const queueOf = (service: RunningService) => service.app.get<Queue>(getQueueToken(QUEUES.brokerCommands), { strict: false });
    for (let n = 0; n < jobs; n++) await queueOf(replicas[0]!).add('start-push-ticket', { componentAppid: `job-${n}` });

    for (const old of [...replicas]) {
      const fresh = await startReplica();
      replicas.push(fresh);
      await old.stop('rolling update');
      replicas.splice(replicas.indexOf(old), 1);
      running.delete(old);
    }
    const done = () => [...effects.keys()].filter((id) => id.startsWith('job-')).length;
    await expect.poll(done).toBe(jobs);
    loading = false;
    await Promise.all(callers);
    balancing = false;
    await balancer;
    await agent.close();

    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(100);
    // No job ran twice: none was given up half way.
    expect([...effects].filter(([id, times]) => id.startsWith('job-') && times !== 1)).toEqual([]);
    expect(await queueOf(replicas[0]!).getJobCounts()).toMatchObject({ waiting: 0, active: 0, failed: 0 });
  });
});
