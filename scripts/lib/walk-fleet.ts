import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Narration, shortTime } from './narration.ts';
import { newAppid } from './secrets.ts';
import { dim } from './terminal.mjs';
import type { WalkContext } from './walk-context.ts';
import { sealed } from './walk-tokens.ts';

export interface Shop {
  readonly appid: string;
  readonly name: string;
  /** Short, for the margin. */
  readonly label: string;
}

const NAMES = [
  ['Dawn Soymilk', '晨光豆浆 Dawn Soymilk ☕'],
  ['Bamboo Noodles', '竹林面馆 Bamboo Noodles 🍜'],
  ['Blue Whale', '蓝鲸潜水 Blue Whale 🐋'],
  ['Rain Florist', '小雨花房 Rain Florist 🌷'],
] as const;

/** Four more merchants authorize our component; their browsers never come back, so that WeChat's push alone brings the codes. */
export async function authorizeFleet(story: Narration, context: WalkContext): Promise<readonly Shop[]> {
  const shops = await chooseFleet(context);
  await story.chapter('Four more merchants authorize; WeChat’s pushes alone bring their codes', async (tell) => {
    const asked = await context.countCalls();
    const since = await context.newestEvent();
    for (const { appid, name } of shops)
      await context.merchant({
        appid,
        kind: 'miniprogram',
        nick_name: name,
        principal_name: '杭州四家商贸有限公司',
      });
    await Promise.all(
      shops.map(({ appid }) =>
        context.control('POST', '/authorizations', {
          component_appid: context.component,
          merchant_appid: appid,
          redirect: 'none',
        }),
      ),
    );
    const jobs = await Promise.all(shops.map(({ appid }) => workedOff(context, appid, since)));
    const slowest = Math.max(...jobs.map(({ waitedMs, workedMs }) => waitedMs + workedMs));
    tell('pushes', 'authorized ×4, read from the inbox f_wechat_event');
    tell('queue', `broker.events  ${jobs.map(({ id }) => id).join(', ')}  ${dim(`the slowest took ${shortTime(slowest)}`)}`);
    for (const { appid, label } of shops) {
      const row = await context.row<{ refresh_id: number; authorizer_refresh_token: string }>(
        `SELECT refresh_id, authorizer_refresh_token FROM f_wechat_refreshtoken
          WHERE component_appid = ? AND authorizer_appid = ? AND is_cancel = 0`,
        [context.component, appid],
      );
      if (!row) throw new Error(`${appid} has no live refresh token`);
      tell(label, `${appid}  f_wechat_refreshtoken #${row.refresh_id}  ${sealed(row.authorizer_refresh_token)}`);
    }
    tell('asked WeChat', await asked());
  });
  return shops;
}

/** The times of the job that took a merchant's authorization over. */
async function workedOff(context: WalkContext, appid: string, since: number) {
  const event = await context.until(`the authorization of ${appid} in the inbox, handed over`, () =>
    context.row<{ event_id: string }>(
      `SELECT event_id FROM f_wechat_event WHERE event_id > ? AND component_appid = ? AND authorizer_appid = ?
          AND kind IN ('authorized', 'updateauthorized') AND state = 'queued' ORDER BY event_id DESC LIMIT 1`,
      [since, context.component, appid],
    ),
  );
  const id = `event-${event.event_id}`;
  const job = await context.until(`the job ${id} in broker.events`, () => context.job('broker.events', id));
  await context.until(`the profile of ${appid}`, () =>
    context.row(
      'SELECT 1 FROM f_wechat_authorizer WHERE component_appid = ? AND authorizer_appid = ? AND nick_name IS NOT NULL',
      [context.component, appid],
    ),
  );
  return { id, ...job };
}

/** The same four at every start, but for those that were left half-way. */
async function chooseFleet(context: WalkContext): Promise<Shop[]> {
  const file = join(context.settings.folder, 'walk-fleet.json');
  const former = readList(file);
  const busy = new Set(
    (
      await context.rows<{ appid: string }>(
        `SELECT app_id AS appid FROM f_wechat_submitaudit
          WHERE component_appid = ? AND state IN ('created', 'scanning', 'ready', 'auditing', 'approved', 'graying')
          UNION SELECT t.authorizer_appid FROM f_wechat_rollouttarget t JOIN f_wechat_rollout r ON r.rollout_id = t.rollout_id
          WHERE r.component_appid = ? AND r.state NOT IN ('completed', 'aborted')`,
        [context.component, context.component],
      )
    ).map(({ appid }) => appid),
  );
  const shops = NAMES.map(([label, name], index) => {
    const appid = former[index];
    return { label, name, appid: appid && !busy.has(appid) ? appid : newAppid() };
  });
  mkdirSync(context.settings.folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(shops.map(({ appid }) => appid))}\n`);
  return shops;
}

function readList(file: string): string[] {
  try {
    const list: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(list) ? list.filter((appid) => typeof appid === 'string') : [];
  } catch {
    return [];
  }
}
