import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROUTES } from '../libs/broker-client/src/routes.ts';
import { build } from './lib/build.ts';
import { Child } from './lib/child.ts';
import type { Document } from './lib/openapi-document.ts';
import { allTypesOf, typesOf } from './lib/openapi-types.ts';
import { bin, ROOT } from './lib/paths.ts';
import { print, step } from './lib/terminal.mjs';

async function documents(): Promise<void> {
  const line = step('Documents');
  await build((text) => line.note(text));
  const child = new Child({
    name: 'documents',
    command: bin('vitest'),
    args: ['run', '--project', 'e2e', 'test/openapi-committed.e2e-spec.ts'],
    cwd: ROOT,
    env: { ...process.env, WXPLANE_WRITE_OPENAPI: '1' },
  });
  const { code } = await child.exited;
  if (code !== 0) {
    line.fail();
    print(child.tail(60));
    process.exit(1);
  }
  line.done();
}

if (!process.argv.includes('--types')) await documents();
const line = step('Types');
const documentOf = (app: string) => JSON.parse(readFileSync(join(ROOT, 'openapi', `${app}.json`), 'utf8')) as Document;
for (const app of ['ingestion', 'broker', 'release'])
  writeFileSync(join(ROOT, 'openapi', `${app}.d.ts`), allTypesOf(documentOf(app)));
const client = join(ROOT, 'libs/broker-client/src/broker-api.ts');
writeFileSync(client, typesOf(documentOf('broker'), ROUTES));
execFileSync(bin('biome'), ['check', '--write', client], { stdio: 'ignore' });
line.done();
