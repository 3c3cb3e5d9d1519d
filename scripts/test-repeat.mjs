import { bootstrap } from './lib/bootstrap.mjs';

const HELP = `npm run test:repeat: runs npm test again and again and prints what flaked.

  npm run test:repeat                     10 runs, one core kept busy by others
  npm run test:repeat -- 20               20 runs
  npm run test:repeat -- 5 --busy 2       two busy cores beside the tests (0: none)
  npm run test:repeat -- 5 --seed 4711    the same orders again: run n has the seed 4711 + n - 1
  npm run test:repeat -- 5 -- --e2e       what follows -- goes to npm test: a stage, a part of a path

  Each run takes the test files in another random order. What a run printed stays below .local/test-repeat/.
  The last line is "N passed, N failed" and counts runs.`;

await bootstrap('scripts/test-repeat.ts', 'all tests, again and again', HELP);
