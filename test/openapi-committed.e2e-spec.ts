import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceName } from '../scripts/lib/suite.ts';
import { type Suite, startSuite } from './support/suite.js';

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite({ name: 'openapi-committed' });
});
afterAll(() => suite?.stop());

describe('openapi/<app>.json', () => {
  it.each<ServiceName>(['ingestion', 'broker', 'release'])('is what %s serves; `npm run openapi` writes it', async (app) => {
    const file = new URL(`../openapi/${app}.json`, import.meta.url);
    const { body } = await suite.api<Served>(app, 'GET', '/docs/openapi.json');
    const served = `${JSON.stringify(withoutThisDeployment(body), null, 2)}\n`;
    if (process.env['WXPLANE_WRITE_OPENAPI']) writeFileSync(file, served);
    expect(readFileSync(file, 'utf8') === served, `openapi/${app}.json is not what ${app} serves: npm run openapi`).toBe(true);
  });
});

interface Served {
  readonly paths: Record<string, Record<string, { readonly parameters?: { readonly name: string; example?: unknown }[] }>>;
}

/**
 * Without the appid of the component that this suite serves. Members by name, and the values of an enum, too, whose order the compiler
 * chooses anew with each build: what differs then differs in meaning.
 */
function withoutThisDeployment(document: Served): unknown {
  for (const item of Object.values(document.paths))
    for (const { parameters = [] } of Object.values(item))
      for (const parameter of parameters) if (parameter.name === 'component_appid') delete parameter.example;
  return sorted(document);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === 'enum' && Array.isArray(member) ? [...member].sort() : sorted(member)]),
  );
}
