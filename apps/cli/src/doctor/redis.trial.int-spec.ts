import { readFileSync } from 'node:fs';
import Bull from 'bull';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBlockingRedis, createBullRedis, createLogger } from '#base';
import { QUEUE_PREFIX } from '#queues';
import { RedisServers } from '../../../../libs/service/testing/redis-servers.js';
import { StrictScriptProxy } from '../../../../libs/service/testing/strict-script-proxy.js';
import { freePort } from '../../../../scripts/lib/ports.ts';
import { tryRedis } from './redis.trial.js';

const servers = new RedisServers();
const logger = await createLogger({ app: 'test', level: 'silent' });
const endings: (() => unknown)[] = [];
let port: number;

/** What docs/operations.md tells people to type. */
const RIGHTS = /^ACL SETUSER wxplane on >\S+ (.+)$/m.exec(readFileSync('docs/operations.md', 'utf8'))?.[1]?.split(' ') ?? [];

beforeEach(async () => {
  port = await freePort();
  const server = servers.start(`redis-${port}`, port, []);
  await servers.answers(server, '-p', String(port));
  endings.push(() => server.kill());
  admin('acl', 'setuser', 'wxplane', 'on', '>secret', ...RIGHTS);
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});
afterAll(() => servers.stop());

const admin = (...args: string[]) => servers.cli('-p', String(port), ...args);
const place = (at = port) => `redis://wxplane:secret@127.0.0.1:${at}`;

/** As the command connects. */
async function findings(at = port) {
  const connection: Redis = createBlockingRedis(place(at), 'cli', logger, { maxRetriesPerRequest: 3, commandTimeout: 10_000 });
  try {
    return await tryRedis(connection);
  } finally {
    connection.disconnect();
  }
}
const failing = async (at?: number) =>
  (await findings(at)).filter(({ result }) => result === 'fail').map(({ detail, remedy }) => `${detail} → ${remedy}`);

describe('the doctor’s round trip through Redis', () => {
  it('with the rights that the documents name all is taken, nothing is left, and a queue works', async () => {
    expect(RIGHTS.length).toBeGreaterThan(5);
    expect((await findings()).map(({ result }) => result)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    expect(admin('keys', '*').trim()).toBe('');
    const done: string[] = [];
    const queue = new Bull('work', {
      prefix: QUEUE_PREFIX,
      createClient: (type, options) => createBullRedis(place(), type, `bull-${type}`, logger, options),
    });
    endings.push(() => queue.close(true));
    void queue.process((job, finished) => {
      done.push(job.data.id);
      finished();
    });
    await queue.add({ id: 'one' }, { attempts: 2 });
    await queue.add({ id: 'later' }, { delay: 100 });
    await expect.poll(() => done.toSorted()).toEqual(['later', 'one']);
  });

  it.each([
    ['channels (Redis 7’s default for new users)', ['resetchannels'], /&\{wxplane\}:\* &wxplane:invalidate:\*/],
    ['the channel between replicas', ['resetchannels', '&{wxplane}:*'], /channel between replicas.*&wxplane:invalidate:\*/],
    ['scripts', ['-eval'], /script.*\+eval/],
    ['a blocking read', ['-brpoplpush'], /blocking read.*\+brpoplpush/],
    ['keys of ours', ['resetkeys', '~other:*'], /~\{wxplane\}:\*/],
  ])('names the right that is missing: %s', async (_, taken, words) => {
    admin('acl', 'setuser', 'wxplane', ...taken);
    const found = await failing();
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toMatch(words);
    expect(found.join('\n')).not.toContain('secret');
  });

  it.each([
    ['min-replicas-to-write', '1', /NOREPLICAS.*min-replicas-to-write/],
    ['maxmemory', '1mb', /OOM.*raise maxmemory/],
  ])('names the setting: %s %s', async (setting, value, words) => {
    admin('config', 'set', setting, value);
    expect((await failing()).join('\n')).toMatch(words);
  });

  it('names a proxy that checks the keys of scripts', async () => {
    const proxy = await StrictScriptProxy.start(port);
    endings.push(() => proxy.stop());
    expect(await failing(proxy.port)).toEqual([expect.stringMatching(/script.*bad lua script.*script_check_enable 0/)]);
  });
});
