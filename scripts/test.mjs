import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap('scripts/test.ts', 'all checks and tests');
