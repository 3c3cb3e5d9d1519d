import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { traceInto } from '../../scripts/deploy/trace-app.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What of an image's environment decides on memory and speed. */
const NAMES = [
  'NODE_OPTIONS',
  'MALLOC_ARENA_MAX',
  'MALLOC_MMAP_THRESHOLD_',
  'MALLOC_TOP_PAD_',
  'MALLOC_TRIM_THRESHOLD_',
  'UV_THREADPOOL_SIZE',
];

/** The files of an app's image, collected as the Dockerfile does it (some ten seconds). @returns the folder the app is started in */
export async function imageFiles(app: 'ingestion' | 'broker' | 'release', folder: string): Promise<string> {
  const place = join(folder, `image-${app}`);
  await traceInto(app, place);
  return place;
}

/** How Node is run in an app's image: as its own stage of the checkout's Dockerfile says, else the stage it is made from. */
export function imageEnv(app: string, checkout = ROOT): Record<string, string> {
  const stages = readFileSync(join(checkout, 'Dockerfile'), 'utf8').split(/^FROM /m);
  const of = (stage: string) => stages.find((text) => text.split('\n', 1)[0]?.endsWith(` AS ${stage}`)) ?? '';
  const found = NAMES.flatMap((name) => {
    const setting = new RegExp(`\\b${name}=(?:"([^"]*)"|(\\S+))`);
    const match = setting.exec(of(app)) ?? setting.exec(of('runtime'));
    return match ? [[name, match[1] ?? match[2] ?? '']] : [];
  });
  const env = Object.fromEntries(found);
  if (env.NODE_OPTIONS === undefined) throw new Error('the Dockerfile sets no NODE_OPTIONS');
  return env;
}
