import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WechatApi } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../persistence/testing/database.js';
import { createLogger } from '../log/logger.js';
import { Progress } from '../progress/progress.js';
import { Periodic } from '../time/periodic.js';
import { WechatCallLog } from './call-log.js';
import { ClockWatch } from './clock-watch.js';
import { HealthRegistry } from './health.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const DAY_MS = 86_400_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

/** @param aheadMs of this process's clock */
function watch(aheadMs: number) {
  const clock = new ClockWatch({
    app: 'broker',
    dataSource: database.dataSource,
    clock: { now: () => Date.now() + aheadMs },
    logger,
  });
  const [health, progress] = [new HealthRegistry(), new Progress()];
  clock.register(health, new Registry(), new Periodic(logger));
  progress.register(clock.mover);
  return { clock, progress, check: async () => (await health.ready()).checks['clock'] };
}

it('a clock that is a day ahead of MySQL’s is a trouble at once, with what to do, until it is right', async () => {
  const { clock, progress, check } = watch(DAY_MS);
  expect(await check()).toEqual({ status: 'up' });
  await clock.look();
  expect(await check()).toEqual({ status: 'degraded', behind_database_s: -86_400 });
  expect(await progress.standstills()).toMatchObject([
    { what: 'clock of broker', remedy: 'It is 86400 s ahead of MySQL’s: synchronise it (NTP, chrony), or the other one.' },
  ]);
  const right = watch(0);
  await right.clock.look();
  expect(await right.check()).toMatchObject({ status: 'up' });
  expect(await right.progress.standstills()).toEqual([]);
});

it('an app that takes no pushes hears of WeChat’s clock by its answers', async () => {
  const wechat = createServer((_, response) => {
    response.setHeader('date', new Date(Date.now() + DAY_MS).toUTCString());
    response.end(JSON.stringify({ ip_list: [] }));
  });
  await new Promise<void>((resolve) => wechat.listen(0, '127.0.0.1', resolve));
  const { clock, progress, check } = watch(0);
  const calls = new WechatCallLog(database.dataSource, 'broker', logger, new Registry(), clock);
  const api = new WechatApi({
    apiBaseUrl: `http://127.0.0.1:${(wechat.address() as AddressInfo).port}`,
    onCall: (record) => calls.record(record),
  });
  try {
    await api.diagnosis.getCallbackIps('token');
    expect(await check()).toMatchObject({ status: 'degraded', behind_wechat_s: expect.toSatisfy((s: number) => s > 86_390) });
    expect((await progress.standstills())[0]?.remedy).toMatch(/^It is 86\d{3} s behind WeChat’s: /);
  } finally {
    await api.close();
    await calls.stop();
    wechat.close();
  }
});
