import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap('bench/run.ts', 'bench');
