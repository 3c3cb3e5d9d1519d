import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { type Client, ComponentRegistry, type ComponentSettings, createLogger, DomainError, RateLimiter } from '#service';
import { type WechatApi, WechatUrls } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { BrokerConfig } from '../config/broker.config.js';
import type { TokenService } from '../tokens/token.service.js';
import type { GrantService } from './grant.service.js';
import { LaunchController } from './launch.controller.js';
import { LaunchService } from './launch.service.js';
import { LinksService } from './links.service.js';
import { VisitRepository } from './visit.repository.js';

const componentAppid = 'wx00000000000000c0';
const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const logger = await createLogger({ app: 'test', level: 'silent' });
const client: Client = {
  clientId: 'one',
  name: 'one',
  scopes: new Set(['authorizations:write'] as const),
  authorizers: undefined,
  rateLimitPerS: undefined,
  proxyPaths: undefined,
  returnHosts: undefined,
};

let database: TestDatabase;
let visits: VisitRepository;
let linkId: string;
let controller: LaunchController;
/** Codes that came as far as WeChat, which refuses them all. */
let tried: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const config = Object.assign(new BrokerConfig(), { PUBLIC_BASE_URL: 'https://wx.example' });
  const components = new ComponentRegistry([{ component_appid: componentAppid } as ComponentSettings]);
  visits = new VisitRepository(database.dataSource);
  linkId = (await new LinksService(database.dataSource, components, box, config).create(componentAppid, client, {})).link_id;
  const grants = {
    accept: async ({ code }: { code: string }) => {
      tried.push(code);
      throw new DomainError('wechat-refused', 'WeChat did not exchange the authorization code.');
    },
  } as unknown as GrantService;
  const launches = new LaunchService(
    visits,
    grants,
    new AuthorizerRepository(database.dataSource, box, logger),
    components,
    {} as TokenService,
    {} as WechatApi,
    new WechatUrls({}),
    box,
    config,
    { now: () => Date.now() },
  );
  controller = new LaunchController(launches, new RateLimiter(), logger);
});
afterAll(() => database?.drop());

async function newVisit(): Promise<string> {
  const visitId = VisitRepository.newId();
  await visits.create({ visitId, preAuthCode: randomBytes(8).toString('hex'), componentAppid, linkId, expiresInS: 600 });
  return visitId;
}

/** @returns the status of the page */
async function callback(visit: string, ip: string): Promise<number> {
  let answered = 0;
  const reply: unknown = new Proxy(
    {},
    {
      get: (_, name) => (value: number) => {
        if (name === 'status') answered = value;
        return reply;
      },
    },
  );
  const request = { ip, id: 'r', headers: {} } as unknown as FastifyRequest;
  await controller.callback({ visit, auth_code: `nonsense${tried.length}` }, request, reply as FastifyReply);
  return answered;
}

describe('the callback', () => {
  it('tries three codes per visit, from wherever they come', async () => {
    const visit = await newVisit();
    tried = [];
    const pages: number[] = [];
    for (let i = 0; i < 5; i += 1) pages.push(await callback(visit, `10.0.0.${i}`));
    expect(pages).toEqual([503, 503, 503, 404, 404]);
    expect(tried).toHaveLength(3);
  });

  it('is limited by address', async () => {
    tried = [];
    const pages: number[] = [];
    for (let i = 0; i < 30; i += 1) pages.push(await callback(await newVisit(), '10.0.1.1'));
    expect(pages[0]).toBe(503);
    expect(pages.at(-1)).toBe(429);
    expect(tried.length).toBeLessThan(30);
  });

  it('is limited by visit', async () => {
    const visit = await newVisit();
    const pages: number[] = [];
    for (let i = 0; i < 30; i += 1) pages.push(await callback(visit, `10.0.2.${i}`));
    expect(pages.at(-1)).toBe(429);
  });
});
