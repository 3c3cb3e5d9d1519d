import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import { RELEASE_STEPS, type ReleaseState } from './release.domain.js';

const SLOTS = ['none', 'auditing', 'delayed', 'rejected', 'withdrawn', 'approved'] as const;
type Slot = (typeof SLOTS)[number];

/** mini-program-release.md §5.1, for a mini program that was never online: errcodes that WeChat may answer. */
const TABLE: Readonly<Record<string, Readonly<Record<Slot, readonly number[]>>>> = {
  commit: { none: [0], auditing: [0], delayed: [0], rejected: [0], withdrawn: [0], approved: [0] },
  submit: { none: [0], auditing: [85009], delayed: [85009], rejected: [0], withdrawn: [0], approved: [0, 85086] },
  withdraw: { none: [87012], auditing: [0], delayed: [0], rejected: [87012], withdrawn: [87012], approved: [87012] },
  'speed-up': { none: [85012, 89402], auditing: [0], delayed: [0], rejected: [89402], withdrawn: [89402], approved: [89402] },
  publish: { none: [85019], auditing: [85020], delayed: [85020], rejected: [85020], withdrawn: [85020], approved: [0] },
  gray: {
    none: [85079, 85080],
    auditing: [85079, 85080],
    delayed: [85079, 85080],
    rejected: [85079, 85080],
    withdrawn: [85079, 85080],
    approved: [85079],
  },
};

const STATE: Readonly<Record<Slot, ReleaseState>> = {
  none: 'ready',
  auditing: 'auditing',
  delayed: 'auditing',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  approved: 'approved',
};
const LATEST: Readonly<Record<Slot, number | undefined>> = {
  none: undefined,
  auditing: 2,
  delayed: 4,
  rejected: 1,
  withdrawn: 3,
  approved: 0,
};
const PATHS: Readonly<Record<string, string>> = {
  submit: '/wxa/submit_audit',
  withdraw: '/wxa/undocodeaudit',
  'speed-up': '/wxa/speedupaudit',
  publish: '/wxa/release',
  gray: '/wxa/grayrelease',
};

describe('operation × audit slot', () => {
  let world: ReleaseWorld;
  let template: number;
  let apps: string[];
  let next = 0;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    await world.sandbox.control('/quotas', { component_appid: COMPONENT, speedup_limit: 1_000 });
    template = await world.template({ user_version: '1.0.0' });
    apps = await world.authorize(SLOTS.length * 12);
  });
  afterAll(() => world?.stop());

  /** A release whose mini program has this audit slot. */
  async function at(slot: Slot) {
    const app = apps[next++] as string;
    if (slot === 'none') return { app, release: await world.ready(app, template) };
    const { release_id } = await world.auditing(app, template);
    const result = { auditing: undefined, delayed: 'delay', rejected: 'reject', withdrawn: 'withdraw', approved: 'approve' }[
      slot
    ];
    if (slot === 'withdrawn') await world.ok(`/v1/releases/${release_id}/withdraw`, {});
    else if (result) await world.sandbox.control(`/merchants/${app}/audit/${result}`, {});
    const release = await world.until(
      release_id,
      (now) => now.state === STATE[slot] && (slot !== 'delayed' || now.audit.is_delayed),
    );
    return { app, release };
  }

  async function wechat(app: string, operation: string, auditid: string | null): Promise<number> {
    const answer = await fetch(`${world.around.url}/v1/components/${COMPONENT}/authorizers/${app}/token`);
    const { access_token } = (await answer.json()) as { access_token: string };
    const call = (path: string, body?: unknown) => world.sandbox.wechat(`${path}?access_token=${access_token}`, body);
    const commit = { template_id: template, ext_json: '{}', user_version: '2', user_desc: '' };
    const calls: Record<string, () => Promise<Record<string, unknown>>> = {
      commit: () => call('/wxa/commit', commit),
      submit: () => call('/wxa/submit_audit', {}),
      withdraw: () => call('/wxa/undocodeaudit'),
      'speed-up': () => call('/wxa/speedupaudit', { auditid: Number(auditid ?? 1) }),
      publish: () => call('/wxa/release', {}),
      gray: () => call('/wxa/grayrelease', { gray_percentage: 10 }),
      latest: () => call('/wxa/get_latest_auditstatus'),
    };
    const { errcode = 0, status } = await (calls[operation] as () => Promise<Record<string, unknown>>)();
    return operation === 'latest' && errcode === 0 ? Number(status) : Number(errcode);
  }

  describe.each(SLOTS)('%s', (slot) => {
    it.each(Object.keys(TABLE))('%s: WeChat answers as documented', async (operation) => {
      const { app, release } = await at(slot);
      expect(await wechat(app, 'latest', null)).toBe(LATEST[slot] ?? 85058);
      expect(TABLE[operation]?.[slot]).toContain(await wechat(app, operation, release.audit.auditid));
    });

    it.each(Object.keys(PATHS))('%s: ours is sent only where it may work', async (step) => {
      const { app, release } = await at(slot);
      const before = await world.sandbox.calls(PATHS[step] as string, app);
      const body = step === 'gray' ? { percentage: 10 } : {};
      const answer = await world.call<Record<string, unknown>>(`/v1/releases/${release.release_id}/${step}`, body);
      const allowed = (RELEASE_STEPS[step as keyof typeof RELEASE_STEPS] as readonly string[]).includes(STATE[slot]);
      const sent = (await world.sandbox.calls(PATHS[step] as string, app)) - before;
      if (!allowed) {
        expect([answer.status, sent]).toEqual([409, 0]);
        expect(answer.body).toMatchObject({ state: STATE[slot], next_steps: expect.any(Array) });
      } else if (TABLE[step]?.[slot].includes(0)) expect([answer.status, sent]).toEqual([200, 1]);
      // Never online: gray is refused by WeChat, and said so with what to do instead.
      else expect(answer.body).toMatchObject({ wechat: { errcode: 85079 }, remedy: { en: expect.any(String) } });
    });
  });
});
