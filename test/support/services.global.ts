import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalServices, startLocalServices } from '../../scripts/lib/local-services.ts';

interface Shared {
  users: number;
  readonly services: Promise<LocalServices>;
  readonly folder: string;
}

// Vitest runs this file once per project, each time as a new module; the projects of one run share the servers.
const registry = globalThis as typeof globalThis & { wxplaneTestServices?: Shared | undefined };

/**
 * The database and the Redis that tests use: WXPLANE_TEST_DATABASE_URL and WXPLANE_TEST_REDIS_URL, or private instances with
 * throw-away data. Workers find the addresses in those two variables.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  registry.wxplaneTestServices ??= given() ? undefined : start();
  const shared = registry.wxplaneTestServices;
  if (!shared) return undefined;
  shared.users += 1;
  const services = await shared.services;
  process.env['WXPLANE_TEST_DATABASE_URL'] = services.databaseUrl;
  process.env['WXPLANE_TEST_REDIS_URL'] = services.redisUrl;

  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    registry.wxplaneTestServices = undefined;
    await services.stop();
    rmSync(shared.folder, { recursive: true, force: true });
  };
}

function given(): boolean {
  return Boolean(process.env['WXPLANE_TEST_DATABASE_URL'] && process.env['WXPLANE_TEST_REDIS_URL']);
}

function start(): Shared {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-test-'));
  return {
    users: 0,
    folder,
    services: startLocalServices({
      folder,
      relaxed: true,
      databaseUrl: process.env['WXPLANE_TEST_DATABASE_URL'],
      redisUrl: process.env['WXPLANE_TEST_REDIS_URL'],
      report: (line) => console.log(`services: ${line}`),
    }),
  };
}
