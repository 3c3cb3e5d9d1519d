import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BINDINGS, inTransaction, SecretBox } from '#persistence';
import { createLogger } from '#service';
import { createTestDatabase, type TestDatabase } from '../../persistence/testing/database.js';
import { type Effect, InboxConsumer } from './index.js';

const logger = await createLogger({ app: 'test', level: 'silent' });
const secrets = new SecretBox([{ id: 'k1', key: randomBytes(32) }]);
const XML = `<xml><AppId>wxc</AppId><CreateTime>1763800000</CreateTime><InfoType>unauthorized</InfoType><AuthorizerAppid>wxa</AuthorizerAppid></xml>`;
const DONE: Effect = { state: 'done' };
let database: TestDatabase;
let inbox: InboxConsumer;
let eventId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  inbox = new InboxConsumer(database.dataSource, secrets, logger);
});
afterAll(() => database?.drop());
beforeEach(async () => {
  eventId = await stored();
});

async function stored(state = 'queued'): Promise<string> {
  const dedupeKey = randomBytes(32).toString('hex');
  const { insertId } = await database.dataSource.query(
    `INSERT INTO f_wechat_event (component_appid, authorizer_appid, family, kind, dedupe_key, received_at, payload, state)
     VALUES ('wxc', 'wxa', 'component', 'unauthorized', ?, UTC_TIMESTAMP(3), ?, ?)`,
    [dedupeKey, secrets.seal(XML, BINDINGS.event('wxc', dedupeKey)), state],
  );
  return String(insertId);
}
const effects = () =>
  database.dataSource.query('SELECT consumer, state, note, attempts FROM f_wechat_eventeffect WHERE event_id = ? ORDER BY 1', [
    eventId,
  ]);
const never = async () => expect.unreachable('it was acted on');

describe('consuming an event of the inbox', () => {
  it('acts on it once, opened and read, and records the effect by the name of the consumer', async () => {
    const seen: unknown[] = [];
    await inbox.consumeOnce('broker', eventId, async ({ conclude, ...event }) => {
      seen.push(event);
      return { state: 'skipped', note: 'nothing to do here' };
    });
    expect(seen).toMatchObject([
      { eventId, componentAppid: 'wxc', authorizerAppid: 'wxa', event: { kind: 'unauthorized', AuthorizerAppid: 'wxa' } },
    ]);
    expect(await inbox.consumeOnce('broker', eventId, never)).toBeUndefined();
    expect(await inbox.consumeOnce('release', eventId, async () => DONE)).toEqual(DONE);
    expect(await effects()).toEqual([
      { consumer: 'broker', state: 'skipped', note: 'nothing to do here', attempts: 1 },
      { consumer: 'release', state: 'done', note: null, attempts: 1 },
    ]);
  });

  it.each(['mismatch', 'stale'])('leaves alone what is kept as %s, whoever consumes it', async (state) => {
    eventId = await stored(state);
    for (const consumer of ['broker', 'release'] as const) await inbox.consumeOnce(consumer, eventId, never);
    expect(await effects()).toEqual([]);
  });

  it('leaves no effect when acting failed, and acts again', async () => {
    await expect(
      inbox.consumeOnce('broker', eventId, async () => {
        throw new Error('WeChat is away');
      }),
    ).rejects.toThrow('WeChat is away');
    expect(await effects()).toEqual([]);
    await inbox.consumeOnce('broker', eventId, async () => DONE);
    expect(await effects()).toMatchObject([{ state: 'done' }]);
  });

  it('acts again on what ended as failed, and counts', async () => {
    await inbox.consumeOnce('broker', eventId, async () => ({ state: 'failed', note: 'the code is too old' }));
    await inbox.consumeOnce('broker', eventId, async () => DONE);
    expect(await effects()).toEqual([{ consumer: 'broker', state: 'done', note: null, attempts: 2 }]);
  });

  it.each([
    ['done', 'skipped', 'done'],
    ['skipped', 'done', 'done'],
    ['done', 'failed', 'done'],
    ['failed', 'done', 'done'],
    ['skipped', 'failed', 'skipped'],
  ] as const)(
    'by two replicas at the same time, one with %s first and one with %s after it, ends as %s',
    async (one, other, end) => {
      const bothAct = Promise.withResolvers<void>();
      const firstWritten = Promise.withResolvers<void>();
      const slow = inbox.consumeOnce('broker', eventId, async () => {
        bothAct.resolve();
        await firstWritten.promise;
        return { state: other, note: `then ${other}` };
      });
      await bothAct.promise;
      await inbox.consumeOnce('broker', eventId, async () => ({ state: one, note: `first ${one}` }));
      firstWritten.resolve();
      await slow;
      const note = end === one ? `first ${one}` : `then ${other}`;
      expect(await effects()).toEqual([{ consumer: 'broker', state: end, note, attempts: 2 }]);
    },
  );

  it('an effect that is concluded in the transaction of what was done is there with it, or not at all', async () => {
    await database.dataSource.query('CREATE TABLE IF NOT EXISTS acted (event_id bigint PRIMARY KEY)');
    const act = (outcome: 'commit' | 'roll back') =>
      inbox.consumeOnce('broker', eventId, async ({ conclude }) => {
        await inTransaction(database.dataSource, async (manager) => {
          await manager.query('INSERT INTO acted VALUES (?)', [eventId]);
          await conclude(manager, DONE);
          if (outcome === 'roll back') throw new Error('rolled back');
        });
        // As if the process were killed here: nothing after the transaction takes place.
        throw new Error('killed');
      });
    const acted = () => database.dataSource.query('SELECT 1 FROM acted WHERE event_id = ?', [eventId]);
    await expect(act('roll back')).rejects.toThrow('rolled back');
    expect([await acted(), await effects()]).toEqual([[], []]);
    await expect(act('commit')).rejects.toThrow('killed');
    expect([(await acted()).length, await effects()]).toMatchObject([1, [{ state: 'done', attempts: 1 }]]);
    expect(await inbox.consumeOnce('broker', eventId, never)).toBeUndefined();
  });

  it('keeps a note to what its column holds', async () => {
    await inbox.consumeOnce('broker', eventId, async () => ({ state: 'skipped', note: '😀'.repeat(600) }));
    expect(await effects()).toMatchObject([{ note: '😀'.repeat(512) }]);
  });
});
