import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BINDINGS, EventEntity, SecretBox } from '#persistence';
import { eventually } from '../../../../test/support/eventually.js';
import { ReleaseWorld } from '../../testing/release-world.js';
import type { RolloutPreview, RolloutView } from '../rollouts/rollout-views.dto.js';

/** One for each way by which a secret comes in: each must be in the database as ciphertext only, and nowhere else. */
const CANARY = {
  platform: 'CANARY-platform-"1"-店',
  merchant: 'CANARY-merchant-2',
  release: 'CANARY-release-3',
  rollout: 'CANARY-rollout-4',
  login: 'CANARY-login-5',
} as const;

let world: ReleaseWorld;
let app: string;
let apps: string[];
let template: number;
const said: string[] = [];
const written: string[] = [];
const write = process.stdout.write.bind(process.stdout);

/** Each answer is remembered, whatever it is. */
async function call<T = Record<string, unknown>>(path: string, body?: unknown, method?: string): Promise<T> {
  const answer = await world.call<T>(path, body, {
    ...(method ? { method } : {}),
    headers: { 'idempotency-key': String(said.length) },
  });
  said.push(JSON.stringify(answer.body));
  return answer.body;
}

beforeAll(async () => {
  process.stdout.write = ((text: string | Uint8Array, ...rest: never[]) => {
    // A line of the log, which the terminal need not have as well.
    if (!String(text).startsWith('{"level"')) return write(text, ...rest);
    written.push(String(text));
    return true;
  }) as typeof process.stdout.write;
  world = await ReleaseWorld.start({ LOG_LEVEL: 'debug' });
  apps = await world.authorize(2);
  app = apps[0]!;
  template = await world.template();
});
afterAll(async () => {
  process.stdout.write = write;
  await world?.stop();
});

const reviewer = { version_desc: 'login: {{login}}' };
const platform = {
  variables: { key: CANARY.platform, login: CANARY.login, title: 'open' },
  secret_variables: ['key', 'login'],
  ext_json: { ext: { key: '{{key}}', own: '{{own}}', title: '{{title}}' } },
};

it('secret values go to WeChat, and to nobody else: no answer, log, metric, event, Redis or plain column has them', async () => {
  await call(world.component('/ext-settings'), platform, 'PUT');
  const own = { variables: { own: CANARY.merchant }, secret_variables: ['own'] };
  await call(world.component(`/authorizers/${app}/ext-settings`), own, 'PUT');
  await call(world.component(`/authorizers/${apps[1]}/ext-settings`), own, 'PUT');
  for (const path of ['/ext-settings', `/authorizers/${app}/ext-settings`]) await call(world.component(path));

  const body = { authorizer_appid: app, template_id: template, user_version: '1.0.0', user_desc: 'd', audit: reviewer };
  const more = {
    ext_json: { ext: { key: '{{key}}', mine: '{{mine}}' } },
    variables: { mine: CANARY.release },
    secret_variables: ['mine'],
  };
  // Refused here: the problem quotes the value.
  await call(world.component('/releases'), {
    ...body,
    ...more,
    ext_json: { extAppid: '{{mine}}', requiredPrivateInfos: ['{{key}}'] },
  });
  const { release_id: id } = await call<{ release_id: number }>(world.component('/releases'), { ...body, ...more });
  await world.until(id, (release) => release.state === 'ready');
  // WeChat's refusal repeats what it was sent, and so does a reviewer.
  const refusal = JSON.stringify({ errcode: 85023, errmsg: `no: ${CANARY.login} ${CANARY.platform}` });
  await world.sandbox.control('/faults', { path: '/wxa/submit_audit', appid: app, action: 'body', body: refusal, times: 1 });
  await call(`/v1/releases/${id}/submit`, { version_desc: 'again {{login}}' });
  await call(`/v1/releases/${id}`);
  await world.until(id, ({ pending_step }) => pending_step === null);
  await call(`/v1/releases/${id}/submit`, {});
  await world.sandbox.control(`/merchants/${app}/audit/reject`, { reason: `Cannot log in with ${CANARY.login}` });
  await world.until(id, (release) => release.state === 'rejected');
  for (const path of ['', '/history', '/checks']) await call(`/v1/releases/${id}${path}`);

  const spec = {
    name: 'all',
    targets: { list: [apps[1]] },
    template_id: template,
    user_version: '2.0.0',
    user_desc: 'd',
    ext_json: { ext: { key: '{{key}}', own: '{{own}}', rolled: '{{rolled}}', '{{rolled}}': 1 }, '{{rolled}}': 1 },
    variables: { rolled: CANARY.rollout },
    secret_variables: ['rolled'],
    audit: reviewer,
  };
  const { hash } = await call<RolloutPreview>(world.component('/rollouts/preview'), spec);
  const { rollout_id } = await call<RolloutView>(world.component('/rollouts'), { ...spec, preview_hash: hash });
  await eventually(
    'it is in audit',
    async () => (await world.ok<RolloutView>(`/v1/rollouts/${rollout_id}`)).counts.running === 1,
  );
  for (const path of ['', '/targets', '/report']) await call(`/v1/rollouts/${rollout_id}${path}`);
  for (const path of ['/releases', '/rollouts', '/mini-programs']) await call(world.component(path));

  const metrics = await (await fetch(`http://127.0.0.1:${world.service.managementPort}/metrics`)).text();
  const docs = await (await fetch(`http://127.0.0.1:${world.service.httpPort}/docs/openapi.json`)).text();
  const everything = {
    answers: said.join('\n'),
    log: written.join(''),
    metrics,
    docs,
    redis: await dumpOfRedis(),
    events: await ownEvents(),
    mysql: await dumpOfMysql(),
  };
  expect(everything.log).toContain('release.created');
  expect(everything.mysql).toContain('enc:v2:');
  // All of that was said, and comes without the values.
  for (const text of ['no: *** ***', 'Cannot log in with ***', 'ext_json.extAppid is '])
    expect.soft(everything.answers).toContain(text);
  expect(everything.events).toContain('Cannot log in with ***');
  for (const [where, text] of Object.entries(everything))
    for (const found of text.match(/.{0,80}CANARY.{0,40}/g) ?? []) expect.soft(found, where).toBe('');
}, 180_000);

it('*** that is sent back keeps the value, as WeChat is sent it', async () => {
  const shown = await world.ok<{ variables: Record<string, unknown>; secret_variables: string[] }>(
    world.component('/ext-settings'),
  );
  expect(shown).toMatchObject({ variables: { key: '***', login: '***', title: 'open' }, secret_variables: ['key', 'login'] });
  await world.ok(
    world.component('/ext-settings'),
    { ...platform, variables: { ...shown.variables, title: 'new' } },
    { method: 'PUT' },
  );
  const refused = await world.call<{ detail: string }>(
    world.component(`/authorizers/${app}/ext-settings`),
    { variables: shown.variables },
    { method: 'PUT' },
  );
  expect([refused.status, refused.body.detail]).toEqual([
    400,
    expect.stringContaining('no secret value is stored under this name'),
  ]);
  const { release_id } = await world.ready(apps[1]!, template, { user_version: '3.0.0' });
  expect((await world.release(release_id)).ext_json).toEqual({ ext: { key: '***', own: '***', title: 'new' } });
  const { ReleaseRepository } = await import('../releases/release.repository.js');
  const row = await world.service.app.get(ReleaseRepository).get(release_id);
  expect(JSON.parse(row.extJson)).toEqual({ ext: { key: CANARY.platform, own: CANARY.merchant, title: 'new' } });
});

async function dumpOfMysql(): Promise<string> {
  const { dataSource } = world.database;
  const tables: { t: string }[] = await dataSource.query(
    `SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'`,
  );
  const dumps = await Promise.all(tables.map(({ t }) => dataSource.query(`SELECT * FROM \`${t}\``)));
  return JSON.stringify(dumps);
}

/** What subscribers are told. */
async function ownEvents(): Promise<string> {
  const rows = await world.database.dataSource.getRepository(EventEntity).findBy({ family: 'wxplane' });
  const secrets = world.service.app.get(SecretBox);
  return rows.map((row) => secrets.open(row.payload, BINDINGS.event(row.componentAppid, row.dedupeKey))).join('\n');
}

async function dumpOfRedis(): Promise<string> {
  const redis = new Redis(world.env['REDIS_URL']!);
  try {
    const dumps: string[] = [];
    for (const key of await redis.keys('*')) dumps.push(key, String((await redis.dumpBuffer(key))?.toString('latin1')));
    return dumps.join('\n');
  } finally {
    redis.disconnect();
  }
}
