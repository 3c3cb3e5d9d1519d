import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Suite, startSuite } from '../../../test/support/suite.js';
import { Merchants, type Order } from '../testing/onboarding-merchants.js';

/** More than a build server has time for: `WXPLANE_MERCHANTS=200`. */
const MERCHANTS = Number(process.env['WXPLANE_MERCHANTS'] ?? 40);
const KILLS = Number(process.env['WXPLANE_KILLS'] ?? 3);
const LIMIT_MS = 600_000 + MERCHANTS * 5_000;

let suite: Suite;
let merchants: Merchants;

beforeAll(async () => {
  suite = await startSuite({
    name: 'onboardings-many',
    env: { release: { RELEASE_SWEEP_MS: '300', RELEASE_SCAN_POLL_MS: '300', LOG_LEVEL: 'info' } },
    sandboxConfig: { settings: { privacy_scan_s: 0, fast_register_s: 0, write_ms: 0 } },
  });
  merchants = new Merchants(suite);
});
afterAll(() => suite?.stop());

interface Import {
  readonly new: number;
  readonly there: number;
  readonly wrong: number;
  readonly rows: { readonly onboarding_id: string; readonly problems: unknown[] }[];
}
interface Registered {
  readonly id: string;
  readonly subject: string;
  readonly stage: string;
  readonly appid: string | null;
}

/** What goes wrong once with every tenth merchant, and how it is mended. */
const TROUBLES = [
  'none',
  'declines',
  'limit',
  'face',
  'platform',
  'authority',
  'returned',
  'reviewer',
  'name',
  'category',
] as const;
type Trouble = (typeof TROUBLES)[number];

interface Merchant {
  readonly id: string;
  readonly code: string;
  readonly trouble: Trouble;
  /** It has gone wrong. */
  troubled: boolean;
  mended: boolean;
  paper: number;
}

/** It needs a certificate, and is reviewed. */
const CERTIFIED_CATEGORY = {
  ...{ first: 220, second: 632 },
  certificates: [{ name: '《食品经营许可证》', media: 'paper:licence' }],
};

const quiet = (call: Promise<unknown>) => call.catch(() => undefined);
const say = (path: string, body: object = {}) => quiet(suite.control.post(path, body));

it(`takes ${MERCHANTS} merchants through every refusal, over kills, with nothing done twice`, async () => {
  const template = await merchants.template();
  await suite.control.post('/quotas', { component_appid: suite.component.component_appid, submit_limit: 10_000 });
  const orders = Array.from({ length: MERCHANTS }, (_, index) => {
    const request = merchants.request(template);
    const trouble = TROUBLES[index % TROUBLES.length];
    const { identity } = request;
    if (trouble === 'name') return { ...request, identity: { ...identity, nick_name: `官方${identity.nick_name}` } };
    return trouble === 'category' ? { ...request, categories: [CERTIFIED_CATEGORY] } : request;
  });
  const preview = await suite.api<Import>('release', 'POST', `${merchants.path}/import/preview`, { orders });
  expect([preview.status, preview.body.new, preview.body.wrong]).toEqual([200, MERCHANTS, 0]);
  const made = await suite.api<Import>('release', 'POST', `${merchants.path}/import`, { orders });
  expect(made.status).toBe(200);
  const again = await suite.api<Import>('release', 'POST', `${merchants.path}/import`, { orders });
  expect([again.body.new, again.body.there]).toEqual([0, MERCHANTS]);

  const all: Merchant[] = made.body.rows.map(({ onboarding_id: id }, index) => ({
    id,
    code: orders[index]!.registration.code,
    trouble: TROUBLES[index % TROUBLES.length]!,
    troubled: false,
    mended: false,
    paper: 0,
  }));
  let kills = 0;
  let lastKill = Date.now();
  const deadline = Date.now() + LIMIT_MS;
  const seen = new Map<string, Order>();
  for (;;) {
    const left = all.filter(({ id }) => seen.get(id)?.state !== 'done');
    if (left.length === 0) break;
    if (Date.now() > deadline)
      throw new Error(
        `still ${left.length}: ${JSON.stringify(left.map(({ id, trouble }) => [trouble, seen.get(id)]).slice(0, 3))}`,
      );
    for (const merchant of left) {
      // An app that was killed is there again soon.
      const order = (await quiet(merchants.get(merchant.id))) as Order | undefined;
      if (order?.state === undefined) continue;
      seen.set(merchant.id, order);
      await live(merchant, order);
    }
    if (kills < KILLS && Date.now() - lastKill > 8_000) {
      kills += 1;
      lastKill = Date.now();
      const app = kills % 2 === 1 ? 'release' : 'broker';
      await suite.process(app).kill();
      await suite.start(app);
    }
    await sleep(200);
  }
  expect(kills).toBe(KILLS);
  await compare(all, seen);
}, 1_800_000);

/** People, reviewers and operators do their part. */
async function live(merchant: Merchant, order: Order): Promise<void> {
  const { id, trouble } = merchant;
  const { step, task, authorizer_appid: appid } = order;
  if (merchant.paper < 3) {
    const name = ['licence', 'logo', 'card'][merchant.paper]!;
    if ((await quiet(merchants.paper(id, name))) === 200) merchant.paper += 1;
    return;
  }
  if (order.state === 'failed') return mend(merchant, order);
  const first = !merchant.troubled;
  const plan = async (planned: Trouble, bad: () => Promise<unknown>, good: () => Promise<unknown>) => {
    if (trouble === planned && first) {
      merchant.troubled = true;
      await bad();
    } else await good();
  };
  if (task?.code === 'register') {
    const open = (await registered(merchant.code)).find(({ stage }) => stage === 'made');
    if (!open) return;
    if (trouble === 'limit' && first) {
      merchant.troubled = true;
      await say(`/registrations/${open.id}/limit`, { code: 1003 });
    } else
      await plan(
        'declines',
        () => say(`/registrations/${open.id}/act`, { act: 'refuse' }),
        () => say(`/registrations/${open.id}/act`, { act: 'finish' }),
      );
  } else if (step === 'identity' && trouble === 'name') {
    if (first) merchant.troubled = await decided(`/merchants/${appid}/nickname/reject`);
  } else if (step === 'category' && trouble === 'category') {
    if (first) merchant.troubled = await decided(`/merchants/${appid}/category/reject`);
    else await say(`/merchants/${appid}/category/approve`);
  } else if (step === 'certification' && task?.code === 'certification-awaiting-administrator')
    await merchants.certify(order, 'finish');
  else if (step === 'certification' && !task)
    await plan(
      'returned',
      async () => {
        merchant.troubled = await merchants.certify(order, 'return', '营业执照不清晰');
      },
      () => merchants.certify(order, 'pass'),
    );
  else if (task?.code === 'face-check') {
    const { tasks } = await suite.control.get<{ tasks: { id: string; finished: boolean }[] }>(`/merchants/${appid}/filing`);
    const open = tasks.filter(({ finished }) => !finished);
    const decide = (body: object) => Promise.all(open.map((one) => say(`/face-checks/${one.id}`, body)));
    if (open.length > 0)
      await plan(
        'face',
        () => decide({ passed: false, final: true }),
        () => decide({ passed: true }),
      );
  } else if (step === 'filing') {
    const { status } = await suite.control.get<{ status: number }>(`/merchants/${appid}/filing`);
    const decide = (verdict: string) => say(`/merchants/${appid}/filing/${verdict}`);
    if (status === 2)
      await plan(
        'platform',
        () => decide('platform-reject'),
        () => decide('platform-approve'),
      );
    if (status === 4)
      await plan(
        'authority',
        () => decide('authority-reject'),
        async () => {
          await decide('sms-done');
          await decide('authority-approve');
        },
      );
  } else if (step === 'release') {
    const { slots } = await suite.control.get<{ slots: { pending: boolean } | null }>(`/merchants/${appid}`);
    if (!slots?.pending) return;
    if (trouble === 'reviewer' && first) merchant.troubled = await decided(`/merchants/${appid}/audit/reject`);
    else await say(`/merchants/${appid}/audit/approve`);
  }
}

/** @returns whether there was something to decide */
const decided = async (path: string): Promise<boolean> => (await say(path)) !== undefined;

/** An operator mends what has failed. */
async function mend(merchant: Merchant, { problem, step }: Order): Promise<void> {
  const at = `${merchants.path}/${merchant.id}`;
  if (!merchant.troubled) throw new Error(`${merchant.trouble} at ${step}: ${JSON.stringify(problem)}`);
  merchant.mended = true;
  if (merchant.trouble === 'reviewer') {
    const release = { ...merchants.request(0).release, template_id: await templateOf(), user_version: '1.0.1' };
    await quiet(suite.api('release', 'PATCH', at, { release }));
  } else if (merchant.trouble === 'name') {
    const { identity } = merchants.request(0);
    await quiet(suite.api('release', 'PATCH', at, { identity }));
  } else await quiet(suite.api('release', 'POST', `${at}/retry`));
}

let second: number | undefined;
async function templateOf(): Promise<number> {
  second ??= await merchants.template();
  return second;
}

const registered = async (code: string): Promise<Registered[]> =>
  (await suite.control.get<{ registrations: Registered[] }>('/registrations?limit=10000')).registrations.filter(
    ({ subject }) => subject === code,
  );

/** With what WeChat has: each company has one mini program, filed, certified and online, and nothing was asked twice. */
async function compare(all: readonly Merchant[], seen: ReadonlyMap<string, Order>): Promise<void> {
  for (const { id, code, trouble, mended } of all) {
    const order = seen.get(id)!;
    const appid = order.authorizer_appid!;
    const made = (await registered(code)).filter((one) => one.appid !== null);
    expect(
      made.map((one) => one.appid),
      trouble,
    ).toEqual([appid]);
    const filing = await suite.control.get<{ status: number; tasks: unknown[] }>(`/merchants/${appid}/filing`);
    expect(filing.status, trouble).toBe(6);
    const merchant = await suite.control.get<{ slots: { online: { user_version: string } | null } }>(`/merchants/${appid}`);
    expect(merchant.slots.online?.user_version, trouble).toBe(trouble === 'reviewer' ? '1.0.1' : '1.0.0');
    expect(mended, trouble).toBe(trouble !== 'none');
  }
  const { body: summary } = await suite.api<{ done: number; failed: number }>('release', 'GET', `${merchants.path}/summary`);
  expect(summary).toMatchObject({ done: all.length, failed: 0, running: 0, waiting: 0, tasks: [] });
  const { counts } = await suite.control.get<{ counts: Record<string, number> }>('/calls/counts');
  const of = (path: string) => counts[path] ?? 0;
  const troubled = (trouble: Trouble) => all.filter((one) => one.trouble === trouble).length;
  // A version is submitted and published once; a filing is applied for once and after each rejection.
  expect(of('/wxa/submit_audit')).toBe(all.length + troubled('reviewer'));
  expect(of('/wxa/release')).toBe(all.length);
  expect(of('/wxa/icp/apply_icp_filing')).toBe(all.length + troubled('platform') + troubled('authority'));
  expect(of('/wxa/sec/wxaauth')).toBe(all.length);
  expect(of('/wxa/sec/reauth')).toBe(troubled('returned'));
}
