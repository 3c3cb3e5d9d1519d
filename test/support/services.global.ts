import { startTestDatabaseServer, type TestDatabaseServer } from '../../scripts/lib/test-database.ts';
import { ensureBuilt } from './built.ts';

interface Shared {
  users: number;
  readonly server: Promise<TestDatabaseServer>;
}

// Vitest runs this file once per project, each time as a new module; the projects of one run share the server.
const registry = globalThis as typeof globalThis & { wxplaneTestDatabase?: Shared | undefined };

/** The database server that tests use; workers find its address in WXPLANE_TEST_DATABASE_URL. `npm test` has started it already. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  await ensureBuilt();
  registry.wxplaneTestDatabase ??= process.env['WXPLANE_TEST_DATABASE_URL'] ? undefined : start();
  const shared = registry.wxplaneTestDatabase;
  if (!shared) return undefined;
  shared.users += 1;
  const server = await shared.server;
  process.env['WXPLANE_TEST_DATABASE_URL'] = server.url;

  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    registry.wxplaneTestDatabase = undefined;
    await server.stop();
  };
}

function start(): Shared {
  return { users: 0, server: startTestDatabaseServer(['redis'], (line) => console.log(`services: ${line}`)) };
}
