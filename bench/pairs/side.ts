import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { startLocalServices } from '../../scripts/lib/local-services.ts';
import { ROOT } from '../../scripts/lib/paths.ts';
import type { DevSecrets } from '../../scripts/lib/secrets.ts';
import { bareEnv, baseUrl, choosePorts, SuiteRunner } from '../../scripts/lib/suite.ts';
import { imageEnv } from '../lib/image.ts';
import { LOAD_CORE, pin, SERVER_CORE } from '../lib/processes.ts';
import { imageOf } from './checkout.ts';

const DEADLINE_MS = 120_000;

/** What has been started, to be stopped backwards. */
export type Undo = (() => unknown)[];

/** One of the two that are compared: a checkout's suite with a MariaDB and a Redis of its own, spoken to over HTTP alone. */
export interface Side {
  readonly suite: SuiteRunner;
  /** Of a client that may read every authorizer's token. */
  readonly key: string;
  readonly databasePid: number | undefined;
  /** Waits until every push that was acknowledged is handed over. @throws Error after two minutes */
  handedOver(): Promise<void>;
}

/** Ingestion and broker with the files and options of their images, on one core; its sandbox on another one. */
export async function startSide(checkout: string, folder: string, secrets: DevSecrets, undo: Undo): Promise<Side> {
  mkdirSync(folder, { recursive: true });
  const places = {
    ingestion: await imageOf(checkout, 'ingestion', folder),
    broker: await imageOf(checkout, 'broker', folder),
  };
  // Not relaxed: MariaDB flushes at every commit, as in production.
  const services = await startLocalServices({ folder });
  undo.push(() => services.stop());
  const suite = new SuiteRunner({
    databaseUrl: services.databaseUrl,
    redisUrl: services.redisUrl,
    ports: await choosePorts(),
    secrets,
    folder,
    baseEnv: { ...bareEnv(), NODE_ENV: 'production', LOG_LEVEL: 'error' },
    appEnv: { ingestion: imageEnv('ingestion', checkout), broker: imageEnv('broker', checkout) },
    places,
    ...(checkout === ROOT ? {} : { checkout }),
  });
  undo.push(() => suite.stop());
  await suite.migrate();
  const key = await suite.createClient('bench', ['authorizer-token']);
  await suite.startAll(['sandbox', 'ingestion', 'broker']);
  for (const [app, child] of suite.children) pin(app === 'sandbox' ? LOAD_CORE : SERVER_CORE, child.pid);

  const connection = await createConnection({ uri: services.databaseUrl });
  undo.push(() => connection.end());
  const handedOver = () =>
    until('every push to be handed over', async () => {
      const [rows] = await connection.query<RowDataPacket[]>("SELECT 1 FROM f_wechat_event WHERE state = 'received' LIMIT 1");
      return rows.length === 0;
    });
  return { suite, key, databasePid: services.databasePid, handedOver };
}

/** Merchants who authorized the component, as WeChat tells of it. @returns the paths of their tokens, each of which the broker has */
export async function authorized({ suite, key }: Side, count: number): Promise<string[]> {
  const { ports, secrets } = suite.settings;
  const component = secrets.component.component_appid;
  const control = async (path: string, body: unknown) => {
    const url = `${baseUrl(ports, 'sandbox')}/_control${path}`;
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as { readonly appids: string[] };
  };
  await control(`/components/${component}/ticket`, {});
  const { appids } = await control('/merchants/bulk', { count, kind: 'miniprogram', authorize_to: component, push: true });
  const paths = appids.map((appid) => `/v1/components/${component}/authorizers/${appid}/token`);
  for (const path of paths) {
    await until(`an answer to ${path}`, async () => {
      const headers = { authorization: `Bearer ${key}` };
      const response = await fetch(`${baseUrl(ports, 'broker')}${path}`, { headers });
      await response.arrayBuffer();
      return response.ok;
    });
  }
  return paths;
}

async function until(what: string, reached: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await reached())) {
    if (Date.now() > deadline) throw new Error(`waited ${DEADLINE_MS / 1_000} s for ${what}`);
    await sleep(100);
  }
}
