import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCKERFILE = join(import.meta.dirname, '../../Dockerfile');

/** The options that Node has in an app's image: those of its own stage of the Dockerfile, else those of the stage it is made from. */
export function nodeOptionsOfImage(app: string): string {
  const stages = readFileSync(DOCKERFILE, 'utf8').split(/^FROM /m);
  const of = (stage: string) =>
    /NODE_OPTIONS="([^"]*)"/.exec(stages.find((text) => text.split('\n', 1)[0]?.endsWith(` AS ${stage}`)) ?? '')?.[1];
  const options = of(app) ?? of('runtime');
  if (options === undefined) throw new Error('the Dockerfile sets no NODE_OPTIONS');
  return options;
}
