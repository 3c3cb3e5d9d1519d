import { afterAll, beforeAll, expect, it } from 'vitest';
import { runToEnd } from './support/processes.ts';
import { type Suite, startSuite } from './support/suite.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await startSuite({ name: 'release_check', services: ['ingestion', 'broker'] });
});
afterAll(() => suite?.stop());

it('WeChat’s release check passes with every one of its five pairs of accounts, and makes no tenant of them', async () => {
  await suite.control.post(`/components/${suite.component.component_appid}/ticket`);
  const output = await runToEnd({
    name: 'release-check',
    entry: 'scripts/release-check.ts',
    args: [
      '--component',
      suite.component.component_appid,
      '--sandbox-url',
      suite.urls.sandbox,
      '--base-url',
      suite.urls.ingestion,
    ],
    env: {},
  });
  expect(output.match(/Group \d/g)).toHaveLength(5);
  expect(output).toContain('Every case passed.');
  expect(output.match(/✓ \w+/g)).toHaveLength(5 * 7);
  const { body } = await suite.api<{ items: unknown[] }>(
    'broker',
    'GET',
    `/v1/components/${suite.component.component_appid}/authorizers`,
  );
  expect(body.items).toEqual([]);
});
