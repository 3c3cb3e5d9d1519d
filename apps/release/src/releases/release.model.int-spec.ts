import fc from 'fast-check';
import { IsNull, Not } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiniProgramEntity, ReleaseEntity } from '#persistence';
import { ReleaseWorld } from '../../testing/release-world.js';
import type { VersionsView } from '../settings/settings.dto.js';
import { Rollbacks } from '../versions/rollback.service.js';
import type { ReleaseView } from './api/release.dto.js';
import { designColumns, type ReleaseState } from './release.domain.js';

/** What can happen to a release, in any order. */
const OPERATIONS = [
  'submit',
  'withdraw',
  'publish',
  'approve',
  'approve-lost',
  'approve-twice',
  'reject',
  'reject-lost',
  'delay',
  'console-withdraw',
  'submit-unanswered',
  'publish-unanswered',
  'withdraw-unanswered',
  'crash-in-submit',
  'gray-unanswered',
  'revert-gray-unanswered',
  'rollback',
  'rollback-unanswered',
  'crash-in-rollback',
  'new-release',
] as const;
type Operation = (typeof OPERATIONS)[number];

interface Slots {
  readonly ticket: { readonly auditid: number; readonly status: number; readonly user_version: string } | null;
  readonly online: string | null;
}

/** Which of WeChat's ticket states each of our states may stand for. */
const TICKET: Partial<Record<ReleaseState, readonly number[]>> = {
  auditing: [2, 4],
  approved: [0],
  rejected: [1],
  withdrawn: [3],
};

describe('our state and that of WeChat', () => {
  let world: ReleaseWorld;
  let template: number;

  beforeAll(async () => {
    world = await ReleaseWorld.start({ WECHAT_TIMEOUT_MS: '600' });
    template = await world.template();
  });
  afterAll(() => world?.stop());

  const rows = () => world.database.dataSource.getRepository(ReleaseEntity);
  const miniPrograms = () => world.database.dataSource.getRepository(MiniProgramEntity);
  const rollBack = (app: string) => world.call(world.component(`/authorizers/${app}/rollback`), {});
  const online = async (app: string) => {
    const { body } = await world.call<VersionsView>(world.component(`/authorizers/${app}/versions`));
    const { version = null, at } = body.online ?? {};
    return { version, time: at ? Date.parse(at) / 1_000 : null };
  };

  async function slots(app: string): Promise<Slots> {
    const { access_token } = (await (
      await fetch(`${world.around.url}/v1/components/wx00000000000000c1/authorizers/${app}/token`)
    ).json()) as { access_token: string };
    const latest = await world.sandbox.wechat(`/wxa/get_latest_auditstatus?access_token=${access_token}`);
    const versions = await world.sandbox.wechat<{ release_info?: { release_version: string } }>(
      `/wxa/getversioninfo?access_token=${access_token}`,
      {},
    );
    return {
      ticket: latest['errcode'] === 0 ? (latest as never) : null,
      online: versions.release_info?.release_version ?? null,
    };
  }

  async function act(app: string, operation: Operation, current: ReleaseView): Promise<ReleaseView> {
    const id = current.release_id;
    const step = (name: string) => world.call(`/v1/releases/${id}/${name}`, {});
    const audit = (result: string, body: Record<string, unknown> = {}) =>
      world.sandbox.control(`/merchants/${app}/audit/${result}`, body).catch(() => undefined);
    const unanswered = async (path: string, name: string) => {
      await world.sandbox.control('/faults', { path, appid: app, action: 'cut', after: true, times: 1 });
      await step(name);
    };
    switch (operation) {
      case 'submit':
      case 'withdraw':
      case 'publish':
        await step(operation);
        break;
      case 'approve':
      case 'reject':
      case 'delay':
        await audit(operation);
        break;
      case 'approve-lost':
        await audit('approve', { push: 'drop' });
        break;
      case 'reject-lost':
        await audit('reject', { push: 'drop' });
        break;
      case 'approve-twice':
        await world.sandbox.control('/push-faults', { action: 'double', kind: 'weapp_audit_success', authorizer_appid: app });
        await audit('approve');
        break;
      case 'console-withdraw':
        await audit('withdraw');
        break;
      case 'submit-unanswered':
        await unanswered('/wxa/submit_audit', 'submit');
        break;
      case 'publish-unanswered':
        await unanswered('/wxa/release', 'publish');
        break;
      case 'withdraw-unanswered':
        await unanswered('/wxa/undocodeaudit', 'withdraw');
        break;
      case 'crash-in-submit':
        // The intent is recorded and the process is gone: nothing was sent.
        await rows().update({ releaseId: id, state: 'ready' }, { intent: 'submit', intentAt: new Date() });
        break;
      case 'gray-unanswered':
        await world.sandbox.control('/faults', { path: '/wxa/grayrelease', appid: app, action: 'cut', after: true, times: 1 });
        await world.call(`/v1/releases/${id}/gray`, { percentage: 20 });
        break;
      case 'revert-gray-unanswered':
        await world.sandbox.control('/faults', {
          path: '/wxa/revertgrayrelease',
          appid: app,
          action: 'cut',
          after: true,
          times: 1,
        });
        await world.call(`/v1/releases/${id}/revert-gray`, {});
        break;
      case 'rollback-unanswered':
        await world.sandbox.control('/faults', {
          path: '/wxa/revertcoderelease',
          appid: app,
          action: 'cut',
          after: true,
          times: 1,
        });
        await rollBack(app);
        break;
      case 'rollback':
        await rollBack(app);
        break;
      case 'crash-in-rollback': {
        // It was sent, and the process is gone: nobody knows.
        const before = await online(app);
        await rollBack(app);
        await rows().update(
          { authorizerAppid: app, state: 'reverted', userVersion: before.version ?? '' },
          { state: 'released' },
        );
        await miniPrograms().update({ authorizerAppid: app }, { rollbackAt: new Date(), rollbackFrom: JSON.stringify(before) });
        break;
      }
      case 'new-release':
        return world.create(app, template, { user_version: `${id}.${Math.floor(Math.random() * 1e6)}` });
    }
    return world.release(id);
  }

  /** As if enough time had passed: everything that waits is due, until nothing changes any more. */
  async function settle(app: string): Promise<void> {
    await world.sandbox.control('/faults', undefined, 'DELETE');
    await rows().update({ authorizerAppid: app }, { intentAt: new Date(Date.now() - 60_000) });
    await miniPrograms().update(
      { authorizerAppid: app, rollbackAt: Not(IsNull()) },
      { rollbackAt: new Date(Date.now() - 60_000) },
    );
    await world.service.app.get(Rollbacks).settleOpen(20);
    for (let round = 0, before = ''; round < 12; round += 1) {
      const open = await rows().findBy({ authorizerAppid: app });
      for (const row of open) {
        const waits = row.intent !== null || ['created', 'scanning', 'auditing', 'approved'].includes(row.state ?? '');
        if (!waits) continue;
        await rows().update({ releaseId: row.releaseId }, { nextCheckAt: new Date(0) });
        await world.engine.advance(row.releaseId);
      }
      const now = JSON.stringify((await rows().findBy({ authorizerAppid: app })).map((row) => [row.state, row.intent]));
      if (now === before && round > 1) return;
      before = now;
    }
  }

  it('agree after any history of steps, results, lost and doubled events, lost answers and crashes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...OPERATIONS), { minLength: 3, maxLength: 9 }), async (operations) => {
        const [app] = (await world.authorize(1)) as [string];
        let current = await world.ready(app, template);
        for (const operation of operations) {
          current = await act(app, operation, current);
          if (operation === 'new-release') await settle(app);
        }
        await settle(app);
        const wechat = await slots(app);
        const all = await rows().find({ where: { authorizerAppid: app }, order: { releaseId: 'ASC' } });
        const tickets = await world.sandbox.control<{ audits: { auditid: number }[] }>(`/audits?appid=${app}&limit=100`);
        for (const row of all) {
          const state = row.state as ReleaseState;
          // The design's columns follow from the state.
          expect(designColumns(state, row)).toMatchObject({ status: row.status, isRelease: row.isRelease });
          expect(row.intent).toBeNull();
          if (row.auditid !== null && wechat.ticket && String(wechat.ticket.auditid) === row.auditid && TICKET[state])
            expect(TICKET[state]).toContain(wechat.ticket.status);
          if (state === 'auditing') expect(String(wechat.ticket?.auditid)).toBe(row.auditid);
          if (state === 'released') expect(wechat.online).toBe(row.userVersion);
        }
        // What is online is ours, and only one release says so; none after a rollback to an earlier one.
        const online = all.filter((row) => row.state === 'released');
        const reverted = all.filter((row) => row.state === 'reverted');
        expect(online.length).toBeLessThanOrEqual(1);
        if (wechat.online === null) expect(online).toHaveLength(0);
        else if (reverted.length === 0) expect(online).toHaveLength(1);
        for (const row of reverted) expect(wechat.online).not.toBe(row.userVersion);
        expect(await miniPrograms().findBy({ authorizerAppid: app, rollbackAt: Not(IsNull()) })).toEqual([]);
        // Every ticket belongs to one of our releases, and none to two.
        const known = all.flatMap((row) => (row.auditid ? [row.auditid] : []));
        expect(new Set(known).size).toBe(known.length);
        if (wechat.ticket && (wechat.ticket.status === 2 || wechat.ticket.status === 4))
          expect(known).toContain(String(wechat.ticket.auditid));
        // One submission for each that WeChat was sent: nothing was submitted twice.
        const sent = operations.filter((operation) => operation === 'submit' || operation === 'submit-unanswered').length;
        expect(tickets.audits.length).toBeLessThanOrEqual(sent);
      }),
      { numRuns: Number(process.env['WXPLANE_MODEL_RUNS'] ?? 12), endOnFailure: true },
    );
  }, 240_000);
});
