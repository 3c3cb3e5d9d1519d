import { HELP } from '../test/soak/help.mjs';
import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap('test/soak/run.ts', 'soak', HELP);
