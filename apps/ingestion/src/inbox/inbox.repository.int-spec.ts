import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { InboxRepository } from './inbox.repository.js';
import type { InboxEntry } from './inbox-entry.js';

let database: TestDatabase;
let repository: InboxRepository;

beforeAll(async () => {
  database = await createTestDatabase();
  repository = new InboxRepository(database.dataSource);
});
afterAll(() => database?.drop());

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** A ticket push as one replica seals it; another replica seals the same push differently. */
const entry = (push: string, seal: string): InboxEntry => ({
  componentAppid: 'wx00000000000000c0',
  authorizerAppid: null,
  family: 'component',
  kind: 'component_verify_ticket',
  dedupeKey: digest(push),
  msgSignature: digest(`${push} signed`).slice(0, 40),
  toUserName: null,
  createTimeMs: 1_790_000_000_000,
  receivedAtMs: Date.now(),
  payload: `enc:v1:k1:${push}-${seal}`,
  state: 'received',
  note: null,
  ticket: `enc:v1:k1:ticket-${push}-${seal}`,
});

const count = async (table: string) => {
  const [row] = await database.dataSource.query(`SELECT COUNT(*) AS n FROM ${table}`);
  return Number(row.n);
};

it('the same entry written twice, as after a write whose outcome was not known, keeps its ticket once', async () => {
  const written = entry('first', 'a');
  await repository.insert([written]);
  await repository.insert([written]);
  await repository.insert([entry('first', 'b'), entry('second', 'a')]);
  await repository.insert([written, entry('third', 'a')]);
  expect(await count('f_wechat_event')).toBe(3);
  expect(await count('f_wechat_verifyticket')).toBe(3);
});

it('many large pushes at once are stored, although one statement could not carry them', async () => {
  const [{ bytes }] = await database.dataSource.query('SELECT @@max_allowed_packet AS bytes');
  const size = 350_000;
  const entries = Array.from({ length: Math.ceil(Number(bytes) / size) + 1 }, (_, index) => ({
    ...entry(`large ${index}`, 'x'.repeat(size)),
    ticket: null,
  }));
  const before = await count('f_wechat_event');
  await repository.insert(entries);
  expect(await count('f_wechat_event')).toBe(before + entries.length);
});
