import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, migrate } from '#persistence';
import { type LocalServer, startMariadb } from '../../../scripts/lib/mariadb.ts';
import { startRedis } from '../../../scripts/lib/redis.ts';

/** A MariaDB and a Redis of a test's own, which it may kill, freeze and start again with their data and their ports. */
export class OwnServers {
  private constructor(
    private readonly folder: string,
    public mariadb: LocalServer,
    public redis: LocalServer,
  ) {}

  static async start(): Promise<OwnServers> {
    const folder = mkdtempSync(join(tmpdir(), 'wxplane-servers-'));
    chmodSync(folder, 0o755);
    const [mariadb, redis] = await Promise.all([OwnServers.database(folder), OwnServers.cache(folder)]);
    const dataSource = await createDataSource({ url: mariadb.url }).initialize();
    await migrate(dataSource);
    await dataSource.destroy();
    return new OwnServers(folder, mariadb, redis);
  }

  async startMariadb(): Promise<void> {
    this.mariadb = await OwnServers.database(this.folder);
  }

  async startRedis(): Promise<void> {
    this.redis = await OwnServers.cache(this.folder);
  }

  /** What it wrote to its disk, while it is not running. */
  loseRedis(): void {
    rmSync(join(this.folder, 'redis', 'data'), { recursive: true, force: true });
  }

  async stop(): Promise<void> {
    for (const { child } of [this.mariadb, this.redis]) {
      child.signal('SIGCONT');
      await child.stop(10_000);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private static database(folder: string): Promise<LocalServer> {
    return startMariadb({ folder: join(folder, 'mariadb') });
  }

  /** With its append-only file: what it took while MySQL was away must survive it. */
  private static cache(folder: string): Promise<LocalServer> {
    return startRedis({ folder: join(folder, 'redis') });
  }
}
