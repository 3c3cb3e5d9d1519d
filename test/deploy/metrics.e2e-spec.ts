import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OtlpCollector, startOtlpCollector } from '../../libs/service/testing/otlp-collector.ts';
import { SERVICES } from '../../scripts/lib/suite.ts';
import { type Suite, startSuite } from '../support/suite.ts';
import { metricsBySection } from './metrics-page.js';

/** What prom-client and Node say of any process. */
const USUAL = /^(process|nodejs)_/;
/** In more than one app: explained once, in the broker's section. */
const SHARED = /^wxplane_wechat_/;

let suite: Suite;
let collector: OtlpCollector;
beforeAll(async () => {
  collector = await startOtlpCollector();
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER_ARG: '1' };
  suite = await startSuite({ name: 'metrics', env: { ingestion: traced, broker: traced } });
});
afterAll(async () => {
  await suite?.stop();
  collector?.stop();
});

describe('traces of the running apps', () => {
  it('follow one push from the request of WeChat to its effect in the broker', async () => {
    const { pushes } = await suite.control.post<{ pushes: { delivered: boolean }[] }>('/pushes', {
      component_appid: suite.component.component_appid,
      info_type: 'unauthorized',
      fields: { AuthorizerAppid: 'wx00000000000000ff' },
    });
    expect(pushes).toMatchObject([{ delivered: true }]);
    const namesByTrace = () =>
      [...Map.groupBy(collector.spans, ({ traceId }) => traceId).values()].map((spans) =>
        spans.map(({ service, name }) => `${service}: ${name}`),
      );
    const expected = [
      'wxplane-ingestion: POST /wechat/:component/events',
      'wxplane-ingestion: mysql INSERT f_wechat_event',
      'wxplane-broker: job broker.events event',
      'wxplane-broker: mysql INSERT f_wechat_eventeffect',
    ];
    // Spans are sent every five seconds.
    await expect.poll(namesByTrace, { timeout: 30_000, interval: 250 }).toContainEqual(expect.arrayContaining(expected));
  });
});

describe('docs/metrics.md and the running apps', () => {
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
