import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap('scripts/release-check.ts', 'release check');
