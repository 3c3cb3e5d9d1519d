import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Child } from '../../../scripts/lib/child.ts';
import { freePort } from '../../../scripts/lib/ports.ts';
import type { RedisPlace } from '../src/redis/redis.js';

export interface Failover {
  readonly place: Exclude<RedisPlace, string>;
  readonly master: Child;
  readonly replicaPort: number;
  /** From now on the replica hears nothing of its master. */
  cutLink(): Promise<void>;
}

export interface RunningCluster {
  readonly place: Exclude<RedisPlace, string>;
  readonly ports: readonly number[];
  readonly nodes: readonly Child[];
  startNode(index: number): Promise<void>;
}

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

  /**
   * A master, a replica that has caught up, and a sentinel that knows both and fails over within seconds.
   * @param rights of the apps' user at the sentinel, which then takes nobody without a name
   */
  async startSentinel(password: string, rights?: string): Promise<Failover> {
    const named = rights === undefined ? [] : ['--user', 'operator', '-a', password];
    const users =
      rights === undefined
        ? []
        : ['user default off', `user operator on >${password} ~* &* +@all`, `user apps on >${password} ${rights}`];
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
        ...users,
      ],
      ['--sentinel'],
    );
    await this.answers(sentinel, '-p', String(sentinelPort), ...named);
    await expect
      .poll(() => this.cli('-p', String(sentinelPort), ...named, 'sentinel', 'replicas', 'wxplane'), {
        timeout: 30_000,
        interval: 200,
      })
      .toContain(String(replicaPort));
    return {
      place: {
        REDIS_URL: `redis://:${password}@sentinel:1/0`,
        REDIS_MODE: 'sentinel',
        REDIS_NODES: `127.0.0.1:${sentinelPort}`,
        REDIS_SENTINEL_NAME: 'wxplane',
        ...(rights === undefined ? {} : { REDIS_SENTINEL_USERNAME: 'apps', REDIS_SENTINEL_PASSWORD: password }),
      },
      master,
      replicaPort,
      cutLink: async () => {
        this.cli('-p', String(replicaPort), '-a', password, 'config', 'set', 'masterauth', 'not-this-one');
        this.cli('-p', String(masterPort), '-a', password, 'client', 'kill', 'type', 'replica');
        await expect
          .poll(() => this.cli('-p', String(replicaPort), '-a', password, 'info', 'replication'))
          .toContain('master_link_status:down');
      },
    };
  }

  /** Three nodes that share the slots. */
  async startCluster(password: string): Promise<RunningCluster> {
    const ports = [await freePort(), await freePort(), await freePort()];
    // The bus port is chosen too: by default it is the port + 10000, which may not exist.
    const busPorts = [await freePort(), await freePort(), await freePort()];
    const nodes: Child[] = [];
    const startNode = async (index: number) => {
      const port = ports[index] as number;
      const lines = [
        'cluster-enabled yes',
        'cluster-node-timeout 2000',
        'appendonly yes',
        `cluster-port ${busPorts[index]}`,
        `requirepass ${password}`,
        `masterauth ${password}`,
      ];
      const node = this.start(`node-${index}-${port}`, port, lines);
      nodes[index] = node;
      await this.answers(node, '-p', String(port), '-a', password);
    };
    for (const index of ports.keys()) await startNode(index);
    const addresses = ports.map((port) => `127.0.0.1:${port}`);
    this.cli('-a', password, '--cluster', 'create', ...addresses, '--cluster-yes');
    for (const port of ports)
      await expect.poll(() => this.cli('-p', String(port), '-a', password, 'cluster', 'info')).toContain('cluster_state:ok');
    const place = {
      REDIS_URL: `redis://:${password}@cluster`,
      REDIS_MODE: 'cluster' as const,
      REDIS_NODES: addresses.join(','),
      REDIS_SENTINEL_NAME: '',
    };
    return { place, ports, nodes, startNode };
  }

  async stop(): Promise<void> {
    await Promise.all(this.children.map((child) => child.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
