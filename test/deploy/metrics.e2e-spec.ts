import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '../../scripts/lib/suite.ts';
import { type Suite, startSuite } from '../support/suite.ts';
import { metricsBySection } from './metrics-page.js';

/** What prom-client and Node say of any process. */
const USUAL = /^(process|nodejs)_/;
/** In more than one app: explained once, in the broker's section. */
const SHARED = /^wxplane_wechat_/;

describe('docs/metrics.md and the running apps', () => {
  let suite: Suite;
  beforeAll(async () => {
    suite = await startSuite({ name: 'metrics' });
  });
  afterAll(() => suite?.stop());

  it.each(SERVICES)('agree about %s', async (app) => {
    const text = await (await fetch(`${suite.management[app]}/metrics`)).text();
    const exposed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name]) => name!);
    const sections = metricsBySection();
    const own = [...(sections.get(app) ?? [])];
    const documented = [...(sections.get('Every app') ?? []), ...own];
    for (const name of documented) expect(exposed, 'documented, and not there').toContain(name);
    const elsewhere = [...(sections.get('broker') ?? [])].filter((name) => SHARED.test(name));
    for (const name of exposed.filter((one) => !USUAL.test(one)))
      expect([...documented, ...elsewhere], 'there, and not documented').toContain(name);
  });

  it.each(SERVICES)('%s names its metrics as Prometheus wants them', async (app) => {
    const text = await (await fetch(`${suite.management[app]}/metrics`)).text();
    for (const [, name, type] of text.matchAll(/^# TYPE (wxplane_\S+) (\S+)$/gm)) {
      expect(name, 'a counter ends in _total, nothing else does').toMatch(type === 'counter' ? /_total$/ : /(?<!_total)$/);
      expect(name, 'base units').not.toMatch(/_(ms|milliseconds|minutes|hours|kb|mb)(_|$)/);
    }
  });
});
