import { randomBytes } from 'node:crypto';
import { SecretBox } from '#persistence';
import { type Component, ComponentRegistry, createLogger } from '#service';
import { type WechatApi, WechatUrls } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../libs/persistence/testing/database.js';
import { callerWith } from '../../../libs/service/testing/caller.js';
import { newBrowserId } from '../src/authorizations/browser-cookie.js';
import { ExclusiveSets } from '../src/authorizations/exclusive-sets.service.js';
import type { GrantService } from '../src/authorizations/grant.service.js';
import { LaunchService } from '../src/authorizations/launch.service.js';
import type { CreateLinkRequest } from '../src/authorizations/links.dto.js';
import { LinksService } from '../src/authorizations/links.service.js';
import { VisitRepository } from '../src/authorizations/visit.repository.js';
import { AuthorizerRepository } from '../src/authorizers/authorizer.repository.js';
import { BrokerConfig } from '../src/config/broker.config.js';
import type { TokenService } from '../src/tokens/token.service.js';

export const componentAppid = 'wx00000000000000c0';
export const logger = await createLogger({ app: 'test', level: 'silent' });
export const client = callerWith('one', ['authorizations:write']);

type GrantsOf = (parts: Pick<Launches, 'database' | 'visits' | 'authorizers'>) => GrantService;

/** Links, visits and their return on a database of their own, without HTTP; what exchanges the codes comes from the test. */
export class Launches {
  readonly visits: VisitRepository;
  readonly links: LinksService;
  readonly authorizers: AuthorizerRepository;
  readonly grants: GrantService;
  readonly service: LaunchService;
  /** The browser that opens and returns, unless a test says otherwise. */
  readonly browserId = newBrowserId();

  private constructor(
    readonly database: TestDatabase,
    grantsOf: GrantsOf,
  ) {
    const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
    const config = Object.assign(new BrokerConfig(), { PUBLIC_BASE_URL: 'https://wx.example' });
    const components = new ComponentRegistry([{ componentAppid } as Component]);
    const { dataSource } = database;
    this.visits = new VisitRepository(dataSource);
    this.authorizers = new AuthorizerRepository(dataSource, box, logger);
    const exclusive = new ExclusiveSets(dataSource, this.authorizers);
    this.links = new LinksService(dataSource, components, box, exclusive, config);
    this.grants = grantsOf(this);
    this.service = new LaunchService(
      this.visits,
      this.grants,
      this.authorizers,
      components,
      {} as TokenService,
      {} as WechatApi,
      new WechatUrls({}),
      box,
      exclusive,
      config,
      { now: () => Date.now() },
    );
  }

  static async start(grantsOf: GrantsOf): Promise<Launches> {
    return new Launches(await createTestDatabase(), grantsOf);
  }

  async stop(): Promise<void> {
    await this.database.drop();
  }

  /** @returns the link's id */
  async link(request: CreateLinkRequest = {}): Promise<string> {
    return (await this.links.create(componentAppid, client, request)).link_id;
  }

  /** @returns the id of a visit of the link, as its launch page would begin one */
  async visit(linkId: string): Promise<string> {
    const visitId = VisitRepository.newId();
    await this.visits.create({
      visitId,
      preAuthCode: randomBytes(8).toString('hex'),
      componentAppid,
      linkId,
      expiresInS: 600,
      browserId: this.browserId,
    });
    return visitId;
  }

  /** The browser comes back with a code. */
  arrive(visitId: string, code: string, browserId: string | undefined = this.browserId): ReturnType<LaunchService['arrive']> {
    return this.service.arrive(visitId, code, browserId);
  }
}
