import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { InboxConsumer } from '#inbox';
import { BINDINGS, SecretBox } from '#persistence';
import { AccessLog, ComponentRegistry, createLogger } from '#service';
import { RELEASE_CHECK_PAIRS, type WechatApi } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { CodeRepository } from '../authorizations/code.repository.js';
import { GrantService } from '../authorizations/grant.service.js';
import { VisitRepository } from '../authorizations/visit.repository.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { ProfileService } from '../authorizers/profile.service.js';
import type { TokenService } from '../tokens/token.service.js';
import { ReleaseCheckService } from './release-check.service.js';

const componentAppid = 'wx00000000000000c0';
const tester = RELEASE_CHECK_PAIRS[0]!.miniProgram;
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const logger = await createLogger({ app: 'test', level: 'silent' });

let database: TestDatabase;
let authorizers: AuthorizerRepository;
let accessLog: AccessLog;
let service: ReleaseCheckService;
/** Whose code it is that comes. */
let owner: string;
let exchanged: string[];
let sent: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  authorizers = new AuthorizerRepository(database.dataSource, box, logger);
  accessLog = new AccessLog(database.dataSource, 'broker', logger);
  const wechat = {
    component: {
      apiQueryAuth: async (_: string, { authorization_code }: { authorization_code: string }) => {
        exchanged.push(authorization_code);
        const grant = { authorizer_appid: owner, authorizer_refresh_token: 'refreshtoken@@@code', func_info: [] };
        return { authorization_info: { ...grant, authorizer_access_token: 't' } };
      },
      apiGetAuthorizerInfo: async () => ({ authorizer_info: {}, authorization_info: { authorizer_appid: owner } }),
    },
    onBehalf: { sendCustomText: async (_: string, { content }: { content: string }) => void sent.push(content) },
  } as unknown as WechatApi;
  // Tokens have tests of their own.
  const tokens = { get: async () => ({ token: 't' }), capAtFormerLife: async () => {}, replace: async () => async () => {} };
  const asTokens = tokens as unknown as TokenService;
  const { dataSource } = database;
  const profiles = new ProfileService(authorizers, asTokens, wechat);
  const clock = { now: () => Date.now() };
  const [codes, visits] = [new CodeRepository(dataSource), new VisitRepository(dataSource)];
  const grants = new GrantService(codes, visits, authorizers, profiles, asTokens, wechat, logger, clock);
  const inbox = new InboxConsumer(dataSource, box, logger);
  service = new ReleaseCheckService(inbox, new ComponentRegistry([]), asTokens, wechat, grants, accessLog, logger);
});
afterAll(async () => {
  await accessLog?.stop();
  await database?.drop();
});
beforeEach(() => {
  owner = tester.appid;
  exchanged = [];
  sent = [];
});

/** A message of a user to the check's account, as ingestion has stored it. */
async function message(code: string): Promise<string> {
  const dedupeKey = randomBytes(32).toString('hex');
  const xml = `<xml><ToUserName>${tester.userName}</ToUserName><FromUserName>oUser</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>QUERY_AUTH_CODE:${code}</Content><MsgId>${Date.now()}</MsgId></xml>`;
  const { insertId } = await database.dataSource.query(
    `INSERT INTO f_wechat_event (component_appid, authorizer_appid, family, kind, dedupe_key, received_at, payload, state, route)
     VALUES (?, ?, 'authorizer', 'message.text', ?, UTC_TIMESTAMP(3), ?, 'queued', 'release-check')`,
    [componentAppid, tester.appid, dedupeKey, box.seal(xml, BINDINGS.event(componentAppid, dedupeKey))],
  );
  return String(insertId);
}

async function entries(eventId: string): Promise<unknown[]> {
  await accessLog.flush();
  return database.dataSource.query(
    'SELECT action, authorizer_appid, outcome FROM f_wechat_accesslog WHERE subject = ? ORDER BY accesslog_id',
    [eventId],
  );
}

it('answers with the code of its own account, stores nothing of that, and leaves an audit entry', async () => {
  const eventId = await message('queryauthcode@@@own');
  await service.reply(eventId);
  expect(sent).toEqual(['queryauthcode@@@own_from_api']);
  expect(await authorizers.credentials(componentAppid, tester.appid)).toBeUndefined();
  expect(await entries(eventId)).toEqual([{ action: 'release-check.answer', authorizer_appid: tester.appid, outcome: 'ok' }]);
});

it('keeps the grant of a merchant whose code somebody sent, answers nothing with it, and says so in the audit log', async () => {
  owner = 'wx00000000000000aa';
  const eventId = await message('queryauthcode@@@stolen');
  await service.reply(eventId);
  expect(sent).toEqual([]);
  expect(await authorizers.credentials(componentAppid, owner)).toMatchObject({
    state: 'active',
    refreshToken: 'refreshtoken@@@code',
  });
  expect(await entries(eventId)).toEqual([{ action: 'release-check.answer', authorizer_appid: owner, outcome: 'refused' }]);
});

it('asks WeChat about no code of more than 512 bytes', async () => {
  await service.reply(await message('c'.repeat(513)));
  await service.reply(await message('码'.repeat(171)));
  expect(exchanged).toEqual([]);
  await service.reply(await message('c'.repeat(512)));
  expect(exchanged).toHaveLength(1);
});
