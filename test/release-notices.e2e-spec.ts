import { afterAll, beforeAll, expect, it } from 'vitest';
import { Receiver, verifies } from '../apps/ingestion/testing/receiver.js';
import { eventually } from './support/eventually.js';
import { type Suite, startSuite } from './support/suite.js';

let suite: Suite;
let receiver: Receiver;
let secret: string;
let apps: string[];

beforeAll(async () => {
  receiver = await Receiver.start();
  suite = await startSuite({
    name: 'notices',
    env: {
      ingestion: { SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32', SUBSCRIBER_ALLOW_HTTP: 'true' },
      release: { RELEASE_SWEEP_MS: '200', RELEASE_SCAN_POLL_MS: '200', RELEASE_QUOTA_POLL_S: '1' },
    },
    sandboxConfig: { settings: { privacy_scan_s: 0, audit_mode: 'manual' } },
  });
  const made = await suite.api<{ secret: string }>('ingestion', 'POST', '/v1/subscriptions', {
    name: 'release desk',
    url: receiver.url,
    kinds: ['wxplane.release_*', 'wxplane.rollout_*'],
  });
  expect(made.status).toBe(201);
  secret = made.body.secret;
  const component = suite.component.component_appid;
  const body = { count: 2, kind: 'miniprogram', authorize_to: component, push: true };
  ({ appids: apps } = await suite.control.post<{ appids: string[] }>('/merchants/bulk', body));
  for (const app of apps)
    await eventually(`${app} to be known`, async () => {
      const { status } = await suite.api('broker', 'GET', `/v1/components/${component}/authorizers/${app}/token`);
      return status === 200 ? true : undefined;
    });
});
afterAll(async () => {
  await suite?.stop();
  await receiver?.stop();
});

/** The message that tells of it. Every message is signed. */
const told = (kind: string, about: Record<string, unknown>) =>
  eventually(`a subscriber to be told of ${kind}`, () => {
    const found = receiver.got.find(({ body }) => {
      const data = body['data'] as Record<string, unknown> | undefined;
      return data?.['kind'] === kind && Object.entries(about).every(([name, value]) => data?.[name] === value);
    });
    if (found) expect(verifies(found, secret)).toBe(true);
    return Promise.resolve(found);
  });

async function rollout(version: string): Promise<number> {
  const component = suite.component.component_appid;
  const { template_id } = await suite.control.post<{ template_id: number }>(`/components/${component}/templates`, {
    user_version: version,
  });
  const spec = {
    name: `notices ${version}`,
    targets: { list: apps },
    template_id,
    user_version: version,
    user_desc: 'notices',
    options: { per_minute: 1_000, quota_reserve: 0 },
  };
  const path = `/v1/components/${component}/rollouts`;
  const preview = await suite.api<{ hash: string }>('release', 'POST', `${path}/preview`, spec);
  const started = await suite.api<{ rollout_id: number }>('release', 'POST', path, { ...spec, preview_hash: preview.body.hash });
  expect(started.status).toBe(201);
  return started.body.rollout_id;
}

it('tells subscribers, signed, what became of releases and how their rollout goes', async () => {
  const [first, second] = apps as [string, string];
  const component = suite.component.component_appid;
  // No submission is left: the rollout waits, then goes on when there is some.
  await suite.control.post('/quotas', { component_appid: component, submit_limit: 0 });
  const rollout_id = await rollout('1.0.0');
  await told('wxplane.rollout_waiting', { rollout_id, state: 'waiting' });
  await suite.control.post('/quotas', { component_appid: component, submit_limit: 100 });
  await told('wxplane.rollout_running', { rollout_id });

  const inAudit = (app: string) =>
    eventually(`${app} to be in audit`, async () => {
      const answer = await suite.control.get<{ audits: { status: number }[] }>(`/audits?appid=${app}&limit=1`);
      return answer.audits[0]?.status === 2 ? true : undefined;
    });
  await inAudit(first);
  await suite.control.post(`/merchants/${first}/audit/approve`, {});
  await inAudit(second);
  await suite.control.post(`/merchants/${second}/audit/reject`, { reason: '1:类目不符<br>请修改' });

  await told('wxplane.release_approved', { rollout_id, authorizer_appid: first, state: 'approved' });
  await told('wxplane.release_released', { rollout_id, authorizer_appid: first, user_version: '1.0.0' });
  await told('wxplane.release_rejected', { rollout_id, authorizer_appid: second, reason_text: '1:类目不符\n请修改' });
  await told('wxplane.rollout_completed', { rollout_id, state: 'completed' });
  // Each once.
  const kinds = receiver.got.map(({ id }) => id);
  expect(new Set(kinds).size).toBe(kinds.length);
});
