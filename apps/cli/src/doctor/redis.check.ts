import type { Redis } from 'ioredis';
import { compareClocks } from './clock.domain.js';
import { type Finding, fail, ok, warn } from './finding.js';

const AREA = 'redis';

/** Version, eviction, persistence, clock. */
export async function checkRedis(redis: Redis): Promise<Finding[]> {
  const askedAt = Date.now();
  const [seconds, microseconds] = await redis.time();
  const answeredAt = Date.now();
  const clock = compareClocks('Redis’s clock', Number(seconds) * 1_000 + Number(microseconds) / 1_000, askedAt, answeredAt, 1);
  let info: string;
  try {
    info = await redis.info();
  } catch {
    return [
      warn(AREA, 'this user may not read INFO: nothing more is known', 'Allow +info and +time to the user of the tool.'),
      clock,
    ];
  }
  return [...judgeRedis(info), clock];
}

/** @param info the answer of INFO */
export function judgeRedis(info: string): Finding[] {
  const facts = new Map([...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
  const version = facts.get('redis_version') ?? '0';
  const valkey = facts.get('valkey_version');
  const said = valkey ? `Valkey ${valkey}` : `Redis ${version}`;
  const policy = facts.get('maxmemory_policy') ?? 'unknown';
  return [
    Number.parseInt(version, 10) >= 7
      ? ok(AREA, `${said}, ${facts.get('redis_mode') ?? 'standalone'}`)
      : warn(AREA, said, 'Redis 7 is what is tested; update it.'),
    policy === 'noeviction'
      ? ok(AREA, 'evicts nothing (maxmemory-policy noeviction)')
      : fail(
          AREA,
          `maxmemory-policy is ${policy}: under pressure Redis drops jobs and pushes`,
          'CONFIG SET maxmemory-policy noeviction, and write it into the configuration file.',
        ),
    facts.get('aof_enabled') === '1'
      ? ok(AREA, 'keeps an append-only file')
      : warn(
          AREA,
          'keeps no append-only file: with MySQL away at the same moment, pushes are lost with Redis',
          'appendonly yes, in the configuration file.',
        ),
  ];
}
