import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RedisServers } from '../../../../libs/service/testing/redis-servers.js';
import { freePort } from '../../../../scripts/lib/ports.ts';
import { withRedis } from './redis.js';

const servers = new RedisServers();
let port: number;

beforeAll(async () => {
  port = await freePort();
  const server = servers.start(`redis-${port}`, port, []);
  await servers.answers(server, '-p', String(port));
  servers.cli('-p', String(port), 'acl', 'setuser', 'default', 'on', '>s3cret', '~*', '&*', '+@all');
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await servers.stop();
});
beforeEach(() => vi.stubEnv('WXPLANE_LOCAL_SUITE', 'false'));

const ping = (user: string) => {
  vi.stubEnv('REDIS_URL', `redis://${user}127.0.0.1:${port}`);
  return withRedis((redis) => redis.ping());
};

describe('a Redis that wants a password', () => {
  it('says of an address without one what to write into REDIS_URL', async () => {
    await expect(ping('')).rejects.toMatchObject({
      message: expect.stringMatching(/^Redis refuses: NOAUTH /),
      details: { remedy: expect.stringContaining('redis://:password@host:port'), lasting: true },
    });
  });

  it('says of a wrong one that it is refused, and does not repeat it', async () => {
    const refused = await ping(':wr0ng@').catch((error: Error) => error);
    expect(refused).toMatchObject({
      message: expect.stringMatching(/^Redis refuses: WRONGPASS /),
      details: { remedy: expect.stringContaining('percent-encoded'), lasting: true },
    });
    expect(JSON.stringify(refused)).not.toContain('wr0ng');
  });

  it('answers the right one', async () => {
    expect(await ping(':s3cret@')).toBe('PONG');
  });
});
