import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SecretBox } from '#persistence';
import { createTestDatabase, type TestDatabase } from '../../../../libs/persistence/testing/database.js';
import { InboxRepository, partsOf } from './inbox.repository.js';
import type { InboxEntry } from './inbox-entry.js';

let database: TestDatabase;
let repository: InboxRepository;

beforeAll(async () => {
  database = await createTestDatabase();
  repository = new InboxRepository(database.dataSource, new SecretBox([{ id: 'k1', key: randomBytes(32) }]));
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

it('many large pushes at once are stored, in several statements that each fit any max_allowed_packet', async () => {
  const entries = Array.from({ length: 10 }, (_, index) => ({ ...entry(`large ${index}`, 'x'.repeat(350_000)), ticket: null }));
  const parts = partsOf(entries);
  expect(parts.flat()).toEqual(entries);
  expect(parts.map((part) => part.length)).toEqual([2, 2, 2, 2, 2]);
  expect(partsOf([{ ...entries[0]!, payload: 'x'.repeat(3_000_000) }])).toHaveLength(1);
  const before = await count('f_wechat_event');
  await repository.insert(entries);
  expect(await count('f_wechat_event')).toBe(before + entries.length);
});
