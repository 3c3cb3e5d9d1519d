import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '../log/logger.js';
import { Ticker } from '../time/ticker.js';
import { Progress } from './progress.js';
import { type QueueFigures, queueMovers } from './queues.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const REMEDY = 'look at it';

describe('what must move', () => {
  it('stands still beyond its limit only, the worst first', async () => {
    const progress = new Progress();
    const seconds: Record<string, number> = { fine: 0, slow: 60, stuck: 61, worse: 1_000 };
    for (const [what, still] of Object.entries(seconds))
      progress.register({ what, limitS: 60, remedy: REMEDY, stillS: () => still });
    expect(await progress.standstills()).toEqual([
      { what: 'worse', still_s: 1_000, limit_s: 60, remedy: REMEDY },
      { what: 'stuck', still_s: 61, limit_s: 60, remedy: REMEDY },
    ]);
  });

  it('that nobody can tell anything of is not well: it has not moved since that was known', async () => {
    let now = 0;
    const progress = new Progress(() => now);
    let answer: () => number | undefined = () => 0;
    progress.register({ what: 'inbox', limitS: 60, remedy: REMEDY, stillS: () => answer() });
    expect(await progress.standstills()).toEqual([]);
    answer = () => {
      throw new Error('MySQL is away');
    };
    expect(await progress.standstills()).toEqual([]);
    now = 61_000;
    expect(await progress.standstills()).toMatchObject([{ what: 'inbox', still_s: 61 }]);
    answer = () => undefined;
    expect(await progress.standstills()).toMatchObject([{ what: 'inbox', still_s: 61 }]);
    answer = () => 0;
    expect(await progress.standstills()).toEqual([]);
  });

  it('is not waited for when its owner does not answer', async () => {
    const progress = new Progress();
    progress.register({ what: 'silent', limitS: 60, remedy: REMEDY, stillS: () => new Promise<number>(() => {}) });
    expect(await progress.readings()).toMatchObject([{ what: 'silent' }]);
  });
});

describe('a poller', () => {
  const tickers: Ticker[] = [];
  afterEach(() => Promise.all(tickers.splice(0).map((ticker) => ticker.stop())));
  const started = (work: () => Promise<unknown>) => {
    const ticker = new Ticker('test.look', 3_600_000, work, logger);
    tickers.push(ticker);
    ticker.start();
    return ticker;
  };
  const pollers = async () => (await new Progress().readings()).filter(({ what }) => what === 'poller test.look');

  it('is watched from its start to its stop, without being registered by anybody', async () => {
    const ticker = started(async () => {});
    expect(await pollers()).toMatchObject([{ still_s: 0, limit_s: 10_800 }]);
    await ticker.stop();
    expect(await pollers()).toEqual([]);
  });
});

describe('a queue', () => {
  const figures = (more: Partial<QueueFigures>): QueueFigures => ({
    queue: 'broker.events',
    paused: false,
    jobs: { waiting: 1, active: 0, delayed: 0, failed: 0 },
    oldestId: '1',
    oldestS: 0,
    deadS: 0,
    ...more,
  });

  it('moves while another job is its next one than before, however old that is', async () => {
    let [now, next] = [0, figures({ oldestS: 9_999 })];
    const progress = new Progress();
    for (const mover of queueMovers(
      async () => [next],
      () => now,
    ))
      progress.register(mover);
    expect(await progress.standstills()).toEqual([]);
    now = 61_000;
    expect(await progress.standstills()).toMatchObject([{ what: 'queue broker.events', still_s: 61 }]);
    next = figures({ oldestId: '2', oldestS: 9_999 });
    expect(await progress.standstills()).toEqual([]);
    next = figures({ deadS: 5 });
    expect(await progress.standstills()).toMatchObject([{ what: 'dead letters of broker.events', still_s: 5 }]);
  });
});
