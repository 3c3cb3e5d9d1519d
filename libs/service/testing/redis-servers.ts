import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Child } from '../../../scripts/lib/child.ts';
import { freePort } from '../../../scripts/lib/ports.ts';
import type { RedisPlace } from '../src/redis/redis.js';

/** Redis servers of a test's own, to be set up as production has them, and killed. */
export class RedisServers {
  readonly folder = mkdtempSync(join(tmpdir(), 'wxplane-redis-'));
  private readonly children: Child[] = [];

  start(name: string, port: number, lines: readonly string[], mode: readonly string[] = []): Child {
    const place = join(this.folder, name);
    mkdirSync(place, { recursive: true });
    const config = join(place, 'redis.conf');
    const ports = lines.some((line) => line.startsWith('port')) ? [] : [`port ${port}`];
    writeFileSync(config, ['bind 127.0.0.1', `dir ${place}`, 'save ""', ...ports, ...lines].join('\n'));
    const child = new Child({ name, command: 'redis-server', args: [config, ...mode] });
    this.children.push(child);
    return child;
  }

  cli(...args: string[]): string {
    return execFileSync('redis-cli', ['--no-auth-warning', ...args], { encoding: 'utf8' });
  }

  /** `-p 1234 -a …`: asks until it answers. */
  answers(child: Child, ...args: string[]): Promise<void> {
    return child.waitUntil(async () => {
      try {
        return this.cli(...args, 'ping').includes('PONG');
      } catch {
        return false;
      }
    }, 20_000);
  }

  /** A master, a replica that has caught up, and a sentinel that knows both and fails over within seconds. */
  async startSentinel(password: string): Promise<{ place: Exclude<RedisPlace, string>; master: Child }> {
    const [masterPort, replicaPort, sentinelPort] = [await freePort(), await freePort(), await freePort()];
    const auth = [`requirepass ${password}`, `masterauth ${password}`, 'repl-diskless-sync-delay 0'];
    const master = this.start('master', masterPort, auth);
    const replica = this.start('replica', replicaPort, [...auth, `replicaof 127.0.0.1 ${masterPort}`]);
    await this.answers(master, '-p', String(masterPort), '-a', password);
    await this.answers(replica, '-p', String(replicaPort), '-a', password);
    await expect
      .poll(() => this.cli('-p', String(replicaPort), '-a', password, 'info', 'replication'), { timeout: 30_000, interval: 200 })
      .toContain('master_link_status:up');
    const sentinel = this.start(
      'sentinel',
      sentinelPort,
      [
        `sentinel monitor wxplane 127.0.0.1 ${masterPort} 1`,
        `sentinel auth-pass wxplane ${password}`,
        'sentinel down-after-milliseconds wxplane 1000',
        'sentinel failover-timeout wxplane 5000',
      ],
      ['--sentinel'],
    );
    await this.answers(sentinel, '-p', String(sentinelPort));
    await expect
      .poll(() => this.cli('-p', String(sentinelPort), 'sentinel', 'replicas', 'wxplane'), { timeout: 30_000, interval: 200 })
      .toContain(String(replicaPort));
    return {
      place: {
        REDIS_URL: `redis://:${password}@sentinel:1/0`,
        REDIS_MODE: 'sentinel',
        REDIS_NODES: `127.0.0.1:${sentinelPort}`,
        REDIS_SENTINEL_NAME: 'wxplane',
      },
      master,
    };
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
