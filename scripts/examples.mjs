import { HELP } from './examples-help.mjs';
import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap('scripts/examples.ts', 'the recipes of docs/examples', HELP);
