import { bootstrap } from './lib/bootstrap.mjs';

const HELP = `npm test: static checks, unit, integration and end-to-end tests, on a real MariaDB and a real Redis.

  npm test                      everything; a free worker goes on with the next stage, so stages overlap
  npm test -- --unit            only these stages: --unit, --integration, --e2e (may be combined; no static checks)
  npm test -- broker/token      only test files whose path contains this (no static checks)
  npm test -- --no-check        everything but the static checks
  npm test -- --shuffle SEED    test files of each stage in the random order that this number gives
  npm test -- --report FOLDER   also writes there what became of each test, a JSON file per stage
  npm run test:repeat -- N      everything N times, each in another order; what flaked is printed
  npm test -- --help            this text

  WXPLANE_TEST_DATABASE_URL names a server of yours; otherwise a private one is started. Each test file starts its own Redis.
  WXPLANE_CHROMIUM names the browser for the end-to-end tests; otherwise an installed one is used.
  The last line is "N passed, N failed"; a static check or the build counts as one test.`;

await bootstrap('scripts/test.ts', 'all checks and tests', HELP);
