import { describe, expect, it } from 'vitest';
import { judgeRedis } from './redis.check.js';

const info = (policy: string, aof: string, version = '7.0.15') =>
  `# Server\r\nredis_version:${version}\r\nredis_mode:standalone\r\n# Memory\r\nmaxmemory_policy:${policy}\r\naof_enabled:${aof}\r\n`;

describe('judgeRedis', () => {
  it('is content with noeviction and an append-only file', () => {
    expect(judgeRedis(info('noeviction', '1')).map(({ result }) => result)).toEqual(['ok', 'ok', 'ok']);
  });
  it('names the eviction policy, the missing file and an old version', () => {
    const [version, eviction, file] = judgeRedis(info('allkeys-lru', '0', '6.2.1'));
    expect([version?.result, eviction?.result, file?.result]).toEqual(['warn', 'fail', 'warn']);
    expect(eviction?.detail).toContain('allkeys-lru');
  });
});
