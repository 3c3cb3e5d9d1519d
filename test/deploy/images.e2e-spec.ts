import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestRedis, type TestRedis } from '../../libs/queues/testing/redis.js';
import { type Rehearsal, rehearse } from '../../scripts/deploy/rehearse-images.ts';
import { TARGETS, type Target } from '../../scripts/deploy/targets.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

// Many files and processes: minutes on a busy machine.
vi.setConfig({ testTimeout: 400_000, hookTimeout: 400_000 });

describe('images, rehearsed outside Docker', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let migrated: Rehearsal;
  const servers = () => ({ databaseUrl: database.url, redisUrl: redis.url });

  beforeAll(async () => {
    [database, redis] = await Promise.all([createTestDatabase('images'), createTestRedis()]);
    // As in a deployment: the migrations come first, from their own image.
    migrated = await rehearse('cli', servers());
  });
  afterAll(() => Promise.all([database?.drop(), redis?.stop()]));

  it.each((Object.keys(TARGETS) as Target[]).filter((target) => TARGETS[target].kind !== 'command'))(
    '%s runs from its traced tree: unprivileged, read-only, healthy, stopped by SIGTERM',
    async (target) => {
      const { steps, megabytes } = await rehearse(target, servers());
      expect(steps).toContain('SIGTERM: exit code 0');
      expect(steps.at(-1)).toBe('wrote nothing into its tree');
      expect(megabytes).toBeLessThan(150);
    },
  );

  it('cli migrates and lists clients', () => {
    expect(migrated.steps).toContain('dist/libs/persistence/src/migrate.js: exit code 0');
    expect(migrated.steps).toContain('dist/apps/cli/src/main.js clients list: exit code 0');
  });
});
