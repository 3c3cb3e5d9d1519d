import { parseArgs } from 'node:util';
import { refreshes } from './broker/refreshes.ts';
import { BrokerRig } from './broker/rig.ts';
import { PEER_COMPONENTS, stampede } from './broker/stampede.ts';
import { warm } from './broker/warm.ts';

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: 'warm,refreshes,stampede' },
    seconds: { type: 'string', default: '4' },
    repeats: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '100,10000,100000' },
    readers: { type: 'string', default: '1,10,100' },
  },
});

async function main(): Promise<void> {
  const seconds = Number(options.seconds);
  const parts = options.parts.split(',');
  const rig = new BrokerRig();
  try {
    await rig.start();
    if (parts.includes('warm'))
      await warm(rig, { seconds, repeats: Number(options.repeats), sizes: options.sizes.split(',').map(Number) });
    if (!parts.includes('refreshes') && !parts.includes('stampede')) return;
    // Whoever still has a replaced token has a dead one in hand: no minutes of grace here.
    await rig.startSandbox(Object.values(PEER_COMPONENTS), { former_token_grace_s: 0 });
    if (parts.includes('refreshes')) await refreshes(rig, seconds);
    if (parts.includes('stampede')) await stampede(rig, options.readers.split(',').map(Number));
  } finally {
    await rig.stop();
  }
}

await main();
