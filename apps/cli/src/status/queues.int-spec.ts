import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBlockingRedis, createLogger } from '#base';
import { QUEUE_PREFIX, QUEUES, SET_ASIDE_KEY, SPOOL_KEY } from '#queues';
import { RedisServers } from '../../../../libs/service/testing/redis-servers.js';
import { freePort } from '../../../../scripts/lib/ports.ts';
import { readQueues } from './queues.js';

const servers = new RedisServers();
const logger = await createLogger({ app: 'test', level: 'silent' });
let port: number;
let redis: Redis;

beforeEach(async () => {
  port = await freePort();
  await servers.answers(servers.start(`redis-${port}`, port, []), '-p', String(port));
  admin('acl', 'setuser', 'app', 'on', '>secret', '~*', '&*', '+@all');
  redis = createBlockingRedis(`redis://app:secret@127.0.0.1:${port}`, 'cli', logger, { commandTimeout: 10_000 });
});
afterEach(() => redis.disconnect());
afterAll(() => servers.stop());

const admin = (...args: string[]) => servers.cli('-p', String(port), ...args);
const paused = async () => (await readQueues(redis)).queues.filter((queue) => queue.paused).map(({ queue }) => queue);

describe('what status reads of the queues', () => {
  it('knows each of them, and which somebody has paused', async () => {
    expect((await readQueues(redis)).queues.map(({ queue }) => queue)).toEqual(Object.values(QUEUES));
    expect(await paused()).toEqual([]);
    admin('set', `${QUEUE_PREFIX}:${QUEUES.brokerSync}:meta-paused`, '1');
    expect(await paused()).toEqual([QUEUES.brokerSync]);
  });

  it('knows how many pushes wait for MySQL, since when, and how many were set aside', async () => {
    expect((await readQueues(redis)).spool).toEqual({ waiting: 0, oldest_s: 0, set_aside: 0 });
    admin('xadd', SPOOL_KEY, `${Date.now() - 60_000}-0`, 'entry', 'one');
    admin('xadd', SPOOL_KEY, '*', 'entry', 'two');
    admin('xadd', SET_ASIDE_KEY, '*', 'entry', 'three');
    const { waiting, oldest_s, set_aside } = (await readQueues(redis)).spool;
    expect([waiting, set_aside]).toEqual([2, 1]);
    expect(oldest_s).toBeGreaterThanOrEqual(59);
  });

  it.each([
    ['has no room', ['config', 'set', 'maxmemory', '1mb'], /^Redis refuses: OOM .*\. It has no room/],
    ['misses its replicas', ['config', 'set', 'min-replicas-to-write', '1'], /^Redis refuses: NOREPLICAS .* bring them back/],
    ['takes no script of this user', ['acl', 'setuser', 'app', '-eval'], /^Redis refuses: NOPERM .*ACL SETUSER … \+eval/],
    [
      'lets this user into no channel',
      ['acl', 'setuser', 'app', 'resetchannels'],
      /^Redis refuses: .*ACL SETUSER … &\{wxplane\}/,
    ],
  ])('reads them when Redis %s, and says so with what to do', async (_, refuse, said) => {
    expect((await readQueues(redis)).refusal).toBeUndefined();
    admin(...refuse);
    const { queues, refusal } = await readQueues(redis);
    expect(queues).toHaveLength(Object.values(QUEUES).length);
    expect(refusal).toMatch(said);
  });
});
