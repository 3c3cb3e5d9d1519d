import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientEntity } from '#persistence';
import { type WechatApi, WechatApiError } from '#wechat';
import { callerWith } from '../../../../libs/service/testing/caller.js';
import { client, componentAppid, Launches, logger } from '../../testing/launches.js';
import { CancellationService } from '../authorizers/cancellation.service.js';
import { ProfileService } from '../authorizers/profile.service.js';
import type { TokenService } from '../tokens/token.service.js';
import { newBrowserId } from './browser-cookie.js';
import { CodeRepository } from './code.repository.js';
import { GrantService } from './grant.service.js';
import type { Arrival, NoArrival } from './launch.service.js';
import type { CreateLinkRequest } from './links.dto.js';

const newAppid = () => `wx${randomBytes(8).toString('hex')}`;

let launches: Launches;
let grants: GrantService;
let cancellations: CancellationService;
/** Codes that WeChat would exchange, each once. */
const codes = new Map<string, string>();
let exchanges = 0;
/** WeChat refuses no code before. */
let refusing = Promise.resolve();

beforeAll(async () => {
  const wechat = {
    component: {
      apiQueryAuth: async (_: string, { authorization_code: code }: { authorization_code: string }) => {
        exchanges += 1;
        const authorizer_appid = codes.get(code);
        codes.delete(code);
        if (!authorizer_appid) {
          await refusing;
          throw new WechatApiError({
            kind: 'errcode',
            api: 'api_query_auth',
            errcode: 61009,
            errmsg: 'no',
            maybeExecuted: false,
          });
        }
        return { authorization_info: { authorizer_appid, authorizer_refresh_token: `refreshtoken@@@${code}`, func_info: [] } };
      },
      apiGetAuthorizerInfo: async () => ({ authorizer_info: { nick_name: '店' } }),
    },
  } as unknown as WechatApi;
  const tokens = {
    get: async () => ({ token: 't' }),
    capAtFormerLife: async () => {},
    replace: async () => async () => {},
    announce: async () => {},
  } as unknown as TokenService;
  launches = await Launches.start(({ database, visits, authorizers }) => {
    const profiles = new ProfileService(authorizers, tokens, wechat);
    const seen = new CodeRepository(database.dataSource);
    return new GrantService(seen, visits, authorizers, profiles, tokens, wechat, logger, { now: () => Date.now() });
  });
  grants = launches.grants;
  cancellations = new CancellationService(launches.authorizers, tokens, wechat, logger);
});
afterAll(() => launches?.stop());

const admin = callerWith('admin', ['admin']);
const makeLink = (request: CreateLinkRequest = {}) => launches.link({ return_url: 'https://shop.example/back', ...request });
const usesOf = async (link: string) => (await launches.links.get(componentAppid, link, admin)).uses;
const codeOf = (appid: string = newAppid()): string => {
  const code = `queryauthcode@@@${randomBytes(8).toString('hex')}`;
  codes.set(code, appid);
  return code;
};
/** How many statements of this file's database wait for a lock. `innodb_trx` goes on telling the same for as long as somebody asks often. */
const lockWaits = async (): Promise<number> => {
  const [row] = await launches.database.dataSource.query(
    `SELECT COUNT(*) AS waiting FROM information_schema.processlist
      WHERE db = DATABASE() AND id <> CONNECTION_ID() AND command IN ('Query', 'Execute') AND time_ms > 500`,
  );
  return Number(row.waiting);
};
const signed = (arrival: Arrival | NoArrival): URLSearchParams | undefined =>
  typeof arrival === 'object' && arrival.returnTo ? new URL(arrival.returnTo).searchParams : undefined;

describe('a used authorization code', () => {
  it('gives no signed return on another client’s link', async () => {
    const code = codeOf();
    expect(signed(await launches.arrive(await launches.visit(await makeLink()), code))).toBeDefined();
    const other = await makeLink();
    expect(await launches.arrive(await launches.visit(other), code)).toBe('used-code');
    expect(await usesOf(other)).toBe(0);
  });

  it('that came by a push gives none on the link of anybody', async () => {
    const [appid, code] = [newAppid(), 'queryauthcode@@@pushed'];
    codes.set(code, appid);
    await grants.accept({ componentAppid, code, source: 'push', authorizerAppid: appid });
    expect(await launches.arrive(await launches.visit(await makeLink()), code)).toBe('used-code');
  });

  it('gives none after the merchant cancelled, nor after the link was revoked', async () => {
    const appid = newAppid();
    const link = await makeLink();
    const [visit, code] = [await launches.visit(link), codeOf(appid)];
    expect(signed(await launches.arrive(visit, code))).toBeDefined();
    await cancellations.accept(componentAppid, appid, new Date(Date.now() + 1_000));
    expect(await launches.arrive(visit, code)).toBe('ended');
    await launches.links.revoke(componentAppid, link, client);
    expect(await launches.arrive(visit, code)).toBe('revoked');
  });

  it('gives the very same return when the browser repeats it at once, and none later, whatever code is named', async () => {
    const [visit, code] = [await launches.visit(await makeLink()), codeOf()];
    const first = signed(await launches.arrive(visit, code))!;
    expect(signed(await launches.arrive(visit, code))?.toString()).toBe(first.toString());
    await launches.database.dataSource.query(
      'UPDATE f_wechat_preauthcode SET returned_at = returned_at - INTERVAL 10 MINUTE WHERE visit_id = ?',
      [visit],
    );
    for (const named of [code, 'anything']) expect(await launches.arrive(visit, named)).toBe('returned');
  });

  it('of a visit that the former release completed long ago gives none', async () => {
    const [visit, code] = [await launches.visit(await makeLink()), codeOf()];
    await launches.arrive(visit, code);
    await launches.database.dataSource.query(
      'UPDATE f_wechat_preauthcode SET returned_at = NULL, used_at = used_at - INTERVAL 1 HOUR WHERE visit_id = ?',
      [visit],
    );
    expect(await launches.arrive(visit, code)).toBe('returned');
  });
});

describe('a visit', () => {
  it('is its browser’s: another one gets no signed return, before and after its own got it', async () => {
    const link = await makeLink();
    const [visit, code] = [await launches.visit(link), codeOf()];
    for (const stranger of [newBrowserId(), '']) expect(await launches.arrive(visit, code, stranger)).toBe('other-browser');
    expect(signed(await launches.arrive(visit, code))).toBeDefined();
    expect(await launches.arrive(visit, code, newBrowserId())).toBe('other-browser');
    expect(await usesOf(link)).toBe(1);
  });

  it('without a return is shown as authorized to whoever comes', async () => {
    const visit = await launches.visit(await launches.link());
    expect(await launches.arrive(visit, codeOf(), newBrowserId())).toMatchObject({ returnTo: undefined });
  });

  it('that a release before this rule began is anybody’s', async () => {
    const visit = await launches.visit(await makeLink());
    await launches.database.dataSource.query('UPDATE f_wechat_preauthcode SET browser_hash = NULL WHERE visit_id = ?', [visit]);
    expect(signed(await launches.arrive(visit, codeOf(), newBrowserId()))).toBeDefined();
  });
});

describe('a link that ends while the merchant is at WeChat authorizes nobody', () => {
  it.each([
    ['revoked', 'revoked_at = UTC_TIMESTAMP(3)'],
    ['expired', 'expires_at = UTC_TIMESTAMP(3)'],
    ['used', 'uses = max_uses'],
  ] as const)('%s', async (why, change) => {
    const link = await makeLink();
    const visit = await launches.visit(link);
    await launches.database.dataSource.query(`UPDATE f_wechat_authorizationlink SET ${change} WHERE link_id = ?`, [link]);
    exchanges = 0;
    expect(await launches.arrive(visit, codeOf())).toBe(why);
    expect(exchanges).toBe(0);
  });

  it('revoked while the code is exchanged', async () => {
    const link = await makeLink();
    const visit = await launches.visit(link);
    expect(await launches.visits.hold(visit)).toBe('held');
    await launches.links.revoke(componentAppid, link, client);
    await grants.accept({ componentAppid, code: codeOf(), source: 'callback', visitId: visit });
    expect(await usesOf(link)).toBe(0);
  });
});

describe('a link of a client that was revoked, or whose time is over', () => {
  /** A client with a row, and a link of it. */
  const leaving = async () => {
    const row = Object.assign(new ClientEntity(), { name: 'leaving', secretSha256: '', scopes: [], options: null });
    Object.assign(row, { clientId: randomBytes(8).toString('hex'), createdAt: new Date(), updatedAt: new Date() });
    await launches.database.dataSource.getRepository(ClientEntity).insert(row);
    const made = await launches.links.create(componentAppid, callerWith(row.clientId, ['authorizations:write']), {
      return_url: 'https://shop.example/back',
    });
    const end = (change: string) =>
      launches.database.dataSource.query(`UPDATE f_wechat_client SET ${change} WHERE client_id = ?`, [row.clientId]);
    return { link: made.link_id, end };
  };

  it.each(['revoked_at = UTC_TIMESTAMP(3)', 'expires_at = UTC_TIMESTAMP(3)'])('opens no more: %s', async (change) => {
    const { link, end } = await leaving();
    const visit = await launches.visit(link);
    expect((await launches.service.link(link)).state).toBe('open');
    await end(change);
    expect((await launches.service.link(link)).state).toBe('revoked');
    exchanges = 0;
    expect(await launches.arrive(visit, codeOf())).toBe('revoked');
    expect(exchanges).toBe(0);
  });

  it('signs nothing for a visit that was over before, and counts none that was under way', async () => {
    const { link, end } = await leaving();
    const [visit, code] = [await launches.visit(link), codeOf()];
    expect(signed(await launches.arrive(visit, code))).toBeDefined();
    const { link: second, end: endSecond } = await leaving();
    const underWay = await launches.visit(second);
    expect(await launches.visits.hold(underWay)).toBe('held');
    for (const each of [end, endSecond]) await each('revoked_at = UTC_TIMESTAMP(3)');
    expect(await launches.arrive(visit, code)).toBe('revoked');
    await grants.accept({ componentAppid, code: codeOf(), source: 'callback', visitId: underWay });
    expect(await usesOf(second)).toBe(0);
  });
});

describe('biz_appid', () => {
  it('is checked on the return: another account gives no return and is no use of the link', async () => {
    const wanted = newAppid();
    const link = await makeLink({ biz_appid: wanted });
    expect(await launches.arrive(await launches.visit(link), codeOf())).toBe('other-account');
    expect(await usesOf(link)).toBe(0);
    const back = signed(await launches.arrive(await launches.visit(link), codeOf(wanted)));
    expect(back?.get('authorizer_appid')).toBe(wanted);
  });
});

describe('returns of a single-use link at the same moment', () => {
  it('50 of them: one is exchanged, signed and counted', async () => {
    const link = await makeLink();
    const made = await Promise.all(Array.from({ length: 50 }, () => launches.visit(link)));
    exchanges = 0;
    const arrivals = await Promise.all(made.map((visit) => launches.arrive(visit, codeOf())));
    expect(arrivals.filter((arrival) => signed(arrival))).toHaveLength(1);
    expect(arrivals.filter((arrival) => arrival === 'used')).toHaveLength(49);
    expect(await usesOf(link)).toBe(1);
    expect(exchanges).toBe(1);
  });

  it('one whose code WeChat refuses leaves the use to the next', async () => {
    const link = await makeLink();
    const [bad, good] = [await launches.visit(link), await launches.visit(link)];
    const refusal = Promise.withResolvers<void>();
    refusing = refusal.promise;
    exchanges = 0;
    const refused = expect(launches.arrive(bad, 'queryauthcode@@@nonsense')).rejects.toThrow();
    await expect.poll(() => exchanges).toBe(1);
    expect(await launches.visits.hold(good)).toBe('busy');
    const arrival = launches.arrive(good, codeOf());
    refusal.resolve();
    await refused;
    expect(signed(await arrival)).toBeDefined();
  });

  it('one whose own grant is counted meanwhile, by the push or by the browser’s first try, is signed as well', async () => {
    const { dataSource } = launches.database;
    const appid = newAppid();
    await launches.arrive(await launches.visit(await makeLink()), codeOf(appid));
    const link = await makeLink();
    const visit = await launches.visit(link);
    const push = dataSource.createQueryRunner();
    await push.startTransaction();
    await push.query('SELECT 1 FROM f_wechat_preauthcode WHERE visit_id = ? FOR UPDATE', [visit]);
    const arrival = launches.arrive(visit, codeOf(appid));
    // InnoDB's own view of its locks is not renewed for a reader that comes back within 0.1 s.
    await expect.poll(lockWaits, { interval: 200 }).toBe(1);
    await launches.visits.complete(push.manager, visit, appid);
    await push.commitTransaction();
    await push.release();
    expect(signed(await arrival)?.get('authorizer_appid')).toBe(appid);
    expect(await usesOf(link)).toBe(1);
  });

  it('one whose process was killed in the middle gives its use back', async () => {
    const link = await makeLink();
    const [killed, next] = [await launches.visit(link), await launches.visit(link)];
    expect(await launches.visits.hold(killed)).toBe('held');
    expect(await launches.visits.hold(next)).toBe('busy');
    await launches.database.dataSource.query('UPDATE f_wechat_preauthcode SET held_until = UTC_TIMESTAMP(3) WHERE visit_id = ?', [
      killed,
    ]);
    expect(await launches.visits.hold(next)).toBe('held');
  });
});
