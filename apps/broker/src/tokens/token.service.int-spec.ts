import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BINDINGS, SecretBox, TicketEntity } from '#persistence';
import { createLogger, createRedis, HealthRegistry, isReady, monotonicMs, Progress } from '#service';
import { WechatApiError } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../../libs/queues/testing/redis.js';
import { BrokerConfig } from '../config/broker.config.js';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { TicketRepository } from '../tickets/ticket.repository.js';
import { RefreshFailure } from './refresh-failure.js';
import { authorizerToken, FORMER_TOKEN_MS, type TokenSubject, tokenKey } from './token.domain.js';
import { TokenRepository } from './token.repository.js';
import { TokenService } from './token.service.js';
import { TokenRefresher } from './token-refresher.js';
import { TokenShare } from './token-share.js';
import type { TokenSource } from './token-source.js';
import { withToken } from './with-token.js';

const box = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const logger = await createLogger({ app: 'test', level: 'silent' });
const LIFE_MS = 7_200_000;

/** What one broker process has of tokens. */
class Replica {
  readonly redis: Redis;
  readonly bus: InvalidationBus;
  readonly share: TokenShare;
  readonly rows: TokenRepository;
  readonly tokens: TokenService;

  constructor(database: TestDatabase, source: TokenSource, settings: Partial<BrokerConfig> = {}) {
    const config = Object.assign(new BrokerConfig(), { REDIS_URL: redisServer.url, ...settings });
    this.redis = createRedis(redisServer.url, 'test', logger);
    this.share = new TokenShare(this.redis, box);
    this.rows = new TokenRepository(database.dataSource, box, logger);
    this.bus = new InvalidationBus(config, this.redis, logger, new HealthRegistry(), new Progress());
    const refresher = new TokenRefresher(config, this.rows, this.share, this.bus, logger, new Registry());
    refresher.register('authorizer', source);
    this.tokens = new TokenService(config, this.rows, this.share, refresher, this.bus, logger);
    this.tokens.onModuleInit();
    this.share.onModuleInit();
    this.bus.onModuleInit();
  }

  async trusted(): Promise<void> {
    await expect.poll(() => isReady(this.redis) && this.bus.trusted).toBe(true);
  }

  stop(): void {
    this.bus.onApplicationShutdown();
    this.redis.disconnect();
  }
}

let database: TestDatabase;
let redisServer: TestRedis;
let one: Replica;
let two: Replica;
let subject: TokenSubject;
let key: string;
let answer: TokenSource['renew'];
/** How often a new token was asked for. */
let asked: number;

beforeAll(async () => {
  [database, redisServer] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const source: TokenSource = {
    renew: (...args) => {
      asked += 1;
      return answer(...args);
    },
  };
  one = new Replica(database, source);
  two = new Replica(database, source);
});
afterAll(async () => {
  one?.stop();
  two?.stop();
  await Promise.all([database?.drop(), redisServer?.stop()]);
});

beforeEach(async () => {
  subject = authorizerToken('wx00000000000000c0', `wx${randomBytes(8).toString('hex')}`);
  key = tokenKey(subject);
  asked = 0;
  answer = async () => {
    throw new Error('nobody should ask WeChat here');
  };
  await Promise.all([one.trusted(), two.trusted()]);
});

/** A grant on replica one, up to its COMMIT; what it returns tells the others. */
const granted = (token: string, askedAt = monotonicMs()) =>
  database.dataSource.transaction((manager) => one.tokens.replace(manager, subject, { token, expiresInMs: LIFE_MS, askedAt }));
/** Somebody wrote, and nobody heard of it. */
const silently = (token: string) =>
  database.dataSource.transaction((manager) =>
    one.rows.replace(manager, subject, { token, expiresInMs: LIFE_MS, askedAt: monotonicMs() }),
  );

describe('a report of a refused token', () => {
  it('to a replica that missed the message ends its old copy', async () => {
    await silently('former');
    expect((await two.tokens.get(subject)).token).toBe('former');
    await silently('present');
    expect((await two.tokens.get(subject)).token).toBe('former');
    expect(await two.tokens.reportInvalid(subject, 'former')).toMatchObject({ live: { token: 'present' }, refreshed: false });
    expect((await two.tokens.get(subject)).token).toBe('present');
    // Nor does the shared copy bring it back.
    two.tokens.memory.clear();
    expect((await two.tokens.get(subject)).token).toBe('present');
  });
});

describe('an account that is not authorized, as WeChat says (61003)', () => {
  const NOT_AUTHORIZED = { kind: 'errcode', api: 'getticket', errcode: 61003, errmsg: 'no', maybeExecuted: false } as const;
  /** WeChat takes this token alone. @returns what was called with */
  const callsThat = (accepts: string, during = async () => {}) => {
    const used: string[] = [];
    const call = async (token: string) => {
      used.push(token);
      await during();
      if (token !== accepts) throw new WechatApiError(NOT_AUTHORIZED);
      return token;
    };
    return { used, call };
  };

  it('is asked once more with the token of a grant that came meanwhile; nothing is reported', async () => {
    await silently('former');
    await two.tokens.get(subject);
    const { used, call } = callsThat('present', async () => void (used.length === 1 && (await silently('present'))));
    expect(await withToken(two.tokens, subject, call)).toBe('present');
    expect(used).toEqual(['former', 'present']);
    expect(asked).toBe(0);
    // The copy that missed the message is gone, on the other replica too.
    await expect.poll(async () => (await one.tokens.get(subject)).token).toBe('present');
    expect((await two.tokens.get(subject)).token).toBe('present');
  });

  it('is not asked twice with the same token', async () => {
    await silently('only');
    const { used, call } = callsThat('none');
    await expect(withToken(two.tokens, subject, call)).rejects.toMatchObject({ errcode: 61003 });
    expect(used).toEqual(['only']);
    expect(asked).toBe(0);
  });

  it('is not asked again when the authorization ended meanwhile', async () => {
    await silently('former');
    await two.tokens.get(subject);
    const ended = () => database.dataSource.transaction((manager) => one.rows.replace(manager, subject, undefined));
    const { used, call } = callsThat('none', async () => void (await ended()));
    await expect(withToken(two.tokens, subject, call)).rejects.toMatchObject({ errcode: 61003 });
    expect(used).toEqual(['former']);
  });
});

describe('the token of a grant whose answer took its time', () => {
  it('is promised from when WeChat was asked, in the row and in the shared copy', async () => {
    const announce = await granted('slow', monotonicMs() - 60_000);
    expect((await two.tokens.get(subject)).remainingMs).toBeLessThanOrEqual(LIFE_MS - 60_000);
    await announce();
    two.tokens.memory.clear();
    expect((await two.tokens.get(subject)).remainingMs).toBeLessThanOrEqual(LIFE_MS - 60_000);
  });
});

describe('a process killed between the COMMIT of a grant and telling it', () => {
  it('leaves copies that end with the former token', async () => {
    await silently('former');
    await two.tokens.get(subject);
    await one.tokens.capAtFormerLife(subject);
    await granted('present');
    await expect.poll(async () => (await two.tokens.get(subject)).remainingMs).toBeLessThanOrEqual(FORMER_TOKEN_MS);
    two.tokens.memory.clear();
    const again = await two.tokens.get(subject);
    if (again.token === 'former') expect(again.remainingMs).toBeLessThanOrEqual(FORMER_TOKEN_MS);
  });

  it('is made up for by the second delivery', async () => {
    await silently('former');
    await two.tokens.get(subject);
    await granted('present');
    await one.tokens.announce(subject);
    await expect.poll(async () => (await two.tokens.get(subject)).token).toBe('present');
  });
});

describe('a message that could not be sent', () => {
  it('is sent when the connection is ready again', async () => {
    await silently('former');
    await two.tokens.get(subject);
    const announce = await granted('present');
    const lost = new Promise((resolve) => one.redis.once('close', resolve));
    one.redis.disconnect(true);
    await lost;
    expect(isReady(one.redis)).toBe(false);
    await announce();
    await expect.poll(async () => (await two.tokens.get(subject)).token).toBe('present');
  });
});

describe('a refresh that loses against a grant', () => {
  it('puts the token of the grant in doubt everywhere: WeChat may have replaced it', async () => {
    await silently('former');
    await two.tokens.get(subject);
    answer = async () => {
      await (await granted('of the grant'))();
      await expect.poll(async () => (await two.tokens.get(subject)).token).toBe('of the grant');
      return { token: 'too late', expiresInMs: LIFE_MS };
    };
    await one.tokens.reportInvalid(subject, 'former');
    await expect.poll(async () => (await two.tokens.get(subject)).remainingMs).toBeLessThanOrEqual(FORMER_TOKEN_MS);
    expect((await one.share.get(key)).live?.remainingMs ?? 0).toBeLessThanOrEqual(FORMER_TOKEN_MS);
  });
});

describe('a report whose refresh fails', () => {
  it('is no reason to keep the living token from readers', async () => {
    await silently('living');
    answer = async () => {
      throw new RefreshFailure('wechat-unreachable', 'WeChat does not answer.');
    };
    await expect(one.tokens.reportInvalid(subject, 'living')).rejects.toMatchObject({ code: 'wechat-unreachable' });
    one.tokens.memory.clear();
    expect((await one.tokens.get(subject)).token).toBe('living');
  });
});

describe('a forced refresh', () => {
  it('replaces a young token on all replicas', async () => {
    await silently('former');
    await Promise.all([one.tokens.get(subject), two.tokens.get(subject)]);
    answer = async () => ({ token: 'present', expiresInMs: LIFE_MS });
    expect((await one.tokens.renew(subject)).token).toBe('present');
    await expect.poll(async () => (await two.tokens.get(subject)).token).toBe('present');
    expect(asked).toBe(1);
  });

  it('of a token that there is not makes one', async () => {
    answer = async () => ({ token: 'first', expiresInMs: LIFE_MS });
    expect((await one.tokens.renew(subject)).token).toBe('first');
    expect(asked).toBe(1);
  });
});

describe('what cannot be read any more, because its key was removed', () => {
  const gone = new SecretBox([{ id: 'gone', key: randomBytes(32) }]);

  it('is a token that is got anew', async () => {
    await silently('former');
    await database.dataSource.query('UPDATE f_wechat_accesstoken SET access_token = ? WHERE authorizer_appid = ?', [
      gone.seal('former', BINDINGS.accessToken(subject.componentAppid, subject.authorizerAppid, subject.kind, 1)),
      subject.authorizerAppid,
    ]);
    answer = async () => ({ token: 'present', expiresInMs: LIFE_MS });
    expect((await one.tokens.get(subject)).token).toBe('present');
    expect((await two.tokens.get(subject)).token).toBe('present');
    expect(asked).toBe(1);
  });

  it('is no ticket; an older one that can be read is, until it is 12 hours old', async () => {
    const tickets = new TicketRepository(database.dataSource, box, logger);
    const componentAppid = `wx${randomBytes(8).toString('hex')}`;
    const push = (from: SecretBox, ticket: string, ageMinutes: number) => {
      const pushedAt = new Date(Date.now() - ageMinutes * 60_000);
      return database.dataSource.getRepository(TicketEntity).insert({
        componentAppid,
        ticket: from.seal(ticket, BINDINGS.ticket(componentAppid, pushedAt)),
        pushedAt,
        createTime: new Date(),
      });
    };
    await push(box, 'ticket@@@too-old', 12 * 60 + 10);
    expect(await tickets.newest(componentAppid)).toBeUndefined();
    await push(gone, 'ticket@@@new', 1);
    expect(await tickets.newest(componentAppid)).toBeUndefined();
    await push(box, 'ticket@@@old', 12 * 60 - 10);
    expect(await tickets.newest(componentAppid)).toBe('ticket@@@old');
  });
});

describe('the claim on a refresh', () => {
  const claimed = async () => {
    const [row] = await database.dataSource.query(
      'SELECT claim_owner IS NOT NULL AND claim_until > UTC_TIMESTAMP(3) AS held FROM f_wechat_accesstoken WHERE authorizer_appid = ?',
      [subject.authorizerAppid],
    );
    return Number(row.held) === 1;
  };
  const failure = { failure: { code: 'wechat-unreachable', detail: 'no' }, retryInMs: 60_000, certain: true };

  it('is given up when the refresh ends in a way that nobody has foreseen', async () => {
    answer = async () => {
      throw new TypeError('a mistake');
    };
    await expect(one.tokens.get(subject)).rejects.toThrow('a mistake');
    expect(await claimed()).toBe(false);
    answer = async () => ({ token: 'after all', expiresInMs: LIFE_MS });
    expect((await two.tokens.get(subject)).token).toBe('after all');
  });

  it('is not had while another one’s failure says to wait', async () => {
    const { generation } = await one.rows.findOrCreate(subject);
    expect(await one.rows.claim(subject, generation, 'one', 60_000)).toBe(true);
    await one.rows.fail(subject, 'one', failure);
    // As somebody who looked before that failure.
    expect(await two.rows.claim(subject, generation, 'two', 60_000)).toBe(false);
    await one.rows.forgetFailures(subject);
    expect(await two.rows.claim(subject, generation, 'two', 60_000)).toBe(true);
  });

  it('is prolonged, failed and given up by its owner only', async () => {
    const { generation } = await one.rows.findOrCreate(subject);
    await one.rows.claim(subject, generation, 'one', 60_000);
    await two.rows.extend(subject, 'two', 0);
    await two.rows.fail(subject, 'two', failure);
    await two.rows.release(subject, 'two');
    expect(await claimed()).toBe(true);
    expect(await one.rows.find(subject)).toMatchObject({ failures: 0, failure: undefined });
    await one.rows.extend(subject, 'one', 0);
    expect(await claimed()).toBe(false);
  });

  it('that ended while the process stood still is not used: whoever has taken over asks alone', async () => {
    const { generation } = await one.rows.findOrCreate(subject);
    const slow = new Replica(
      database,
      { renew: async () => expect.fail('asked beside the one that has taken over') },
      { TOKEN_CLAIM_MS: 300 },
    );
    try {
      slow.share.capAtFormerLife = async () => {
        await database.dataSource.query(
          `UPDATE f_wechat_accesstoken SET claim_owner = 'two', claim_until = UTC_TIMESTAMP(3) + INTERVAL 60 SECOND WHERE authorizer_appid = ?`,
          [subject.authorizerAppid],
        );
        // No timer of this process runs meanwhile.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
      };
      const read = slow.tokens.get(subject);
      await two.rows.commit(subject, generation, { token: 'of two', expiresInMs: LIFE_MS });
      expect((await read).token).toBe('of two');
    } finally {
      slow.stop();
    }
  });
});

describe('a read that began while messages may have been missed', () => {
  it('leaves nothing in memory after the channel is back', async () => {
    await silently('former');
    const [found, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const find = two.rows.find.bind(two.rows);
    two.rows.find = async (of) => {
      const row = await find(of);
      found.resolve();
      await goOn.promise;
      return row;
    };
    two.bus.trusted = false;
    const reading = two.tokens.get(subject);
    await found.promise;
    await silently('present');
    await two.trusted();
    two.rows.find = find;
    expect((await two.tokens.get(subject)).token).toBe('present');
    two.tokens.memory.clear();
    goOn.resolve();
    expect((await reading).token).toBe('former');
    expect(two.tokens.memory.get(key)).toBeUndefined();
  });
});

describe('an answer of WeChat', () => {
  it('is stored in the end, though the database stumbles; WeChat is asked once', async () => {
    const commit = one.rows.commit.bind(one.rows);
    let stumbles = 2;
    one.rows.commit = async (...args) => {
      stumbles -= 1;
      if (stumbles >= 0) throw Object.assign(new Error('gone away'), { code: 'PROTOCOL_CONNECTION_LOST' });
      return commit(...args);
    };
    answer = async () => ({ token: 'dear', expiresInMs: LIFE_MS });
    expect((await one.tokens.get(subject)).token).toBe('dear');
    expect((await two.tokens.get(subject)).token).toBe('dear');
    expect([asked, stumbles]).toEqual([1, -1]);
    one.rows.commit = commit;
  });

  it('that never comes is not waited for without end by those who did not ask', async () => {
    const impatient = new Replica(database, { renew: (...args) => answer(...args) }, { TOKEN_WAIT_MS: 300 });
    const never = Promise.withResolvers<never>();
    answer = () => never.promise;
    const asking = one.tokens.get(subject).catch((error: unknown) => error);
    await expect.poll(() => asked).toBe(1);
    await expect(impatient.tokens.get(subject)).rejects.toMatchObject({ code: 'unavailable' });
    impatient.stop();
    never.reject(new RefreshFailure('wechat-unreachable', 'WeChat does not answer.'));
    expect(await asking).toMatchObject({ code: 'wechat-unreachable' });
  });
});
