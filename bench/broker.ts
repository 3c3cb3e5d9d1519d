import { parseArgs } from 'node:util';
import { refreshes } from './broker/refreshes.ts';
import { BrokerRig } from './broker/rig.ts';
import { PEER_COMPONENTS, stampede } from './broker/stampede.ts';
import { warm } from './broker/warm.ts';

const HELP = `npm run bench -- broker [--parts warm,refreshes,stampede] [--seconds 4] [--repeats 3] [--sizes 100,10000,100000]
                        [--readers 1,10,100]

warm       reads of one broker against a bare node:http server with the same key check and JSON: taken in turns, each on one core, the load on
           another one. Prints the ratio of the medians, latencies, memory, and what the reads asked of Redis and MySQL.
refreshes  the same reads while 50 tokens a second are replaced: those of others, then those that are read.
stampede   nobody has the token of one authorizer, and three processes want it many times at once: the broker, node-easywechat, nest-wechat.
           Counts the calls of WeChat, and how many of the tokens handed out are dead when all have theirs.

The broker runs with the files and options of its image (Dockerfile).`;

const { values: options } = parseArgs({
  options: {
    parts: { type: 'string', default: 'warm,refreshes,stampede' },
    seconds: { type: 'string', default: '4' },
    repeats: { type: 'string', default: '3' },
    sizes: { type: 'string', default: '100,10000,100000' },
    readers: { type: 'string', default: '1,10,100' },
    help: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  if (options.help) return void process.stdout.write(`${HELP}\n`);
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
