import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ClientStore } from '#service';
import { Issuer } from '../../../../libs/service/testing/issuer.js';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { RolloutPreview, RolloutView } from '../rollouts/rollout-views.dto.js';
import type { ApprovalView } from './approval.dto.js';

const OTHER_COMPONENT = 'wx00000000000000dd';
const HOUR_MS = 3_600_000;
const SEED = Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31));
const people = new Issuer('https://people.example');
let world: ReleaseWorld;
let template: number;
let app: string;

const within = (components: string[]) => ({ boundary: { components } });
const bindings = () => [
  { who: { groups: ['makers'] }, roles: ['releases:write', 'releases:read'] },
  { who: { groups: ['approvers'] }, roles: ['approver'] },
  { who: { subjects: ['for-an-hour'] }, roles: ['approver'], condition: { until: new Date(Date.now() + HOUR_MS).toISOString() } },
  { who: { groups: ['careful'] }, roles: ['approver'], condition: { mfa: true } },
  { who: { subjects: ['of-another'] }, roles: ['approver'], ...within([OTHER_COMPONENT]) },
  { who: { groups: ['readers'] }, roles: ['releases:read'] },
  { who: { subjects: ['reads-all'] }, roles: ['approver'], ...within([OTHER_COMPONENT]) },
  { who: { subjects: ['of-this'] }, roles: ['approver'], ...within([COMPONENT]) },
  { who: { subjects: ['of-one'] }, roles: ['approver'], boundary: { merchants: ['wx00000000000000ee'] } },
];

beforeAll(async () => {
  people.addKey('k1');
  await people.start();
  world = await ReleaseWorld.start(
    {
      WXPLANE_IDENTITY: JSON.stringify({
        issuers: [
          {
            name: 'people',
            issuer: people.issuer,
            kind: 'oidc',
            jwks_uri: people.jwksUri,
            audiences: ['wxplane'],
            algorithms: ['RS256'],
            person_id: 'staff',
          },
        ],
        roles: { approver: ['releases.read', 'releases.approve', 'rollouts.approve', 'changes.approve'] },
        bindings: bindings().map(({ who, ...rest }) => ({ who: { issuer: 'people', ...who }, ...rest })),
      }),
    },
    { two_person: 'required' },
  );
  await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
  template = await world.template({ user_version: '1.0.0' });
  [app] = (await world.authorize(1)) as [string];
});
afterAll(async () => {
  await world?.stop();
  await people.stop();
});
afterEach(() => vi.restoreAllMocks());

/** Each name is an account; `staff` tells whose. */
const token = (sub: string, groups: string[] = [], more: object = {}) =>
  people.token({ sub, groups, staff: `s-${sub}`, ...more });
const maker = () => token('alice', ['makers']);

const ask = async (key = maker()) => {
  const path = world.component(`/authorizers/${app}/base-library`);
  const asked = await world.call<ApprovalView>(path, { version: '3.0.0' }, { method: 'PUT', key });
  expect(asked.status, JSON.stringify(asked.body)).toBe(202);
  return asked.body.approval_id;
};
const decide = (id: string, key: string, decision = 'approve') =>
  world.call<ApprovalView>(`/v1/approvals/${id}`, { decision }, { key });
const made = () => world.sandbox.calls('/cgi-bin/wxopen/setweappsupportversion', app);

const SPEC = { user_version: '1.0.0', user_desc: 'x' };

/** A release that waits for its publication. */
async function waiting(key = maker()): Promise<number> {
  const [authorizer_appid] = await world.authorize(1);
  const body = { ...SPEC, template_id: template, authorizer_appid, policy: { submit: 'auto', publish: 'manual' } };
  const { release_id: id } = (await world.call(world.component('/releases'), body, { key })).body;
  await world.until(id, (release) => release.state === 'approved');
  return id;
}

/** A rollout that one person or key begins. */
async function rolledOut(key: string, list: readonly string[], more: object = {}): Promise<RolloutView> {
  const spec = { name: 'persons', template_id: template, ...SPEC, targets: { list }, take_over: true, ...more };
  const preview = await world.call<RolloutPreview>(world.component('/rollouts/preview'), spec, { key });
  const start = { ...spec, preview_hash: preview.body.hash };
  return (await world.call<RolloutView>(world.component('/rollouts'), start, { key })).body;
}
const publish = async (id: number) => (await world.call(`/v1/releases/${id}/publish`, {})).status;

describe('where persons are known', () => {
  it('a person agrees by token, at his first visit, and that counts', async () => {
    const before = await made();
    expect((await decide(await ask(), token('bob', ['approvers']))).body).toMatchObject({ state: 'done', problem: null });
    expect(await made()).toBeGreaterThan(before);
    const id = await waiting();
    expect(await publish(id)).toBe(409);
    expect((await decide(`r${id}`, token('bob', ['approvers']))).status).toBe(200);
    expect(await publish(id)).toBe(200);
  });

  it('two accounts of one person are one', async () => {
    const [id, before] = [await ask(), await made()];
    const other = token('alice-admin', ['approvers'], { staff: 's-alice' });
    expect((await decide(id, other)).status).toBe(403);
    expect((await decide(id, other, 'withdraw')).body.state).toBe('withdrawn');
    expect(await made()).toBe(before);
    const release = await waiting();
    for (const account of ['bob', 'bob-admin']) {
      const { status, body } = await decide(`r${release}`, token(account, ['approvers'], { staff: 's-bob' }));
      expect({ status, agreed: body.approvals.length }).toEqual({ status: 200, agreed: 1 });
    }
  });

  it('nor does another account of whoever started a rollout let it go on after failures', async () => {
    const rollout = await rolledOut(maker(), [app], { policy: { submit: 'auto', publish: 'auto' } });
    const retry = async (sub: string, staff: string) =>
      (await world.call(`/v1/rollouts/${rollout.rollout_id}/retry`, {}, { key: token(sub, ['makers'], { staff }) })).status;
    expect(await retry('alice', 's-alice')).toBe(403);
    expect(await retry('alice-admin', 's-alice')).toBe(403);
    expect(await retry('bob', 's-bob')).not.toBe(403);
  });

  it('a key is nobody: it agrees to nothing', async () => {
    const key = await world.client(['releases:write', 'releases:read']);
    const [id, before] = [await ask(), await made()];
    expect(await decide(id, key)).toMatchObject({ status: 403, body: { detail: expect.stringContaining('wxplane login') } });
    const release = await waiting();
    expect((await decide(`r${release}`, key)).status).toBe(403);
    expect((await world.call(`/v1/releases/${release}/approve`, {}, { key })).status).toBe(403);
    expect(await publish(release)).toBe(409);
    expect(await made()).toBe(before);
  });

  describe('what a key made takes two of them, since nothing says whose it is:', () => {
    const bob = () => token('bob', ['approvers']);
    const bobAdmin = () => token('bob-admin', ['approvers'], { staff: 's-bob' });
    const carol = () => token('carol', ['approvers']);

    it('a change', async () => {
      const [id, before] = [await ask(await world.client(['releases:write', 'releases:read'])), await made()];
      for (const one of [bob(), bob(), bobAdmin()]) {
        const { status, body } = await decide(id, one);
        expect({ status, state: body.state, agreed: body.approvals.length, needed: body.approvals_needed }).toEqual({
          ...{ status: 200, state: 'open', agreed: 1, needed: 2 },
        });
      }
      expect(await made()).toBe(before);
      expect((await decide(id, carol())).body).toMatchObject({ state: 'done', problem: null });
      expect(await made()).toBe(before + 1);
      const another = (await world.call<ApprovalView>(`/v1/approvals/${await ask()}`)).body;
      expect(another.approvals_needed).toBe(1);
    });

    it('a change, of which the first has lost his right when the second agrees', async () => {
      const [id, before] = [await ask(await world.client(['releases:write', 'releases:read'])), await made()];
      expect((await decide(id, token('dana', ['approvers']))).body.state).toBe('open');
      await world.call(world.component('/approvals'), undefined, { key: token('dana', ['readers'], { jti: '2' }) });
      expect((await decide(id, carol())).body.state).toBe('open');
      expect(await made()).toBe(before);
      expect((await decide(id, bob())).body.state).toBe('done');
    });

    it('a change, made once if both agree at the same moment', async () => {
      const [id, before] = [await ask(await world.client(['releases:write', 'releases:read'])), await made()];
      const agreed = await Promise.all([bob(), bobAdmin(), carol(), bob()].map((one) => decide(id, one)));
      expect(agreed.map(({ status }) => status).every((status) => status === 200 || status === 409)).toBe(true);
      if ((await world.ok<ApprovalView>(`/v1/approvals/${id}`)).state === 'open') await decide(id, carol());
      expect(await made()).toBe(before + 1);
    });

    it('and whoever decides in whatever order, it is made when it is the doing of two persons, and only then', async () => {
      const [own, another] = [await world.client(['releases:write']), await world.client(['releases:write'])];
      const staff = { alice: 'alice', 'alice-admin': 'alice', bob: 'bob', 'bob-admin': 'bob', carol: 'carol' } as const;
      const tokens = Object.entries(staff).map(
        ([sub, of]) => [of, token(sub, ['makers', 'approvers'], { staff: `s-${of}` })] as const,
      );
      const callers: (readonly [who: string, key: string])[] = [...tokens, ['own', own], ['another', another]];
      const step = fc.record({ by: fc.constantFrom(...callers), decision: fc.constantFrom('approve', 'approve', 'withdraw') });
      const makers = fc.constantFrom(callers[0]!, callers[5]!);
      await fc.assert(
        fc.asyncProperty(makers, fc.array(step, { minLength: 3, maxLength: 8 }), async ([maker, key], program) => {
          const [id, before] = [await ask(key), await made()];
          const needed = maker === 'own' ? 2 : 1;
          const agreed = new Set<string>();
          let state = 'open';
          for (const { by, decision } of program) {
            const [who, with_] = by;
            let status = 200;
            if (state !== 'open') status = 409;
            else if (decision === 'withdraw' && who === maker) state = 'withdrawn';
            else if (decision === 'withdraw') status = agreed.delete(who) ? 200 : 409;
            else if (who === maker || who === 'own' || who === 'another') status = 403;
            else if (agreed.add(who).size >= needed) state = 'done';
            const answer = await decide(id, with_, decision);
            expect([answer.status, answer.status === 200 ? answer.body.state : state]).toEqual([status, state]);
            expect(await made()).toBe(before + (state === 'done' ? 1 : 0));
          }
        }),
        { seed: SEED, numRuns: 25, endOnFailure: true, verbose: true },
      );
    }, 120_000);

    it('a release', async () => {
      const id = await waiting(await world.client(['releases:write', 'releases:read']));
      for (const one of [bob(), bobAdmin()]) {
        expect((await decide(`r${id}`, one)).status).toBe(200);
        expect(await publish(id)).toBe(409);
      }
      expect((await decide(`r${id}`, carol())).status).toBe(200);
      expect(await publish(id)).toBe(200);
    });

    it('a rollout, and once more after failures', async () => {
      const key = await world.client(['releases:write', 'releases:read']);
      await world.sandbox.control('/settings', { audit_reject_share: 1 }, 'PATCH');
      const list = await world.authorize(2);
      const policy = { submit: 'auto', publish: 'auto' };
      const { rollout_id: id } = await rolledOut(key, list, { policy, options: { per_minute: 100_000, canary_size: 1 } });
      const rollout = () => world.ok<RolloutView>(`/v1/rollouts/${id}`);
      const waits = () => expect.poll(async () => (await rollout()).reason?.['code'], { timeout: 60_000 });
      for (const one of [bob(), carol()])
        expect((await world.call(`/v1/rollouts/${id}/approve`, {}, { key: one })).status).toBe(200);
      await waits().toBe('canary-failed');
      await world.sandbox.control('/settings', { audit_reject_share: 0 }, 'PATCH');
      // By whoever has that key, perhaps.
      expect((await world.call(`/v1/rollouts/${id}/resume`, {}, { key: maker() })).status).toBe(200);
      const approval = await world.ok<ApprovalView>(`/v1/approvals/o${id}`);
      expect(approval).toMatchObject({ approvals: [], approvals_needed: 1 });
      expect((await decide(`o${id}`, token('alice-admin', ['approvers'], { staff: 's-alice' }))).status).toBe(403);
      const released = () => world.sandbox.calls('/wxa/release', list[1]);
      expect(await released()).toBe(0);
      expect((await decide(`o${id}`, bob())).status).toBe(200);
      await expect.poll(released, { timeout: 60_000 }).toBe(1);
    });
  });

  it('an approver is none any more who has lost his group by a later token, whatever an older one says', async () => {
    const id = await waiting();
    const former = token('dora', ['approvers'], { iat: Math.floor(Date.now() / 1_000) - 30 });
    expect((await decide(`r${id}`, former)).status).toBe(200);
    const reads = async (key: string) => (await world.call(world.component('/approvals'), undefined, { key })).status;
    expect(await reads(token('dora', ['readers']))).toBe(200);
    expect(await publish(id)).toBe(409);
    // Forgotten by the app, as at its start, so that the old one is looked at anew.
    world.service.app.get(ClientStore)['tokens'].clear();
    expect(await reads(former)).toBe(200);
    expect(await publish(id)).toBe(409);
    expect((await decide(`r${id}`, token('bob', ['approvers']))).status).toBe(200);
    expect(await publish(id)).toBe(200);
  });

  it('nor whose later token shows no second factor, where his binding wants one', async () => {
    const id = await waiting();
    expect((await decide(`r${id}`, token('eve', ['careful', 'readers']))).status).toBe(403);
    expect((await decide(`r${id}`, token('eve', ['careful'], { amr: ['mfa'] }))).status).toBe(200);
    await world.call(world.component('/approvals'), undefined, { key: token('eve', ['careful', 'readers'], { jti: '2' }) });
    // Of the same second: what came last counts.
    expect(await publish(id)).toBe(409);
  });

  it('nor whose binding has ended', async () => {
    const id = await waiting();
    expect((await decide(`r${id}`, token('for-an-hour'))).status).toBe(200);
    const now = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + 2 * HOUR_MS);
    expect(await publish(id)).toBe(409);
    vi.restoreAllMocks();
    expect(await publish(id)).toBe(200);
  });

  it('nor who is one for something else, who changes nothing', async () => {
    const [change, release, before] = [await ask(), await waiting(), await made()];
    const others: [sub: string, groups: string[], status: number][] = [
      ['of-another', [], 404],
      ['reads-all', ['readers'], 403],
      ['of-one', [], 404],
      ['of-one', ['readers'], 403],
    ];
    for (const [sub, groups, status] of others)
      for (const id of [change, `r${release}`])
        for (const decision of ['approve', 'refuse'])
          expect([sub, groups, id, decision, (await decide(id, token(sub, groups), decision)).status]).toEqual([
            ...[sub, groups, id, decision],
            status,
          ]);
    for (const id of [change, `r${release}`])
      expect(await world.ok<ApprovalView>(`/v1/approvals/${id}`)).toMatchObject({ state: 'open', approvals: [] });
    expect(await publish(release)).toBe(409);
    expect(await made()).toBe(before);
  });

  it('but who reads everywhere and agrees for this component does', async () => {
    expect((await decide(await ask(), token('of-this', ['readers']))).body).toMatchObject({ state: 'done', problem: null });
  });
});
