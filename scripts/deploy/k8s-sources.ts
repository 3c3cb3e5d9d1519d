import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../lib/paths.ts';

/** Where `npm run k8s:render` notes what it rendered, so that a forgotten rendering is found also where there is no kubectl. */
export const SOURCES_FILE = join(ROOT, 'k8s/rendered/sources.sha256');

/** One figure for everything that the overlays are made of. */
export function digestOfSources(): string {
  const hash = createHash('sha256');
  for (const file of globSync('k8s/{base,overlays}/**/*.{yaml,json,env}', { cwd: ROOT }).sort())
    hash.update(`${file}\0${readFileSync(join(ROOT, file), 'utf8')}\0`);
  return `${hash.digest('hex')}\n`;
}
