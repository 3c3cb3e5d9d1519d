import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AuthorizationLinkEntity, inTransaction, TicketEntity } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { DomainError } from '../http/problems.js';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

const MARKER = 'canary-value-of-a-statement';
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.dataSource.query(`CREATE TABLE f_wechat_faulty (a VARCHAR(64) PRIMARY KEY, n INT CHECK (n > 0), at DATETIME)`);
  await database.dataSource.query(
    `CREATE TRIGGER faulty BEFORE UPDATE ON f_wechat_faulty FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${MARKER}'`,
  );
  await database.dataSource.query('INSERT INTO f_wechat_faulty (a, n) VALUES (?, 1)', [MARKER]);
});
afterAll(() => database?.drop());

/** Each way in which a statement fails, with the marker as a value of it. */
const FAULTS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['a duplicate', () => database.dataSource.query('INSERT INTO f_wechat_faulty (a, n) VALUES (?, 1)', [MARKER])],
  [
    'a value that is no time',
    () => database.dataSource.query('INSERT INTO f_wechat_faulty (a, at) VALUES (?, ?)', ['x', MARKER]),
  ],
  [
    'a value that is no number',
    () => database.dataSource.query('INSERT INTO f_wechat_faulty (a, n) VALUES (?, ?)', ['x', MARKER]),
  ],
  [
    'a value that is too long',
    () => database.dataSource.query('INSERT INTO f_wechat_faulty (a, n) VALUES (?, 1)', [MARKER.repeat(9)]),
  ],
  ['a constraint', () => database.dataSource.query('INSERT INTO f_wechat_faulty (a, n) VALUES (?, 0)', [`${MARKER}2`])],
  ['a trigger', () => database.dataSource.query('UPDATE f_wechat_faulty SET n = 2 WHERE a = ?', [MARKER])],
  ['grammar', () => database.dataSource.query(`SELEC '${MARKER}'`)],
  ['a column that is not there', () => database.dataSource.query(`SELECT \`${MARKER}\` FROM f_wechat_event`)],
  [
    'a repository',
    () =>
      database.dataSource.getRepository(AuthorizationLinkEntity).insert({
        linkId: 'l',
        componentAppid: 'c',
        clientId: 'c',
        authType: 3,
        expiresAt: new Date(),
        createdAt: new Date(),
        returnSecret: MARKER.repeat(40),
      }),
  ],
  [
    'a transaction',
    () =>
      inTransaction(database.dataSource, (manager) =>
        manager.getRepository(TicketEntity).insert({ ticket: MARKER, createTime: null as never }),
      ),
  ],
];

describe('a statement that failed with a value in it', () => {
  it.each(FAULTS)('by %s is logged with its code, its table, and no value', async (_, fail) => {
    const error: unknown = await fail().then(
      () => expect.unreachable('it did not fail'),
      (failure: unknown) => failure,
    );
    expect(JSON.stringify([error, String((error as { sqlMessage?: unknown }).sqlMessage)])).toContain(MARKER);
    const { code } = error as { code: string };
    let out = '';
    const destination = new Writable({
      write(chunk, _encoding, done) {
        out += chunk;
        done();
      },
    });
    const logger = await createLogger({ app: 'test', level: 'trace', destination });
    logger.error({ err: error }, 'directly');
    logger.error({ err: new DomainError('internal', 'The error is in the log.', { cause: error as Error }) }, 'as a cause');
    logger.error({ err: new AggregateError([error], 'several', { cause: new Error('outer', { cause: error }) }) }, 'deeper');
    logger.warn({ reason: error, nested: 1 }, 'under another name');
    logger.error(error);
    new NestLogger(logger).error(error);
    expect(out.includes(MARKER), 'the value is in a line').toBe(false);
    expect(out.split(code).length, out).toBeGreaterThan(6);
    const { err } = JSON.parse(out.split('\n')[0]!);
    expect(err).toMatchObject({
      type: 'QueryFailedError',
      code,
      errno: expect.any(Number),
      stack: expect.stringContaining(' at '),
    });
    if (code !== 'ER_PARSE_ERROR') expect(err.table).toMatch(/^f_wechat_/);
  });

  it('leaves an error that is of no statement as it was', async () => {
    const secret = randomBytes(4).toString('hex');
    let out = '';
    const destination = new Writable({
      write(chunk, _encoding, done) {
        out += chunk;
        done();
      },
    });
    const logger = await createLogger({ app: 'test', level: 'info', destination });
    logger.error({ err: new Error(`failed ${secret}`, { cause: new TypeError('why') }) }, 'x');
    expect(JSON.parse(out)).toMatchObject({
      err: { type: 'Error', message: `failed ${secret}`, cause: { type: 'TypeError', message: 'why' } },
    });
  });
});
