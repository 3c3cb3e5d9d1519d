import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Child } from '../../../scripts/lib/child.ts';
import { newDevSecrets } from '../../../scripts/lib/secrets.ts';
import { type AppName, bareEnv, choosePorts, SERVICES, SuiteRunner } from '../../../scripts/lib/suite.ts';

/** Listens where an app would, and tells where it was told that the broker is. */
const APP = `
  const { createServer } = require('node:http');
  const { BROKER_URL, HTTP_PORT, MANAGEMENT_PORT } = process.env;
  const listen = (port, then) => createServer((_, response) => response.end(BROKER_URL)).listen(port, '127.0.0.1', then);
  listen(HTTP_PORT, () => listen(MANAGEMENT_PORT));
`;
let folder: string;
let suite: SuiteRunner;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wxplane-suite-spec-'));
});
afterEach(async () => {
  await suite.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function suiteOf(program: string): Promise<SuiteRunner> {
  for (const app of SERVICES) {
    const place = join(folder, 'dist', 'apps', app, 'src');
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'main.js'), program);
  }
  suite = new SuiteRunner({
    databaseUrl: 'mysql://nowhere',
    redisUrl: 'redis://nowhere',
    ports: await choosePorts(),
    secrets: newDevSecrets(),
    folder,
    baseEnv: bareEnv(),
    places: Object.fromEntries(SERVICES.map((app) => [app, folder])),
  });
  return suite;
}

it('a port that another program took after it was chosen is replaced, and every app knows the new address', async () => {
  const { settings } = await suiteOf(APP);
  const foreign = createServer((_, response) => void response.end('foreign')).listen(settings.ports.broker, '127.0.0.1');
  await once(foreign, 'listening');
  try {
    const ready = new Map<AppName, Child>();
    await suite.startAll(SERVICES, (app, child) => ready.set(app, child));
    const { ports } = suite.settings;
    expect(ports).toEqual({ ...settings.ports, broker: expect.any(Number) });
    expect(ports.broker).not.toBe(settings.ports.broker);
    for (const app of SERVICES) {
      expect(ready.get(app)).toBe(suite.children.get(app));
      const answer = await fetch(`http://127.0.0.1:${ports[app]}`);
      expect(await answer.text()).toBe(`http://127.0.0.1:${ports.broker}`);
    }
  } finally {
    foreign.close();
  }
});

it('an app that ends at its start for another reason is not started again', async () => {
  await suiteOf(
    `${APP}; if (process.env.HTTP_PORT === process.env.BROKER_URL.split(':')[2]) throw new Error('no such setting');`,
  );
  const { ports } = suite.settings;
  await expect(suite.startAll(SERVICES)).rejects.toThrow('no such setting');
  expect(suite.settings.ports).toEqual(ports);
});
