import { randomBytes } from 'node:crypto';
import { from, lastValueFrom, of, throwError } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINDINGS, IdempotencyEntity, inTransaction, SecretBox } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { keepAnswer } from './request-key.js';

describe('Idempotency-Key', () => {
  let database: TestDatabase;
  let interceptor: IdempotencyInterceptor;
  let count = 0;
  const secrets = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);

  beforeAll(async () => {
    database = await createTestDatabase();
    interceptor = new IdempotencyInterceptor(database.dataSource, secrets);
  });
  afterAll(() => database?.drop());

  const send = async (
    key: string | undefined,
    body: unknown,
    work = () => of({ n: ++count }) as never,
    clientId = 'c1',
    bounds = {},
  ) => {
    const headers: Record<string, string> = {};
    const request = {
      method: 'POST',
      url: '/v1/x',
      body,
      client: { clientId, ...bounds },
      headers: key ? { 'idempotency-key': key } : {},
    };
    const reply = { header: (name: string, value: string) => Object.assign(headers, { [name]: value }) };
    const context = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }) };
    const answer = await lastValueFrom(interceptor.intercept(context as never, { handle: work }));
    return { answer, headers };
  };

  it('gives the same answer again, and does the work once', async () => {
    const first = await send('k1', { a: 1 });
    const again = await send('k1', { a: 1 });
    expect(again).toEqual({ answer: first.answer, headers: { 'idempotency-replayed': 'true' } });
    expect((await send('k1', { a: 1 }, undefined, 'c2')).answer).not.toEqual(first.answer);
  });
  it('refuses the same key for another request, and malformed keys', async () => {
    await expect(send('k1', { a: 2 })).rejects.toMatchObject({ code: 'idempotency-conflict' });
    await expect(send('k 1', {})).rejects.toMatchObject({ code: 'invalid-request' });
  });
  it('remembers the answer sealed, and says so when nobody can read it any more', async () => {
    await send('k-sealed', {}, () => of({ ext_json: { tenant: 'a key of theirs' } }) as never);
    const rows = database.dataSource.getRepository(IdempotencyEntity);
    const id = { clientId: 'c1', idempotencyKey: 'k-sealed' };
    expect((await rows.findOneByOrFail(id)).response).toMatch(/^enc:v2:k1:/);
    await rows.update(id, { response: secrets.seal('{}', BINDINGS.answer('c2', 'k-sealed')) });
    await expect(send('k-sealed', {})).rejects.toMatchObject({
      code: 'idempotency-conflict',
      detail: expect.stringContaining('cannot be read any more'),
    });
  });
  it.each([
    ['authorizers', 'authorizer_appid'],
    ['components', 'component_appid'],
  ])(
    'tells nothing of an account that is none of the caller’s %s any more, and does the work no second time',
    async (bound, member) => {
      const work = () => of({ [member]: 'wx1', secret: ++count }) as never;
      const own = (...appids: string[]) => ({ [bound]: new Set(appids) });
      const { answer } = await send(`k-${bound}`, {}, work, 'c1', own('wx1'));
      const before = count;
      await expect(send(`k-${bound}`, {}, work, 'c1', own('wx2'))).rejects.toMatchObject({ code: 'forbidden' });
      expect(await send(`k-${bound}`, {}, work, 'c1', own('wx1', 'wx2'))).toMatchObject({ answer });
      expect(await send(`k-${bound}`, {}, work)).toMatchObject({ answer });
      expect(count).toBe(before);
    },
  );
  it('does not remember failures', async () => {
    await expect(send('k2', {}, () => throwError(() => new Error('no')) as never)).rejects.toThrow('no');
    expect((await send('k2', {})).answer).toHaveProperty('n');
  });
  it('gives the key of a failed request back as soon as MySQL takes it, when it could not at once', async () => {
    await database.dataSource.query(
      `CREATE TRIGGER kept BEFORE DELETE ON f_wechat_idempotency FOR EACH ROW SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1290, MESSAGE_TEXT = 'read-only'`,
    );
    await expect(send('k5', {}, () => throwError(() => new Error('no')) as never)).rejects.toThrow('no');
    await expect(send('k5', {})).rejects.toMatchObject({ code: 'idempotency-conflict' });
    await database.dataSource.query('DROP TRIGGER kept');
    await expect.poll(() => send('k5', {}).catch(() => undefined)).toHaveProperty('answer.n');
  });
  it('an answer that MySQL does not take at once is written down as soon as it does', async () => {
    await database.dataSource.query(
      `CREATE TRIGGER kept BEFORE UPDATE ON f_wechat_idempotency FOR EACH ROW SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1290, MESSAGE_TEXT = 'read-only'`,
    );
    const first = await send('k6', {});
    await expect(send('k6', {})).rejects.toMatchObject({ code: 'idempotency-conflict' });
    await database.dataSource.query('DROP TRIGGER kept');
    await expect.poll(() => send('k6', {}).catch(() => undefined)).toMatchObject({ answer: first.answer });
  });
  it('an effect and its answer are one: what fails after it, or is killed, does not free the key', async () => {
    const effect = (answer: unknown, then: () => Promise<unknown>) => () =>
      from(inTransaction(database.dataSource, (db) => keepAnswer(db, answer)).then(then)) as never;
    await expect(
      send(
        'k7',
        {},
        effect({ made: 7 }, () => Promise.reject(new Error('after it'))),
      ),
    ).rejects.toThrow('after it');
    expect((await send('k7', {})).answer).toEqual({ made: 7 });
    // As when the process is killed right after COMMIT: the first request never ends, and five minutes pass.
    void send(
      'k8',
      {},
      effect({ made: 8 }, () => new Promise(() => {})),
    ).catch(() => {});
    const rows = database.dataSource.getRepository(IdempotencyEntity);
    await expect.poll(() => rows.existsBy({ idempotencyKey: 'k8', status: 200 })).toBe(true);
    await rows.update({ idempotencyKey: 'k8' }, { createdAt: new Date(Date.now() - 600_000) });
    expect((await send('k8', {})).answer).toEqual({ made: 8 });
  });
  it('an effect that is rolled back frees the key', async () => {
    const undone = () =>
      from(
        inTransaction(database.dataSource, async (db) => {
          await keepAnswer(db, { made: 9 });
          throw new Error('rolled back');
        }),
      ) as never;
    await expect(send('k9', {}, undone)).rejects.toThrow('rolled back');
    expect((await send('k9', {})).answer).toHaveProperty('n');
  });
  it('lets one of many at once through, also after a crash in the middle', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => send('k3', {})));
    const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [JSON.stringify(result.value.answer)] : []));
    expect(new Set(answers).size).toBe(1);
    const rows = database.dataSource.getRepository(IdempotencyEntity);
    await rows.update({ idempotencyKey: 'k3' }, { status: null, createdAt: new Date(Date.now() - 600_000) });
    expect((await send('k3', {})).answer).toHaveProperty('n');
  });
  it('a first request that took too long and fails leaves the row of the one that followed it', async () => {
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const slow = send('k4', {}, (() => {
      begun.resolve();
      return from(end.promise.then(() => Promise.reject(new Error('too late'))));
    }) as never);
    await begun.promise;
    const rows = database.dataSource.getRepository(IdempotencyEntity);
    await rows.update({ idempotencyKey: 'k4' }, { createdAt: new Date(Date.now() - 600_000) });
    const followed = await send('k4', {});
    end.resolve();
    await expect(slow).rejects.toThrow('too late');
    expect(await send('k4', {})).toEqual({ answer: followed.answer, headers: { 'idempotency-replayed': 'true' } });
  });
  it('remembers 50,000 answers of one client at most: beyond that it answers those it has, and does nothing new', async () => {
    const columns = 'request_hash, status, response';
    await send('one', {}, undefined, 'greedy');
    await database.dataSource.query(
      `INSERT INTO f_wechat_idempotency (client_id, idempotency_key, created_at, ${columns})
       SELECT client_id, CONCAT('k', seq), created_at, ${columns} FROM f_wechat_idempotency, seq_1_to_49999 WHERE client_id = 'greedy'`,
    );
    // As a process that has not counted yet.
    interceptor = new IdempotencyInterceptor(database.dataSource, secrets);
    const before = count;
    for (const key of ['two', 'three'])
      await expect(send(key, {}, undefined, 'greedy')).rejects.toMatchObject({ code: 'rate-limited' });
    expect(count).toBe(before);
    expect((await send('one', {}, undefined, 'greedy')).headers).toEqual({ 'idempotency-replayed': 'true' });
    expect((await send('two', {}, undefined, 'other')).answer).toHaveProperty('n');
    expect((await send(undefined, {}, undefined, 'greedy')).answer).toHaveProperty('n');
    // What is over makes room.
    await database.dataSource.query(
      `UPDATE f_wechat_idempotency SET created_at = created_at - INTERVAL 25 HOUR WHERE client_id = 'greedy' AND idempotency_key LIKE 'k1%'`,
    );
    interceptor = new IdempotencyInterceptor(database.dataSource, secrets);
    expect((await send('two', {}, undefined, 'greedy')).answer).toHaveProperty('n');
  }, 60_000);
  it('does nothing without a key', async () => {
    expect((await send(undefined, {})).answer).not.toEqual((await send(undefined, {})).answer);
  });
});
