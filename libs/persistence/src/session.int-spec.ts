import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createServer } from 'mysql2';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startMariadb } from '../../../scripts/lib/mariadb.ts';
import { createDataSource, initializeUnconnected, poolState, SideConnection } from './index.js';
import { databaseTrouble } from './mysql/errors.js';
import { formatForAnyMode } from './session.js';

/** What people set, as the default of their server. */
const MODES = [
  'NO_BACKSLASH_ESCAPES',
  'ANSI_QUOTES',
  'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT',
  '',
  'ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ZERO_IN_DATE,STRICT_ALL_TABLES',
  'TRADITIONAL',
  'ORACLE',
];

const CLIENT_COMPRESS = 0x20;
const CLIENT_SSL = 0x800;

const HOSTILE = [
  `\\' OR 1 = 1 -- `,
  `' OR 1 = 1 -- `,
  `\\\\' UNION SELECT 1 -- `,
  `" OR "" = "`,
  "\u00bf\\' OR 1 = 1 #",
  'line\nbreak\ttab\0nul\x1a\b\r',
  '100%_\\%\\_',
  '{"a":"\\"\\u4f60"}',
  '店😀',
  '?',
];

describe('a session', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-session-'));
  const opened: DataSource[] = [];
  let server: LocalServer;
  let root: DataSource;

  const open = async (options: { poolSize?: number; idleTimeoutMs?: number } = {}) => {
    const dataSource = createDataSource({ url: server.url, ...options });
    opened.push(dataSource);
    return dataSource.initialize();
  };

  beforeAll(async () => {
    server = await startMariadb({ folder, relaxed: true });
    root = await createDataSource({ url: server.url }).initialize();
    await root.query('CREATE TABLE secret (word varchar(255), at datetime NULL) CHARACTER SET utf8mb4');
  });
  afterEach(async () => {
    for (const dataSource of opened.splice(0)) if (dataSource.isInitialized) await dataSource.destroy();
  });
  afterAll(async () => {
    await root?.destroy();
    await server?.child.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(MODES)('is the same and takes hostile text for text when the mode of the server is "%s"', async (mode) => {
    await root.query('SET GLOBAL sql_mode = ?', [mode]);
    const dataSource = await open();
    const lazy = createDataSource({ url: server.url });
    opened.push(lazy);
    await initializeUnconnected(lazy);
    const side = new SideConnection(dataSource);
    const question = 'SELECT @@sql_mode AS mode, @@autocommit AS committed, @@time_zone AS zone, @@tx_isolation AS isolation';
    const expected = [
      {
        mode: 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
        committed: '1',
        zone: '+00:00',
        isolation: 'REPEATABLE-READ',
      },
    ];
    const asText = (rows: { committed: unknown }[]) => rows.map((row) => ({ ...row, committed: String(row.committed) }));
    try {
      expect(asText(await dataSource.query(question))).toEqual(expected);
      expect(asText(await lazy.query(question))).toEqual(expected);
      expect(asText(await side.query(question, 10_000))).toEqual(expected);
    } finally {
      side.close();
    }
    for (const text of HOSTILE) {
      await dataSource.query('DELETE FROM secret');
      await dataSource.query('INSERT INTO secret (word) VALUES (?), (?)', ['other', text]);
      expect(await dataSource.query('SELECT word FROM secret WHERE word = ?', [text])).toEqual([{ word: text }]);
      expect(await dataSource.query('SELECT word FROM secret WHERE word IN (?)', [[text, 'none']])).toEqual([{ word: text }]);
    }
  });

  it('takes hostile text for text also where a proxy lost the mode of the session', async () => {
    const dataSource = await open({ poolSize: 1 });
    for (const mode of ['NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES', '']) {
      await dataSource.query(`SET SESSION sql_mode = '${mode}'`);
      for (const text of HOSTILE) {
        await dataSource.query('DELETE FROM secret');
        await dataSource.query('INSERT INTO secret (word) VALUES (?), (?)', ['other', text]);
        expect(await dataSource.query('SELECT word FROM secret WHERE word = ?', [text])).toEqual([{ word: text }]);
      }
    }
  });

  it('commits, in UTC and utf8mb4, also where the server opens sessions otherwise', async () => {
    const former = await root.query(
      'SELECT @@global.autocommit AS a, @@global.time_zone AS z, @@global.tx_isolation AS i, @@global.sql_safe_updates AS s',
    );
    await root.query(`SET GLOBAL autocommit = 0, GLOBAL time_zone = '+08:00', GLOBAL tx_isolation = 'READ-UNCOMMITTED'`);
    await root.query(`SET GLOBAL sql_safe_updates = 1, GLOBAL init_connect = 'SET NAMES gbk'`);
    try {
      const dataSource = await open();
      await dataSource.query('DELETE FROM secret');
      await dataSource.query('INSERT INTO secret (word) VALUES (?)', ['店😀']);
      await dataSource.query('UPDATE secret SET at = UTC_TIMESTAMP()');
      expect(await root.query('SELECT word, TIMESTAMPDIFF(MINUTE, at, UTC_TIMESTAMP()) AS m FROM secret')).toEqual([
        { word: '店😀', m: '0' },
      ]);
    } finally {
      await root.query(
        `SET GLOBAL autocommit = ${former[0].a}, GLOBAL time_zone = '${former[0].z}', GLOBAL tx_isolation = '${former[0].i}'`,
      );
      await root.query(`SET GLOBAL sql_safe_updates = ${former[0].s}, GLOBAL init_connect = ''`);
    }
  });

  it('gives its locks back when its client falls silent in the middle of a transaction: others wait for seconds, not for hours', async () => {
    const [silent, other] = [await open(), await open()];
    await silent.query('DELETE FROM secret');
    await silent.query('INSERT INTO secret (word) VALUES (?)', ['kept']);
    const runner = silent.createQueryRunner();
    const [session] = await runner.query('SELECT @@session.idle_transaction_timeout AS s');
    expect(Number(session.s)).toBe(30);
    // The same, shorter: nobody waits half a minute for a test.
    await runner.query('SET SESSION idle_transaction_timeout = 1');
    await runner.startTransaction();
    await runner.query('UPDATE secret SET word = ?', ['half done']);
    await other.query('UPDATE secret SET word = ?', ['whole']);
    expect(await other.query('SELECT word FROM secret')).toEqual([{ word: 'whole' }]);
    await runner.release().catch(() => {});
  });

  it('waits for half a minute, not for a day, for a table that somebody else has locked; a migration waits', async () => {
    const dataSource = await open();
    const waits = async (source: DataSource) => {
      const [row] = await source.query('SELECT @@session.lock_wait_timeout AS s');
      return Number(row.s);
    };
    expect(await waits(dataSource)).toBe(30);
    const migrator = createDataSource({ url: server.url, metadataLockWaitS: 86_400 });
    opened.push(migrator);
    expect(await waits(await migrator.initialize())).toBe(86_400);

    // The same, shorter: nobody waits half a minute for a test.
    const impatient = createDataSource({ url: server.url, metadataLockWaitS: 1 });
    opened.push(impatient);
    await impatient.initialize();
    const locker = dataSource.createQueryRunner();
    try {
      await locker.query('LOCK TABLES secret WRITE');
      const error = await impatient.query('UPDATE secret SET word = 1').catch((refused: unknown) => refused);
      expect(databaseTrouble(error)).toBe('busy');
    } finally {
      await locker.query('UNLOCK TABLES');
      await locker.release();
    }
    await impatient.query('UPDATE secret SET word = 1');
  });

  it('takes no statement when a proxy refuses to set it up, and says so', async () => {
    const asked: string[] = [];
    const proxy = createServer((connection: Connection & { sequenceId: number }) => {
      const refuse = (sql: string) => {
        asked.push(sql);
        connection.writeError({ code: 1193, message: "Unknown system variable 'sql_mode'" });
        connection.sequenceId = 0;
      };
      connection.on('error', () => {});
      // mysql2's server tells of SET as if it were prepared.
      connection.on('stmt_prepare', refuse);
      connection.on('query', refuse);
      connection.serverHandshake({
        protocolVersion: 10,
        serverVersion: '8.0.36-proxy',
        connectionId: 1,
        statusFlags: 2,
        characterSet: 45,
        capabilityFlags: 0xffffff & ~(CLIENT_COMPRESS | CLIENT_SSL),
        authCallback: (_who: unknown, done: (error: null) => void) => {
          done(null);
          connection.sequenceId = 0;
        },
      });
    });
    const { _server: listener } = proxy as unknown as { _server: Server };
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const dataSource = createDataSource({ url: `mysql://any:thing@127.0.0.1:${port}/wxplane` });
    try {
      await expect(dataSource.initialize()).rejects.toThrow(/refuses to set up the session: Unknown system variable/);
      expect(asked.filter((sql) => !sql.startsWith('SET '))).toEqual([]);
    } finally {
      listener.close();
    }
  });

  it('is given back when nobody needs it', async () => {
    const dataSource = await open({ poolSize: 5, idleTimeoutMs: 500 });
    await Promise.all(Array.from({ length: 5 }, () => dataSource.query('SELECT SLEEP(0.05)')));
    expect(poolState(dataSource)?.free).toBe(5);
    await expect.poll(() => poolState(dataSource)?.free).toBe(0);
    expect(await dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('formatForAnyMode', () => {
  it('leaves lists, dates, numbers and bytes what they are', () => {
    const sql = formatForAnyMode(
      '(?) ? ? ? ?',
      [['a', "b'"], new Date('2026-01-02T03:04:05.678Z'), 5, Buffer.from('x'), null],
      'Z',
    );
    expect(sql).toBe(`('a', 'b''') '2026-01-02 03:04:05.678' 5 X'78' NULL`);
  });

  it('escapes what is no text by its text', () => {
    expect(formatForAnyMode('?', [{ toString: () => `\\' OR 1` }])).toBe(`_utf8mb4 X'5c27204f522031'`);
  });
});
