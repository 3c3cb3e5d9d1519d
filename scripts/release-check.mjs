import { bootstrap } from './lib/bootstrap.mjs';
import { HELP } from './release-check-help.mjs';

await bootstrap('scripts/release-check.ts', 'release check', HELP);
