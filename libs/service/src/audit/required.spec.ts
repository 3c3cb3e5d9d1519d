import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Logger } from '../log/logger.js';
import { type Access, AccessLog } from './access-log.js';
import type { ChainedEntry } from './chain.js';
import { FileSink, LogSink } from './file-sink.js';
import type { SecondSink } from './second-sink.js';

const logger = { warn() {}, error() {}, info() {}, debug() {} } as unknown as Logger;
const request = { ip: '203.0.113.9', id: 'r1', socket: { remoteAddress: '10.0.0.1' } };
const write = { action: 'thing.write', subject: 'thing' } as const;
const read = (caller: string, subject: string): Access => ({ action: 'thing.read', clientId: caller, subject, outcome: 'ok' });

/** MySQL: rows that it took, and whether it takes any. */
let table: { rows: unknown[]; away: boolean; asked: number };
let logs: AccessLog[];

beforeEach(() => {
  table = { rows: [], away: false, asked: 0 };
  logs = [];
});
afterEach(() => Promise.all(logs.map((log) => log.stop())));

function required(sink?: SecondSink): AccessLog {
  const query = async (_: string, values: unknown[]) => {
    table.asked += 1;
    if (table.away) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    table.rows.push(values);
  };
  const log = new AccessLog({ query } as unknown as DataSource, 'things', logger, { mode: 'required', sink });
  logs.push(log);
  return log;
}

const newFile = () => join(mkdtempSync(join(tmpdir(), 'audit-')), 'audit.jsonl');
const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('an answer waits until the table has its entry', async () => {
  await required().recordAnswer(undefined, request, write);
  expect(table.rows).toHaveLength(1);
});

it('while MySQL is away, an answer goes out when the file has its entry, in its chain, as a kill would leave it', async () => {
  table.away = true;
  const file = newFile();
  const log = required(new FileSink(file));
  for (let number = 1; number <= 3; number += 1) {
    await log.recordAnswer(undefined, { ...request, id: `r${number}` }, write);
    expect(linesOf(file)).toHaveLength(number);
  }
  const [first, second] = linesOf(file);
  expect(first).toMatchObject({ event: 'audit', action: 'thing.write', request_id: 'r1', peer_ip: '10.0.0.1', seq: 1 });
  expect(second).toMatchObject({ prev: first!['hash'], seq: 2 });
  expect(table.rows).toEqual([]);
  table.away = false;
  await log.flush();
  expect(table.rows).toHaveLength(1);
});

it('an answer is refused when neither takes its entry, and says so; the entry is written later', async () => {
  table.away = true;
  const broken: SecondSink = { append: () => Promise.reject(new Error('disk full')), close: async () => {} };
  for (const log of [required(), required(broken)]) {
    const answer = log.recordAnswer(undefined, request, write);
    await expect(answer).rejects.toMatchObject({
      code: 'unavailable',
      detail: expect.stringContaining('audit log cannot be written'),
    });
  }
  table.away = false;
  await logs[0]!.flush();
  expect(table.rows).toHaveLength(1);
});

it('of reads that are repeated the first waits, others only as long as it does, and each minute begins anew', async () => {
  table.away = true;
  const file = newFile();
  const log = required(new FileSink(file));
  const first = () => ({ requestId: 'r1' });
  expect(log.countAgain(read, 'c1', 'token')).toBe(false);
  const settled = log.count(read, 'c1', 'token', first);
  expect(settled).toBeInstanceOf(Promise);
  expect(log.countAgain(read, 'c1', 'token')).toBe(false);
  expect(log.count(read, 'c1', 'token', first)).toBeInstanceOf(Promise);
  await settled;
  expect(linesOf(file)).toMatchObject([{ action: 'thing.read', client_id: 'c1', times: 1 }]);
  expect(log.countAgain(read, 'c1', 'token')).toBe(true);
  expect(log.count(read, 'c1', 'token', first)).toBeUndefined();
  await log.flush();
  expect(linesOf(file)).toMatchObject([{ times: 1 }, { times: 3 }]);
  expect(log.countAgain(read, 'c1', 'token')).toBe(false);
});

it('a first read whose entry nobody took is no read that was recorded', async () => {
  table.away = true;
  const log = required();
  await expect(log.count(read, 'c1', 'token', () => ({}))).rejects.toMatchObject({ code: 'unavailable' });
  expect(log.countAgain(read, 'c1', 'token')).toBe(false);
  await expect(log.count(read, 'c1', 'token', () => ({}))).rejects.toMatchObject({ code: 'unavailable' });
});

it('the log itself may be the second sink: lines with event "audit"', async () => {
  const lines: string[] = [];
  const out = {
    write: (data: Buffer, done: (error?: Error) => void) => {
      lines.push(String(data));
      done();
      return true;
    },
  };
  table.away = true;
  await required(new LogSink(out as never)).recordAnswer(undefined, request, write);
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'info', event: 'audit', action: 'thing.write' } satisfies Partial<
    Record<string, unknown>
  >);
});

it('answers that come together share one write of the file', async () => {
  const groups: number[] = [];
  const sink: SecondSink = {
    append: async (entries: readonly ChainedEntry[]) => {
      groups.push(entries.length);
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    close: async () => {},
  };
  const log = required(sink);
  await Promise.all(Array.from({ length: 50 }, (_, id) => log.recordAnswer(undefined, { ...request, id: `r${id}` }, write)));
  expect(groups.reduce((sum, size) => sum + size, 0)).toBe(50);
  expect(groups.length).toBeLessThan(5);
});
