import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Suite, startSuite } from '../../../test/support/suite.js';
import { Merchants, type Order } from '../testing/onboarding-merchants.js';

let suite: Suite;
let merchants: Merchants;
let template: number;
/** May order, and do each step's own operation. */
let path: string;

beforeAll(async () => {
  suite = await startSuite({
    name: 'onboardings',
    env: { release: { RELEASE_SWEEP_MS: '200', RELEASE_SCAN_POLL_MS: '200' } },
    sandboxConfig: {
      settings: {
        ...{ privacy_scan_s: 0, fast_register_s: 0, write_ms: 0, audit_mode: 'auto', audit_after_s: 0 },
        ...{ filing_mode: 'auto', filing_after_s: 0 },
      },
    },
  });
  merchants = new Merchants(suite);
  path = merchants.path;
  template = await merchants.template();
});
afterAll(() => suite?.stop());

const order = (more: object = {}) => suite.api<Order>('release', 'POST', path, merchants.request(template, more));

describe('a merchant without an account', () => {
  it('goes from the licence to a version that is online; each person is asked once', async () => {
    const { status, body: made } = await order();
    expect([status, made.state, made.step]).toEqual([201, 'running', 'account']);
    await merchants.papers(made.onboarding_id);
    const done = await merchants.until(made.onboarding_id, ({ state }) => state === 'done' || state === 'failed');
    expect(done).toMatchObject({ state: 'done', step: 'release', task: null, problem: null });

    const merchant = await suite.control.get<{ slots: { online: { user_version: string } | null } }>(
      `/merchants/${done.authorizer_appid}`,
    );
    expect(merchant.slots.online).toMatchObject({ user_version: '1.0.0' });
    const filing = await suite.control.get<{ status: number; tasks: unknown[] }>(`/merchants/${done.authorizer_appid}/filing`);
    expect([filing.status, filing.tasks.length]).toEqual([6, 1]);
    const { body: history } = await suite.api<{ items: { what: string; step: string; detail: { code?: string } | null }[] }>(
      'release',
      'GET',
      `${path}/${made.onboarding_id}/history?limit=200`,
    );
    const tasks = history.items.filter(({ what }) => what === 'task').map(({ detail }) => detail?.code);
    expect(tasks).toEqual(expect.arrayContaining(['register', 'certification-awaiting-administrator', 'face-check']));
    expect(history.items.filter(({ what }) => what === 'begun').map(({ step }) => step)).toEqual(
      expect.arrayContaining(['account', 'identity', 'category', 'privacy', 'certification', 'face-check', 'filing', 'release']),
    );
    expect(JSON.stringify(history)).not.toContain('张三');
  }, 180_000);
});
