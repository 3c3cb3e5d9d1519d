import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMariadb } from './mariadb.ts';
import { howToInstall, installMissing, MissingProgramsError, type PackageName, type Report } from './programs.ts';

export interface TestDatabaseServer {
  readonly url: string;
  /** How it was come by: "private, 127.0.0.1:21234" or "yours". */
  readonly how: string;
  stop(): Promise<void>;
}

/**
 * The MariaDB on which test files make schemas of their own: the one that WXPLANE_TEST_DATABASE_URL names, or a private one with
 * throw-away data. What test files start themselves (Redis, a browser, more servers of MariaDB) is installed first.
 * @throws MissingProgramsError with a message that says what to install.
 */
export async function startTestDatabaseServer(programs: readonly PackageName[], report: Report): Promise<TestDatabaseServer> {
  const { missing, because } = await installMissing(['mariadb', ...programs], report);
  if (missing.length > 0) throw new MissingProgramsError(howToInstall(missing, because));
  const given = process.env['WXPLANE_TEST_DATABASE_URL'];
  if (given) return { url: given, how: 'yours', stop: async () => {} };

  const folder = mkdtempSync(join(tmpdir(), 'wxplane-test-'));
  chmodSync(folder, 0o755);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { url, port, child } = await startMariadb({ folder: join(folder, 'mariadb'), relaxed: true });
    return {
      url,
      how: `private, 127.0.0.1:${port}`,
      async stop() {
        await child.stop(30_000);
        removeFolder();
      },
    };
  } catch (error) {
    removeFolder();
    throw error;
  }
}
