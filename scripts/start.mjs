import { bootstrap } from './lib/bootstrap.mjs';

await bootstrap('scripts/start.ts', 'the control plane of a WeChat third-party platform');
