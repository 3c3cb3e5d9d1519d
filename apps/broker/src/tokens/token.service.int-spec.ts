import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { createLogger, createRedis, HealthRegistry, isReady } from '#service';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { BrokerConfig } from '../broker.config.js';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { authorizerToken, FORMER_TOKEN_MS, type TokenSubject, tokenKey } from './token.domain.js';
import { TokenRepository } from './token.repository.js';
import { TokenService } from './token.service.js';
import { TokenRefresher } from './token-refresher.js';
import { TokenShare } from './token-share.js';
import type { TokenSource } from './token-source.js';

/** The database of Redis that this file has for itself. */
const REDIS_URL = `${process.env['WXPLANE_TEST_REDIS_URL']}/9`;
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

  constructor(database: TestDatabase, source: TokenSource) {
    const config = Object.assign(new BrokerConfig(), { REDIS_URL });
    this.redis = createRedis(REDIS_URL, 'test', logger);
    this.share = new TokenShare(this.redis, box);
    this.rows = new TokenRepository(database.dataSource, box);
    this.bus = new InvalidationBus(config, this.redis, logger, new HealthRegistry());
    const refresher = new TokenRefresher(config, this.rows, this.share, this.bus, logger, new Registry());
    refresher.register('authorizer', source);
    this.tokens = new TokenService(config, this.rows, this.share, refresher, this.bus, logger);
    this.tokens.onModuleInit();
    this.share.onModuleInit();
    this.bus.onModuleInit();
  }

  async trusted(): Promise<void> {
    await expect.poll(() => isReady(this.redis) && this.bus.trusted, { timeout: 10_000 }).toBe(true);
  }

  stop(): void {
    this.bus.onApplicationShutdown();
    this.redis.disconnect();
  }
}

let database: TestDatabase;
let one: Replica;
let two: Replica;
let subject: TokenSubject;
let key: string;
let answer: TokenSource['renew'];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

beforeEach(async () => {
  subject = authorizerToken('wx00000000000000c0', `wx${randomBytes(8).toString('hex')}`);
  key = tokenKey(subject);
  answer = async () => {
    throw new Error('nobody should ask WeChat here');
  };
  const source: TokenSource = { renew: (...args) => answer(...args) };
  one = new Replica(database, source);
  two = new Replica(database, source);
  await Promise.all([one.trusted(), two.trusted()]);
});
afterEach(() => {
  one.stop();
  two.stop();
});

/** A grant on replica one, up to its COMMIT; what it returns tells the others. */
const granted = (token: string) =>
  database.dataSource.transaction((manager) => one.tokens.replace(manager, subject, { token, expiresInMs: LIFE_MS }));
/** Somebody wrote, and nobody heard of it. */
const silently = (token: string) =>
  database.dataSource.transaction((manager) => one.rows.replace(manager, subject, { token, expiresInMs: LIFE_MS }));

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

describe('a process killed between the COMMIT of a grant and telling it', () => {
  it('leaves copies that end with the former token', async () => {
    await silently('former');
    await two.tokens.get(subject);
    await one.tokens.doubt(subject);
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
