import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINDINGS, SecretBox } from '#persistence';
import { type Caller, ClientStore, ComponentRegistry } from '#service';
import { PROTECTED_PATHS } from '#wechat';
import { ReleaseWorld } from '../../testing/release-world.js';
import { COMPONENT } from '../../testing/stand-ins.js';
import { StepChecks } from '../releases/steps/step-checks.js';
import type { RolloutPreview, RolloutView } from '../rollouts/rollout-views.dto.js';
import { APPROVAL_STATES, type Approval, type ApprovalState, digestOf } from './approval.domain.js';
import type { ApprovalPage, ApprovalView } from './approval.dto.js';
import { Approvals } from './approvals.service.js';

/** Client ids of keys that belong to one person: what an issuer of persons says of them, without one. */
const ofMallory = new Set<string>();

function nameMallory(): void {
  const store = world.service.app.get(ClientStore) as unknown as {
    toKnown: (row: { clientId: string }) => { readonly client: Caller };
  };
  const toKnown = store.toKnown.bind(store);
  store.toKnown = (row) => {
    const known = toKnown(row);
    if (!ofMallory.has(row.clientId)) return known;
    return { ...known, client: { ...known.client, actor: { ...known.client.actor, personId: 'mallory' } } };
  };
}

const SEED = Number(process.env['TEST_SEED'] ?? randomInt(2 ** 31));
const idOf = (key: string) => key.split('_')[1]!;
let world: ReleaseWorld;
let template: number;

beforeAll(async () => {
  world = await ReleaseWorld.start({}, { two_person: 'required' });
  nameMallory();
  template = await world.template({ user_version: '1.0.0' });
  await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0, audit_reject_share: 0 }, 'PATCH');
});
afterAll(() => world?.stop());

const query = (sql: string, values: unknown[]) => world.database.dataSource.query(sql, values);
const seal = (approval: Approval) =>
  world.service.app.get(SecretBox).seal(JSON.stringify(approval), BINDINGS.approval(approval.id));

/** Calls by the protected paths of what needs two persons. A rollback’s path also tells the history, and is looked at by what is online. */
async function protectedCalls(): Promise<Record<string, number>> {
  const { effects } = world.service.app.get(ComponentRegistry).twoPersonPolicy(COMPONENT);
  const made: Record<string, number> = {};
  for (const [path, { id }] of PROTECTED_PATHS) {
    if (!effects.has(id) || path === '/wxa/revertcoderelease' || path === '/cgi-bin/component') continue;
    made[path] = await world.sandbox.calls(path);
  }
  return made;
}

describe('one person with any number of keys', () => {
  it('brings nothing about that needs two, whatever they call, in whatever order', async () => {
    const apps = await world.authorize(3);
    const keys = await Promise.all([1, 2, 3].map(() => world.client(['releases:read', 'releases:write'])));
    keys.push(await world.client(['admin']));
    for (const key of keys) ofMallory.add(idOf(key));
    const before = await protectedCalls();
    const releases: number[] = [];
    const rollouts: number[] = [];
    const approvals: string[] = [];
    const step = fc.record({
      what: fc.nat(CALLS.length - 1),
      app: fc.constantFrom(...apps),
      key: fc.constantFrom(...keys),
      pick: fc.nat(1_000),
      flag: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 30 }), async (program) => {
        for (const { what, app, key, pick, flag } of program) {
          const picked = <T>(list: readonly T[]) => list[pick % list.length];
          const [method, path, body] = CALLS[what]!({
            app: world.component(`/authorizers/${app}`),
            appid: app,
            component: world.component(''),
            release: `/v1/releases/${picked(releases) ?? 1}`,
            rollout: `/v1/rollouts/${picked(rollouts) ?? 1}`,
            approval: `/v1/approvals/${picked(approvals) ?? 'r1'}`,
            flag,
            pick,
          });
          if (path === 'rollout') {
            const preview = await world.call<RolloutPreview>(world.component('/rollouts/preview'), body, { key });
            const start = { ...(body as object), preview_hash: preview.body.hash };
            const begun = await world.call<RolloutView>(world.component('/rollouts'), start, { key });
            if (begun.status < 300) rollouts.push(begun.body.rollout_id);
            continue;
          }
          const answer = await world.call<{ release_id?: number; approval_id?: string }>(path, body, { method, key });
          expect(answer.status, `${method} ${path} ${JSON.stringify(answer.body)}`).not.toBe(500);
          if (answer.body.release_id && method === 'POST') releases.push(answer.body.release_id);
          const page = await world.call<ApprovalPage>(world.component('/approvals?limit=20'), undefined, { key });
          approvals.splice(0, approvals.length, ...page.body.items.map(({ approval_id }) => approval_id));
        }
        expect(await protectedCalls()).toEqual(before);
      }),
      { seed: SEED, numRuns: Number(process.env['TEST_PROGRAMS'] ?? 3), endOnFailure: true, verbose: true },
    );
    // What goes on by itself has had its turn.
    for (const id of releases) await world.hurry(id);
    await sleep(2_000);
    expect(await protectedCalls(), `seed ${SEED}`).toEqual(before);
    for (const app of apps)
      expect(await world.ok(world.component(`/authorizers/${app}/versions`))).toMatchObject({ online: null });
    // It was no idle run: code was sent and submitted, and changes were asked for.
    expect(await world.sandbox.calls('/wxa/commit')).toBeGreaterThan(0);
    expect(approvals.length).toBeGreaterThan(0);
  }, 300_000);
});

interface Place {
  readonly app: string;
  readonly appid: string;
  readonly component: string;
  readonly release: string;
  readonly rollout: string;
  readonly approval: string;
  readonly flag: boolean;
  readonly pick: number;
}
type Call = (place: Place) => readonly [method: string, path: string, body?: unknown];

const POLICIES = [
  undefined,
  { submit: 'auto', publish: 'auto' },
  { submit: 'auto', publish: 'auto', two_person: false, gray: [{ percentage: 10, pause_s: 0 }] },
];
const release = { template_id: 0, user_version: '1.0.0', user_desc: 'x' };
const CALLS: readonly Call[] = [
  ({ component, appid, pick }) => [
    'POST',
    `${component}/releases`,
    { ...release, template_id: template, authorizer_appid: appid, policy: POLICIES[pick % 3] },
  ],
  ({ component, appid }) => [
    'POST',
    `${component}/releases`,
    { ...release, template_id: template, authorizer_appid: appid, policy: POLICIES[1], allow_older: true },
  ],
  ...['submit', 'publish', 'recommit', 'abandon', 'withdraw', 'approve', 'speed-up'].map(
    (name): Call =>
      ({ release }) => ['POST', `${release}/${name}`, {}],
  ),
  ({ release }) => ['POST', `${release}/publish`, { allow_older: true }],
  ({ release, flag }) => ['POST', `${release}/gray`, { percentage: flag ? 100 : 1 }],
  ({ appid, pick }) => [
    'POST',
    'rollout',
    {
      name: `n${pick}`,
      ...release,
      template_id: template,
      targets: { list: [appid] },
      take_over: true,
      policy: POLICIES[pick % 3],
      options: { per_minute: 100_000 },
    },
  ],
  ...['approve', 'resume', 'retry', 'pause', 'abort'].map(
    (name): Call =>
      ({ rollout }) => ['POST', `${rollout}/${name}`, name === 'retry' ? { skipped: true } : undefined],
  ),
  ...['approve', 'approve', 'approve', 'withdraw', 'refuse'].map(
    (decision): Call =>
      ({ approval }) => ['POST', approval, { decision }],
  ),
  ({ component, pick }) => ['PUT', `${component}/ext-settings`, { variables: { pick } }],
  ({ app, pick }) => ['PUT', `${app}/ext-settings`, { variables: { pick } }],
  ({ app }) => ['POST', `${app}/rollback`, {}],
  ({ app }) => ['POST', `${app}/visit-status`, { action: 'open' }],
  ({ app }) => ['PUT', `${app}/search-status`, { searchable: true }],
  ({ app }) => ['POST', `${app}/domains`, { action: 'set', requestdomain: ['https://a.example.com'] }],
  ({ app }) => ['POST', `${app}/webview-domains`, { action: 'set', webviewdomain: ['https://a.example.com'] }],
  ({ app }) => ['PUT', `${app}/prefetch-domains`, { domains: ['a.example.com'] }],
  ({ app }) => ['PUT', `${app}/nickname`, { nick_name: 'another' }],
  ({ app }) => ['PUT', `${app}/signature`, { signature: '每天现泡的手工茶' }],
  ({ app }) => ['PUT', `${app}/avatar`, { media_id: 'm', x1: 0, y1: 0, x2: 1, y2: 1 }],
  ({ app }) => ['PUT', `${app}/base-library`, { version: '3.0.0' }],
  ({ app }) => ['POST', `${app}/plugins`, { plugin_appid: 'wx00000000000000dd' }],
  ({ app }) => ['DELETE', `${app}/plugins/wx00000000000000dd`],
  ({ app }) => ['POST', `${app}/categories`, { categories: [{ first: 1, second: 2 }] }],
  ({ app }) => ['DELETE', `${app}/categories/1/2`],
  ({ app }) => ['POST', `${app}/privacy-interfaces`, { api_name: 'wx.getLocation', content: 'a reason for it' }],
  ({ app }) => ['POST', `${app}/qr-rules/publish`, { prefix: 'https://a.example.com/qr/' }],
  ({ component }) => ['POST', `${component}/templates`, { draft_id: 1 }],
  ({ component }) => ['DELETE', `${component}/templates/${template}`],
  ({ component }) => ['POST', `${component}/server-domains`, { action: 'add', domains: ['a.example.com'] }],
  ({ component }) => ['POST', `${component}/jump-domains`, { action: 'add', domains: ['a.example.com'] }],
];

type Who = 'maker' | 'other key of the maker' | 'somebody else' | 'somebody with other mini programs' | 'a reader';
type Verdict = 'approve' | 'refuse' | 'withdraw';

/** What the API promises of a change that waits, in a few lines. */
function expected(state: ApprovalState, who: Who, verdict: Verdict): { status: number; becomes: ApprovalState } {
  const no = (status: number) => ({ status, becomes: state });
  if (who === 'somebody with other mini programs') return no(404);
  const isMaker = who === 'maker' || who === 'other key of the maker';
  if (verdict !== 'withdraw' && who === 'a reader') return no(403);
  if (state !== 'open') return no(409);
  if (verdict === 'refuse') return { status: 200, becomes: 'refused' };
  if (verdict === 'withdraw') return isMaker ? { status: 200, becomes: 'withdrawn' } : no(409);
  return isMaker ? no(403) : { status: 200, becomes: 'done' };
}

describe('a change that waits', () => {
  it('becomes what the reference says, for every state, caller and decision; and is made only then', async () => {
    const [app, foreign] = (await world.authorize(2)) as [string, string];
    const write = ['releases:read', 'releases:write'] as const;
    const keys: Record<Who, string> = {
      maker: await world.client(write),
      'other key of the maker': await world.client(write),
      'somebody else': await world.client(write),
      'somebody with other mini programs': await world.client(write, [foreign]),
      'a reader': await world.client(['releases:read']),
    };
    for (const who of ['maker', 'other key of the maker'] as const) ofMallory.add(idOf(keys[who]));
    const maker = idOf(keys.maker);
    const asked = await world.call<ApprovalView>(
      world.component(`/authorizers/${app}/base-library`),
      { version: '3.0.0' },
      { method: 'PUT', key: keys.maker },
    );
    const [row] = await query('SELECT payload FROM f_wechat_approval WHERE approval_id = ?', [asked.body.approval_id]);
    const first: Approval = JSON.parse(
      world.service.app.get(SecretBox).open(row.payload, BINDINGS.approval(asked.body.approval_id)),
    );
    expect(first.makers).toEqual(['mallory', maker]);
    const wrong: string[] = [];
    let number = 0;
    for (const state of APPROVAL_STATES.filter((state) => state !== 'expired'))
      for (const who of Object.keys(keys) as Who[])
        for (const verdict of ['approve', 'refuse', 'withdraw'] as const) {
          number += 1;
          const id = `c${number.toString(16).padStart(32, '0')}`;
          const approval = { ...first, id, state, digest: digestOf({ id }) };
          await query(
            'INSERT INTO f_wechat_approval (approval_id, component_appid, authorizer_appid, effect, state, payload, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, NOW(3), NOW(3))',
            [id, COMPONENT, app, first.effect, state, seal(approval)],
          );
          const sent = () => world.sandbox.calls('/cgi-bin/wxopen/setweappsupportversion', app);
          const before = await sent();
          const { status, becomes } = expected(state, who, verdict);
          const answer = await world.call<ApprovalView>(`/v1/approvals/${id}`, { decision: verdict }, { key: keys[who] });
          const now = await world.ok<ApprovalView>(`/v1/approvals/${id}`);
          const made = (await sent()) - before;
          if (answer.status !== status || now.state !== becomes || made !== (state === 'open' && becomes === 'done' ? 1 : 0))
            wrong.push(`${state}, ${who}, ${verdict}: ${answer.status} ${now.state}, made ${made} times`);
        }
    expect(wrong).toEqual([]);
  }, 200_000);

  it('is made once, however many agree at the same moment', async () => {
    const [app] = (await world.authorize(1)) as [string];
    const asked = await world.call<ApprovalView>(
      world.component(`/authorizers/${app}/base-library`),
      { version: '3.0.0' },
      { method: 'PUT' },
    );
    const others = await Promise.all([1, 2, 3, 4, 5, 6].map(() => world.client(['releases:write'])));
    const answers = await Promise.all(
      others.map((key) => world.call(`/v1/approvals/${asked.body.approval_id}`, { decision: 'approve' }, { key })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
    expect(await world.sandbox.calls('/cgi-bin/wxopen/setweappsupportversion', app)).toBe(1);
  });
});

describe('between the check and the sending', () => {
  type Point = 'approval' | 'rights' | 'ticket' | 'online';
  const INTERFERENCES = ['revoked', 'withdrawn', 'changed'] as const;

  /** Calls `at` before each of the looks of a publication. */
  function watched(at: (point: Point) => Promise<void>): () => void {
    const app = world.service.app;
    const looks: [object, string, Point][] = [
      [app.get(Approvals, { strict: false }), 'find', 'approval'],
      [app.get(ClientStore), 'presentRights', 'rights'],
      [app.get(StepChecks, { strict: false }), 'ownTicket', 'ticket'],
      [app.get(StepChecks, { strict: false }), 'nothingNewerOnline', 'online'],
    ];
    const undo = looks.map(([of, name, point]) => {
      const methods = of as Record<string, (...args: unknown[]) => Promise<unknown>>;
      const before = methods[name]!;
      methods[name] = async (...args) => {
        await at(point);
        return before.apply(of, args);
      };
      return () => {
        methods[name] = before;
      };
    });
    return () => {
      for (const put of undo) put();
    };
  }

  it('nothing goes online whose approval ended before it was looked at last, wherever in between that was', async () => {
    await world.sandbox.control('/settings', { audit_mode: 'auto' }, 'PATCH');
    const policy = { submit: 'auto', publish: 'manual' };
    const waiting = async () => {
      const [app] = (await world.authorize(1)) as [string];
      const { release_id: id } = await world.create(app, template, { policy });
      await world.until(id, (release) => release.state === 'approved');
      const key = await world.client(['releases:write']);
      expect((await world.call(`/v1/releases/${id}/approve`, {}, { key })).status).toBe(200);
      return { app, id, key };
    };
    const publish = async (id: number, at: (point: Point, index: number) => Promise<void>) => {
      let index = 0;
      const undo = watched((point) => at(point, index++));
      try {
        return (await world.call(`/v1/releases/${id}/publish`, {})).status;
      } finally {
        undo();
      }
    };
    const looks: Point[] = [];
    const quiet = await waiting();
    expect(await publish(quiet.id, async (point) => void looks.push(point))).toBe(200);
    expect(looks.slice(-2)).toEqual(['approval', 'rights']);
    expect(looks).toEqual(expect.arrayContaining(['ticket', 'online']));
    const lastOf = (point: Point) => looks.lastIndexOf(point);
    const wrong: string[] = [];
    for (const interference of INTERFERENCES)
      for (const when of looks.keys()) {
        const { app, id, key } = await waiting();
        const meddle = async () => {
          if (interference === 'revoked')
            await query('UPDATE f_wechat_client SET revoked_at = NOW(3) WHERE client_id = ?', [idOf(key)]);
          else if (interference === 'changed')
            await query(`UPDATE f_wechat_submitaudit SET ext_json = '{"extAppid":"x"}' WHERE submitaudit_id = ?`, [id]);
          else await world.call(`/v1/approvals/r${id}`, { decision: 'withdraw' }, { key });
        };
        const status = await publish(id, async (_, index) => {
          if (index === when) await meddle();
        });
        const released = await world.sandbox.calls('/wxa/release', app);
        // The row is read before the approval, the approval before the rights: what comes later is after the check.
        const seen =
          interference === 'revoked' || (interference === 'withdrawn' ? when <= lastOf('approval') : when < lastOf('approval'));
        if (seen && (status !== 409 || released !== 0))
          wrong.push(`${interference} before look ${when} (${looks[when]}): ${status}, released ${released}`);
      }
    expect(wrong).toEqual([]);
  }, 300_000);
});
