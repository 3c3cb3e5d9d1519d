import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startMariadb } from '../../../scripts/lib/mariadb.ts';
import { FaultProxy } from '../../../test/soak/fault-proxy.ts';
import { type Certificates, makeCertificates } from '../testing/certificates.js';
import { createDataSource, DatabaseWatchdog, databaseTrouble, inTransaction, poolState, renewConnections } from './index.js';

const TABLE = 'CREATE TABLE IF NOT EXISTS counter (id int PRIMARY KEY, n int NOT NULL, pad longblob) ENGINE=InnoDB';

describe('a MariaDB as in production', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-mariadb-'));
  const opened: DataSource[] = [];
  let certificates: Certificates;
  let server: LocalServer;
  /** @param diskMb where the disk is full. */
  const settings = (diskMb = 40) => [
    `--ssl-ca=${certificates.ca}`,
    `--ssl-cert=${certificates.cert}`,
    `--ssl-key=${certificates.key}`,
    '--innodb-flush-log-at-trx-commit=1',
    '--innodb-lock-wait-timeout=2',
    '--innodb-file-per-table=0',
    `--innodb-data-file-path=ibdata1:12M:autoextend:max:${diskMb}M`,
  ];
  const open = async (options: { poolSize?: number; tls?: string | boolean; url?: string } = {}) => {
    const dataSource = createDataSource({ url: server.url, tls: certificates.ca, ...options });
    opened.push(dataSource);
    return dataSource.initialize();
  };
  /** What the error of `work` says about the database. */
  const troubleOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => databaseTrouble(error) ?? error,
    );

  beforeAll(async () => {
    certificates = makeCertificates(folder);
    server = await startMariadb({
      folder,
      relaxed: true,
      settings: settings(),
    });
    const root = await open();
    await root.query(TABLE);
    // Only now: whoever starts the server asks it without TLS whether it is up.
    await root.query('SET GLOBAL require_secure_transport = ON');
  });
  afterEach(async () => {
    for (const dataSource of opened.splice(0)) if (dataSource.isInitialized) await dataSource.destroy();
  });
  afterAll(async () => {
    await server?.child.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is reached with TLS, its certificate checked against DATABASE_CA_FILE', async () => {
    const dataSource = await open();
    const [row] = await dataSource.query(`SHOW STATUS LIKE 'Ssl_cipher'`);
    expect(row.Value).toMatch(/^[A-Z0-9_-]{5,}$/);
  });

  it('is not trusted when its certificate is signed by nobody we know', async () => {
    await expect(open({ tls: true })).rejects.toThrow(/certificate|self.signed/i);
  });

  it('refuses us without TLS', async () => {
    await expect(open({ tls: false })).rejects.toMatchObject({ code: 'ER_ACCESS_DENIED_ERROR' });
  });

  it('fails clearly when every connection is taken and too many wait', async () => {
    const dataSource = await open({ poolSize: 1 });
    const slow = dataSource.query('SELECT SLEEP(1)');
    const waiting = Array.from({ length: 201 }, () => troubleOf(dataSource.query('SELECT 1')));
    expect(poolState(dataSource)).toEqual({ used: 1, free: 0, waiting: 200, limit: 1 });
    const outcomes = await Promise.all(waiting);
    expect(outcomes.filter((outcome) => outcome === 'exhausted').length).toBe(1);
    expect(outcomes.filter((outcome) => outcome === 'none').length).toBe(200);
    await slow;
    expect(poolState(dataSource)).toEqual({ used: 0, free: 1, waiting: 0, limit: 1 });
  });

  it('repeats a transaction that lost its connection before COMMIT, with one effect', async () => {
    const dataSource = await open();
    await dataSource.query('REPLACE INTO counter VALUES (1, 0, NULL)');
    let runs = 0;
    const result = await inTransaction(dataSource, async (manager) => {
      runs += 1;
      await manager.query('UPDATE counter SET n = n + 1 WHERE id = 1');
      if (runs === 1) {
        const [{ id }] = await manager.query('SELECT CONNECTION_ID() AS id');
        await dataSource.query(`KILL ${id}`);
      }
      const [{ n }] = await manager.query('SELECT n FROM counter WHERE id = 1');
      return n as number;
    });
    expect({ runs, result }).toEqual({ runs: 2, result: 1 });
    expect(await dataSource.query('SELECT n FROM counter WHERE id = 1')).toEqual([{ n: 1 }]);
  });

  it('repeats the one that loses a deadlock: both take effect', async () => {
    const dataSource = await open();
    await dataSource.query('REPLACE INTO counter VALUES (1, 0, NULL), (2, 0, NULL)');
    let arrived = 0;
    let runs = 0;
    let letBothGo = () => {};
    const both = new Promise<void>((resolve) => {
      letBothGo = resolve;
    });
    const bump = (first: number, second: number) =>
      inTransaction(dataSource, async (manager) => {
        runs += 1;
        await manager.query('UPDATE counter SET n = n + 1 WHERE id = ?', [first]);
        arrived += 1;
        if (arrived === 2) letBothGo();
        await both;
        await manager.query('UPDATE counter SET n = n + 1 WHERE id = ?', [second]);
      });
    await Promise.all([bump(1, 2), bump(2, 1)]);
    expect(runs).toBeGreaterThan(2);
    expect(await dataSource.query('SELECT n FROM counter WHERE id < 3')).toEqual([{ n: 2 }, { n: 2 }]);
  });

  it('does not repeat what the database refused, and gives every connection back', async () => {
    const dataSource = await open({ poolSize: 2 });
    for (let round = 0; round < 5; round++) {
      let runs = 0;
      const refused = inTransaction(dataSource, async (manager) => {
        runs += 1;
        await manager.query('INSERT INTO counter VALUES (NULL, NULL, NULL)');
      });
      await expect(refused).rejects.toMatchObject({ code: 'ER_BAD_NULL_ERROR' });
      expect(runs).toBe(1);
    }
    expect(poolState(dataSource)?.used).toBe(0);
  });

  it('makes new connections after the primary was demoted, and repeats what it had refused', async () => {
    const dataSource = await open({ poolSize: 1 });
    await dataSource.query('REPLACE INTO counter VALUES (1, 0, NULL)');
    const connectionId = async () => (await dataSource.query('SELECT CONNECTION_ID() AS id'))[0].id as number;
    const update = () => dataSource.query('UPDATE counter SET n = n + 1 WHERE id = 1');
    const before = await connectionId();
    // To this one connection the server now behaves as a demoted primary does to the connections that it still has.
    await dataSource.query('SET SESSION TRANSACTION READ ONLY');
    expect(await troubleOf(update())).toBe('read-only');
    expect(await connectionId()).not.toBe(before);
    expect(await troubleOf(update())).toBe('none');

    await dataSource.query('SET SESSION TRANSACTION READ ONLY');
    let runs = 0;
    await inTransaction(dataSource, async (manager) => {
      runs += 1;
      await manager.query('UPDATE counter SET n = n + 1 WHERE id = 1');
    });
    expect(runs).toBe(2);
    expect(await dataSource.query('SELECT n FROM counter WHERE id = 1')).toEqual([{ n: 2 }]);
  });

  it('is asked on a new connection by whoever waits for one that is not to be used again', async () => {
    const dataSource = await open({ poolSize: 1 });
    const connectionId = async () => (await dataSource.query('SELECT CONNECTION_ID() AS id'))[0].id as number;
    const before = await connectionId();
    const taken = dataSource.query('SELECT SLEEP(0.1)');
    const waiting = connectionId();
    renewConnections(dataSource);
    await taken;
    expect(await waiting).not.toBe(before);
  });

  it('is found again when the way to it is silent for good: what waits fails, and the next statement takes a new way', async () => {
    const proxy = await FaultProxy.start(Number(new URL(server.url).port));
    const url = new URL(server.url);
    url.port = String(proxy.port);
    const dataSource = await open({ poolSize: 2, url: url.href });
    const renewed: string[] = [];
    const watchdog = new DatabaseWatchdog(dataSource, {
      everyMs: 50,
      answerWithinMs: 500,
      onRenewed: (reason) => renewed.push(reason),
    });
    try {
      expect(await watchdog.ask()).toBe(false);
      // One connection is taken by a statement that goes on, one is free.
      await Promise.all([dataSource.query('SELECT SLEEP(0.05)'), dataSource.query('SELECT SLEEP(0.05)')]);
      const underWay = troubleOf(dataSource.query('SELECT SLEEP(600)'));
      await dataSource.query('SELECT 1');
      proxy.strand();
      watchdog.start();
      expect(await underWay).toBe('unreachable');
      await expect.poll(() => troubleOf(dataSource.query('SELECT 1'))).toBe('none');
      expect(renewed).toEqual(['path lost']);
    } finally {
      watchdog.stop();
      await dataSource.destroy();
      await proxy.stop();
    }
  });

  it('that stands still is a trouble from its first missing answer to the next one, and said once', async () => {
    const proxy = await FaultProxy.start(Number(new URL(server.url).port));
    const url = new URL(server.url);
    url.port = String(proxy.port);
    const dataSource = await open({ poolSize: 2, url: url.href });
    const told: (string | undefined)[] = [];
    const renewed: string[] = [];
    const watchdog = new DatabaseWatchdog(dataSource, {
      everyMs: 50,
      answerWithinMs: 200,
      silentForMs: 500,
      onRenewed: (reason) => renewed.push(reason),
      onTrouble: (trouble) => told.push(trouble),
    });
    try {
      await watchdog.ask();
      proxy.set('stall');
      watchdog.start();
      const waits = async () => troubleOf(dataSource.query('SELECT 1'));
      // Cut again and again, and said once.
      for (let times = 0; times < 3; times += 1) expect(await waits()).toBe('unreachable');
      expect(told).toHaveLength(1);
      expect(watchdog.trouble?.forMs).toBeGreaterThan(0);
      expect(renewed.filter((reason) => reason === 'silent').length).toBeLessThanOrEqual(1);
      proxy.set('pass');
      await expect.poll(() => told).toEqual([told[0], undefined]);
      expect([watchdog.trouble, watchdog.recoveries]).toEqual([undefined, 1]);
    } finally {
      watchdog.stop();
      await dataSource.destroy();
      await proxy.stop();
    }
  });

  it('is left by connections that only read, too, when it becomes read-only and when it no longer is', async () => {
    const dataSource = await open({ poolSize: 1 });
    const connectionId = async () => (await dataSource.query('SELECT CONNECTION_ID() AS id'))[0].id as number;
    const renewed: string[] = [];
    const troubles: (string | undefined)[] = [];
    const watchdog = new DatabaseWatchdog(dataSource, {
      everyMs: 50,
      onRenewed: (reason) => renewed.push(reason),
      onTrouble: (trouble) => troubles.push(trouble),
    });
    watchdog.start();
    try {
      for (const [value, reason] of [
        ['ON', 'read-only'],
        ['OFF', 'writable'],
      ] as const) {
        const before = await connectionId();
        await dataSource.query(`SET GLOBAL read_only = ${value}`);
        await expect.poll(connectionId).not.toBe(before);
        expect(renewed.at(-1)).toBe(reason);
        expect(watchdog.trouble?.trouble).toBe(value === 'ON' ? 'read-only' : undefined);
      }
      expect(troubles).toEqual(['read-only', undefined]);
      expect(watchdog.recoveries).toBe(1);
    } finally {
      watchdog.stop();
      await dataSource.query('SET GLOBAL read_only = OFF');
    }
  });

  it('is found again after it was killed and started anew, by the same process', async () => {
    const dataSource = await open();
    await dataSource.query('REPLACE INTO counter VALUES (1, 7, NULL)');
    await server.child.kill();
    expect(await troubleOf(dataSource.query('SELECT 1'))).toBe('unreachable');
    expect(await troubleOf(inTransaction(dataSource, (manager) => manager.query('SELECT 1'), { attempts: 2 }))).toBe(
      'unreachable',
    );
    server = await startMariadb({
      folder,
      relaxed: true,
      settings: settings(),
    });
    await expect.poll(() => troubleOf(dataSource.query('SELECT 1'))).toBe('none');
    expect(await dataSource.query('SELECT n FROM counter WHERE id = 1')).toEqual([{ n: 7 }]);
  });

  it('says so when the disk is full, and goes on when there is room again', async () => {
    const dataSource = await open();
    await dataSource.query('CREATE TABLE filler LIKE counter');
    const fill = async () => {
      for (let id = 1; id < 100; id++) await dataSource.query('INSERT INTO filler VALUES (?, 0, REPEAT("x", 1000000))', [id]);
    };
    expect(await troubleOf(fill())).toBe('full');
    const write = () => troubleOf(dataSource.query('REPLACE INTO counter VALUES (300, 0, REPEAT("x", 1000000))'));
    expect(await write()).toBe('full');
    // An operator gives it a larger disk.
    await server.child.stop();
    server = await startMariadb({ folder, relaxed: true, settings: settings(400) });
    await expect.poll(write).toBe('none');
  });
});

describe('databaseTrouble', () => {
  it('says nothing about errors that are not the database', async () => {
    const refused = await createConnection('mysql://x:y@127.0.0.1:1/z').catch((error: unknown) => error);
    expect(databaseTrouble(refused)).toBe('unreachable');
    expect(
      databaseTrouble(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' })),
    ).toBeUndefined();
    expect(databaseTrouble(new Error('no such thing'))).toBeUndefined();
    expect(databaseTrouble(undefined)).toBeUndefined();
  });
});
