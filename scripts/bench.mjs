import { HELP, USAGE } from '../bench/help.mjs';
import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap('bench/run.ts', 'bench', HELP[process.argv[2] ?? ''] ?? USAGE);
