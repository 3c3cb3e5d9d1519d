import { describe, expect, it } from 'vitest';
import { createLogger } from '../log/logger.js';
import { Progress } from '../progress/progress.js';
import { Periodic } from './periodic.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const pollers = async () => (await new Progress().readings()).map(({ what }) => what).filter((what) => what.startsWith('poller'));

describe('what an app does again and again', () => {
  it('begins when the app is up, is watched meanwhile, and has ended when the app may close its connections', async () => {
    const periodic = new Periodic(logger);
    const [begun, letGo] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let turns = 0;
    let ended = false;
    periodic.every('test.now', 3_600_000, async () => {
      turns += 1;
      begun.resolve();
      await letGo.promise;
      ended = true;
    });
    periodic.every('test.later', 3_600_000, async () => expect.unreachable('its interval is not over'), 'later');
    expect([turns, await pollers()]).toEqual([0, []]);

    periodic.onApplicationBootstrap();
    await begun.promise;
    expect([turns, periodic.isStopping, await pollers()]).toEqual([1, false, ['poller test.now', 'poller test.later']]);

    const stopped = periodic.beforeApplicationShutdown().then(() => ended);
    expect(periodic.isStopping).toBe(true);
    letGo.resolve();
    expect([await stopped, await pollers()]).toEqual([true, []]);
  });

  it('begins at once when the app is up already', async () => {
    const periodic = new Periodic(logger);
    periodic.onApplicationBootstrap();
    const begun = Promise.withResolvers<void>();
    periodic.every('test.late', 3_600_000, async () => begun.resolve());
    await begun.promise;
    await periodic.beforeApplicationShutdown();
  });
});
