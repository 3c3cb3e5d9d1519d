import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ClientStore } from '#service';
import { Issuer } from '../../../../libs/service/testing/issuer.js';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import type { RolloutPreview, RolloutView } from '../rollouts/rollout.dto.js';
import type { ApprovalView } from './approval.dto.js';

const OTHER_COMPONENT = 'wx00000000000000dd';
const HOUR_MS = 3_600_000;
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

/** A release that waits for its publication, made by the key that makes whatever names nobody. */
async function waiting(): Promise<number> {
  const [own] = (await world.authorize(1)) as [string];
  const { release_id: id } = await world.create(own, template, { policy: { submit: 'auto', publish: 'manual' } });
  await world.until(id, (release) => release.state === 'approved');
  return id;
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
    const spec = {
      name: 'persons',
      template_id: template,
      user_version: '1.0.0',
      user_desc: 'x',
      targets: { list: [app] },
      policy: { submit: 'auto', publish: 'auto' },
    };
    const key = maker();
    const preview = await world.call<RolloutPreview>(world.component('/rollouts/preview'), spec, { key });
    const start = { ...spec, preview_hash: preview.body.hash };
    const { body: rollout } = await world.call<RolloutView>(world.component('/rollouts'), start, { key });
    const retry = async (sub: string, staff: string) =>
      (await world.call(`/v1/rollouts/${rollout.rollout_id}/retry`, {}, { key: token(sub, ['makers'], { staff }) })).status;
    expect(await retry('alice', 's-alice')).toBe(403);
    expect(await retry('alice-admin', 's-alice')).toBe(403);
    expect(await retry('bob', 's-bob')).not.toBe(403);
  });

  it('a key is nobody: whoever has it agrees with a token', async () => {
    const key = await world.client(['releases:write', 'releases:read']);
    const [id, before] = [await ask(), await made()];
    expect(await decide(id, key)).toMatchObject({ status: 403, body: { detail: expect.stringContaining('wxplane login') } });
    const release = await waiting();
    expect((await decide(`r${release}`, key)).status).toBe(403);
    expect((await world.call(`/v1/releases/${release}/approve`, {}, { key })).status).toBe(403);
    expect(await publish(release)).toBe(409);
    expect(await made()).toBe(before);
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
