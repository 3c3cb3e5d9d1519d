import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

it.each(['ingestion', 'broker', 'release'])('is what %s imports before anything else', (app) => {
  const [first] = readFileSync(join(ROOT, `apps/${app}/src/main.ts`), 'utf8').matchAll(/^.*\bimport\b.*$/gm);
  expect(first?.[0]).toBe("import '#process';");
});
