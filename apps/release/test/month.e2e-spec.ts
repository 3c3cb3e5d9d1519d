import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../../../test/support/processes.js';
import { Month } from '../testing/month/month.js';
import { submittedTwice } from '../testing/month/slots.js';
import { ReleaseWorld } from '../testing/release-world.js';

/** `MONTH_WEEKS=4 MONTH_MERCHANTS=10000 npm test -- --e2e month` is the whole month of a platform of that size; it takes hours. */
const MERCHANTS = Number(process.env['MONTH_MERCHANTS'] ?? 24);
const WEEKS = Number(process.env['MONTH_WEEKS'] ?? 2);

const OTHERS = ['already-online', 'older', 'taken-over', 'unauthorized'];

describe('a month of a platform', () => {
  let world: ReleaseWorld;
  let month: Month;
  let replica: Child | undefined;

  beforeAll(async () => {
    world = await ReleaseWorld.start({ WECHAT_TIMEOUT_MS: '5000' });
    month = new Month(world, { weeks: WEEKS, merchants: MERCHANTS, changing: 3, barred: 2, quota: 1.5 * WEEKS });
    month.onDay = async (day) => {
      if (day % 4 !== 1) return;
      await replica?.kill();
      // Beside the one of the world: what it has begun when it is killed, that one carries on.
      replica = await world.replica();
    };
    await month.run();
  }, 1_000_000_000);
  afterAll(async () => {
    await replica?.stop();
    await world?.stop();
  });

  it('every rollout has ended, and its report is what WeChat has', async () => {
    const wrong: string[] = [];
    for (const { rolloutId, version } of month.started) {
      const { rollout, stages } = await month.summary(rolloutId);
      const sum = Object.values(stages).reduce((all, count) => all + count, 0);
      if (rollout.state !== 'completed' || rollout.progress !== 1 || sum !== rollout.counts.total)
        wrong.push(`rollout ${rolloutId}: ${JSON.stringify({ rollout, stages })}`);
      for (const { authorizer_appid: appid, state, reason } of await month.rollouts.targets(rolloutId)) {
        const online = month.slots.versionsOf(appid).includes(version);
        // A version that was tried again, or whose merchant went: another rollout tells who has it.
        const others = OTHERS.includes(reason?.code ?? '');
        if (state === 'succeeded' ? !online : online && !others)
          wrong.push(`${appid} ${version}: ${state}, online: ${online}, ${JSON.stringify(reason)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(month.started.length).toBeGreaterThanOrEqual(2 * WEEKS);
  });

  it('nothing was submitted twice, and nobody went back to an older version', async () => {
    const audits = await month.slots.audits(month.merchants);
    const twice = submittedTwice(audits);
    expect(await Promise.all(twice.map(({ appid, version }) => story(appid, version)))).toEqual([]);
    expect(month.slots.notForward()).toEqual([]);
    const [sent] = await world.database.dataSource.query(
      `SELECT COUNT(*) AS n FROM f_wechat_releasehistory WHERE to_state = 'auditing' AND from_state <> 'auditing'`,
    );
    expect(audits).toHaveLength(Number(sent.n));
  });

  /** What we and WeChat know of it, to find out why. */
  async function story(appid: string, version: string): Promise<object> {
    const query = (sql: string) => world.database.dataSource.query(sql, [appid, version]);
    return {
      releases: await query(
        `SELECT submitaudit_id, rollout_id, state, auditid, intent, last_error, unclear_count FROM f_wechat_submitaudit WHERE app_id = ? AND user_version = ?`,
      ),
      history: await query(
        `SELECT h.release_id, h.at, h.from_state, h.to_state, h.cause, h.detail
           FROM f_wechat_releasehistory h JOIN f_wechat_submitaudit r ON r.submitaudit_id = h.release_id
          WHERE r.app_id = ? AND r.user_version = ? ORDER BY h.history_id`,
      ),
      atWechat: (await month.slots.audits([appid])).map(({ auditid, status, version: { user_version } }) => ({
        auditid,
        status,
        user_version,
      })),
    };
  }

  it('everybody who was there and stayed has the last version', () => {
    const stayed = month.newest.audience.filter((appid) => !month.left.has(appid));
    expect(stayed.filter((appid) => month.slots.versionsOf(appid).at(-1) !== month.newest.version)).toEqual([]);
    expect(stayed.length).toBeGreaterThan(MERCHANTS / 3);
  });

  it('nothing was sent for those of whom the preview knew that it would fail', async () => {
    expect(month.barred.length).toBeGreaterThan(0);
    for (const appid of month.barred) expect(await world.sandbox.calls('/wxa/commit', appid)).toBe(0);
  });
});
