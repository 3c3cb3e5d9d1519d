import { describe, expect, it } from 'vitest';
import type { AppStatus } from './apps.js';
import { type DatabaseStatus, judge, type Seen } from './judge.js';
import type { QueuesStatus } from './queues.js';
import { report } from './report.js';

const UP: AppStatus[] = (['ingestion', 'broker', 'release'] as const).map((app) => ({
  app,
  state: 'up',
  problems: [],
  standstills: [],
}));
const DATABASE: DatabaseStatus = {
  stored: {
    components: [{ component_appid: 'wxc', ticket_age_s: 60, authorizers: { authorized: 2 } }],
    inbox: { waiting: 0, oldest_s: 0 },
    kept: { stale_grants: { count: 0, since: null, event_ids: [] }, unreadable: { count: 0, since: null } },
    mute_channels: [],
    releases: { released: 3 },
    releases_that_wait: [],
    releases_behind_reviews: 0,
    rollouts: [],
    errors: [],
  },
  standstills: [],
  readOnly: false,
};
const QUEUE = { queue: 'broker.events', paused: false, waiting: 0, active: 0, delayed: 0, dead_letters: 0 };
const REDIS: QueuesStatus = {
  queues: [QUEUE],
  spool: { waiting: 0, oldest_s: 0, set_aside: 0 },
  standstills: [],
  refusal: undefined,
};
const stands = (what: string, still_s = 90) => ({ what, still_s, limit_s: 60, remedy: `The remedy for ${what}.` });

const WELL: Seen = { apps: UP, database: { value: DATABASE }, redis: { value: REDIS } };
const judged = (more: Partial<Seen>) => judge({ ...WELL, ...more }, 3_600);
const whole = (seen: Partial<Seen>) => {
  const { database, redis } = { ...WELL, ...seen };
  const text = report(
    judged(seen),
    'value' in database ? database.value.stored : undefined,
    'value' in redis ? redis.value : undefined,
  );
  return text;
};
const last = (seen: Partial<Seen>) => {
  const text = whole(seen);
  return text.slice(text.search(/^(Problems|Nothing needs you)/m)).trimEnd();
};

describe('what status ends with', () => {
  it('is “Nothing needs you” when the three places say so', () => {
    expect(judged({}).problems).toEqual([]);
    expect(last({})).toBe('Nothing needs you.');
  });

  it('says how far that goes when an app was not asked', () => {
    const apps = UP.map((app) => (app.app === 'broker' ? { ...app, state: 'not asked' as const } : app));
    expect(last({ apps })).toBe('Nothing needs you, as far as MySQL and Redis tell: broker was not asked.');
  });

  it.each<[string, Partial<Seen>, string]>([
    [
      'a MySQL that takes no writes, at once',
      { database: { value: { ...DATABASE, readOnly: true } } },
      'MySQL is read-only: pushes wait in Redis, and nothing else is written. This is a replica, or a demoted primary: point DATABASE_URL to the primary, or let it write again (SET GLOBAL read_only = 0).',
    ],
    ['a MySQL that cannot be reached', { database: { problem: 'DATABASE_URL: no.' } }, 'DATABASE_URL: no.'],
    ['a Redis that cannot be reached', { redis: { problem: 'REDIS_URL: no.' } }, 'REDIS_URL: no.'],
    [
      'a Redis that refuses, at once',
      { redis: { value: { ...REDIS, refusal: 'Redis refuses: OOM. Do this.' } } },
      'Redis refuses: OOM. Do this.',
    ],
    [
      'an app that is down',
      { apps: [{ app: 'release', state: 'down', problems: ['mysql: ETIMEDOUT'], standstills: [] }] },
      'release is down: mysql: ETIMEDOUT',
    ],
    [
      'what an app does not move',
      { apps: [{ app: 'broker', state: 'degraded', problems: [], standstills: [stands('channel invalidation')] }] },
      'channel invalidation has not moved for 90 s. The remedy for channel invalidation.',
    ],
    [
      'a clock that is wrong',
      { apps: [{ app: 'broker', state: 'degraded', problems: [], standstills: [stands('clock of broker')] }] },
      'clock of broker has been wrong for 90 s. The remedy for clock of broker.',
    ],
    [
      'a queue that somebody paused',
      { redis: { value: { ...REDIS, queues: [{ ...QUEUE, paused: true }] } } },
      'broker.events is paused: resume it at /queues of the management port',
    ],
    [
      'dead letters',
      { redis: { value: { ...REDIS, queues: [{ ...QUEUE, dead_letters: 2 }] } } },
      '2 dead letters in broker.events: wxplane queues dead-letters',
    ],
    [
      'a ticket that is old',
      {
        database: {
          value: {
            ...DATABASE,
            stored: { ...DATABASE.stored, components: [{ component_appid: 'wxc', ticket_age_s: null, authorizers: {} }] },
          },
        },
      },
      'wxc: no ticket yet',
    ],
  ])('names %s', (_, seen, line) => {
    expect(judged(seen).problems).toEqual([line]);
    expect(last(seen)).toBe(`Problems\n  ${line}`);
  });

  it('says a server’s trouble once: in its own words, not as a thing that does not move as well', () => {
    const apps = UP.map((app) => ({ ...app, standstills: [stands('redis'), stands('mysql')] }));
    const seen = { apps, database: { problem: 'MySQL is away.' }, redis: { problem: 'Redis is away.' } };
    expect(judged(seen).problems).toEqual(['MySQL is away.', 'Redis is away.']);
    // The tool may reach what an app does not.
    expect(judged({ apps }).problems).toHaveLength(2);
  });

  it('shows a single release that waits for its own quota: from when, until when that is no wonder', () => {
    const since = '2026-11-30T04:00:00.000Z';
    const waits = { release_id: 7, authorizer_appid: 'wxa', errcode: 45009, since, explained_until: '2026-11-30T19:00:00.000Z' };
    const text = report(judged({}), { ...DATABASE.stored, releases_that_wait: [waits] }, REDIS);
    expect(text).toMatch(/release 7 +waits for the quota of wxa \(45009\) since 2026-11-30 .*, explained until 2026-/);
  });

  it('puts what stands still into one line while a server is in trouble: it is the server that somebody has to mend', () => {
    const apps = UP.map((app) => ({ ...app, standstills: [stands('poller a', 130), stands('channel b', 70)] }));
    expect(judged({ apps, redis: { problem: 'Redis is away.' } }).problems).toEqual([
      'Redis is away.',
      'Most likely because of that, this has not moved: poller a (2 min), channel b (70 s).',
    ]);
    expect(judged({ apps }).problems).toHaveLength(2);
  });

  it('keeps what the others say when one place says nothing', () => {
    const text = report(judged({ database: { problem: 'no' } }), undefined, REDIS);
    expect(text).toContain('broker.events');
    expect(text).not.toContain('component');
  });

  it('names grants that were not believed, since when by WeChat, and what to type for each', () => {
    const stale = (...event_ids: string[]) =>
      judged({
        database: {
          value: {
            ...DATABASE,
            stored: {
              ...DATABASE.stored,
              kept: {
                ...DATABASE.stored.kept,
                stale_grants: { count: event_ids.length, since: '2026-11-30T10:00:00.000Z', event_ids },
              },
            },
          },
        },
      }).problems;
    expect(stale()).toEqual([]);
    expect(stale('7')).toEqual([
      expect.stringMatching(
        /^1 grant or cancellation since 2026-.* was kept as stale, and nobody acted on it: .*wxplane events replay <event_id> --accept, for 7\. .*wxplane authorizers sync\.$/,
      ),
    ]);
    expect(stale('7', '9')[0]).toMatch(
      /^2 grants or cancellations since .* were kept as stale, and nobody acted on them: .* for 7, 9\. /,
    );
  });

  it('names pushes that cannot be read, and how to look at them', () => {
    const unreadable = { count: 1, since: '2026-11-30T10:00:00.000Z' };
    const stored = { ...DATABASE.stored, kept: { ...DATABASE.stored.kept, unreadable } };
    expect(judged({ database: { value: { ...DATABASE, stored } } }).problems).toEqual([
      expect.stringMatching(/^1 push of the last day, since 2026-.*, cannot be read, .*wxplane events search --kind unreadable/),
    ]);
  });

  it('tells how many pushes wait in Redis, also while MySQL is away, and what to do about those that were set aside', () => {
    const spool = { waiting: 1, oldest_s: 180, set_aside: 2 };
    const seen = { redis: { value: { ...REDIS, spool } }, database: { problem: 'DATABASE_URL: no.' } };
    expect(whole({})).toMatch(/^pushes in Redis +none wait$/m);
    expect(whole(seen)).toMatch(/^pushes in Redis +1 waits for MySQL, the oldest for 3 min$/m);
    expect(judged(seen).problems).toContainEqual(
      expect.stringMatching(
        /^2 pushes that were kept in Redis cannot be stored \(\{wxplane\}:ingestion:spool:refused\): .*docs\/ingestion/,
      ),
    );
  });

  it('tells how many releases wait for a review of the former version', () => {
    const text = report(judged({}), { ...DATABASE.stored, releases_behind_reviews: 2 }, REDIS);
    expect(text).toMatch(/^releases that wait +2 for the end of the review of a former version$/m);
  });
});
