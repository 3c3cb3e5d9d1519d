import type { RolloutPreview as Preview, RolloutView as Rollout, RolloutTargetView as Target } from '#openapi/release';
import type { Narration } from './narration.ts';
import { bold, dim, pad } from './terminal.mjs';
import type { WalkContext } from './walk-context.ts';
import { authorizeFleet, type Shop } from './walk-fleet.ts';

/** What the played auditor does not like, and how he says it. */
const PLACEHOLDER = '测试店铺 Test shop';
const REASON =
  '1:你好，小程序页面内容不符合规则:<br>(1):页面 "pages/index/index" 的店铺名称“测试店铺”为占位文字，请填写真实店铺名称后重新提交。<br>';

/** One template goes to four mini programs: a canary first, one rejection, a fix, a retry, and the report. */
export async function rollOut(story: Narration, context: WalkContext): Promise<void> {
  const shops = await authorizeFleet(story, context);
  const [canary, second, third, florist] = shops as [Shop, Shop, Shop, Shop];
  const version = await nextVersion(context);
  const templateId = await promote(context, version);
  const spec = {
    name: `Version ${version}`,
    targets: { list: shops.map(({ appid }) => appid) },
    template_id: templateId,
    user_version: version,
    user_desc: 'Winter menu',
    ext_json: { extAppid: '{{appid}}', ext: { shop: '{{shop}}' } },
    policy: { submit: 'auto', publish: 'auto' },
    options: { canary_size: 1, per_minute: 6_000 },
  };
  const preview = async () =>
    (await context.api<Preview>('release', 'POST', context.componentPath('/rollouts/preview'), spec)).body;

  const hash = await story.chapter(`Version ${version} for all four: looked at first, nothing is sent`, async (tell) => {
    const asked = await context.countCalls();
    for (const { appid, name } of [canary, second, third]) await giveName(context, appid, name);
    await context.api('release', 'PUT', context.componentPath(`/authorizers/${florist.appid}/ext-settings`), { variables: {} });
    const first = await preview();
    tell('template', `${templateId}, of a draft as before; ext_json has the shop’s name as {{shop}}`);
    tell('preview', `${first.ready} of ${first.targets} are ready`);
    for (const { authorizer_appid, path, message } of first.problems) tell('', `${authorizer_appid}  ${path} ${message}`);
    await giveName(context, florist.appid, PLACEHOLDER);
    const now = await preview();
    if (now.ready !== now.targets) throw new Error(`the preview still has problems: ${JSON.stringify(now.problems)}`);
    tell('filled in', `its own variable, f_wechat_extsettings: ${now.ready} of ${now.targets} are ready`);
    tell('would be sent', `ext_json ${now.requests[0]?.commit.ext_json}`);
    tell('asked WeChat', await asked());
    return now.hash;
  });

  const id = await story.chapter('The rollout starts with a canary of one', async (tell) => {
    const asked = await context.countCalls();
    const { body } = await context.api<Rollout>('release', 'POST', context.componentPath('/rollouts'), {
      ...spec,
      preview_hash: hash,
    });
    tell('rollout', `f_wechat_rollout #${body.rollout_id}, 4 rows in f_wechat_rollouttarget; only what the preview showed`);
    await submitted(context, canary.appid, version);
    const { body: waiting } = await context.api<Rollout>('release', 'GET', `/v1/rollouts/${body.rollout_id}`);
    tell('stage', `${waiting.stage}: ${waiting.counts.running} under way, ${waiting.counts.pending} wait for it`);
    await decide(context, canary.appid, 'approve');
    await until(context, body.rollout_id, 'the canary to be online', ({ stage }) => stage === 'full');
    tell('canary', `approved and published by itself; ${canary.name} is online: the others follow`);
    tell('asked WeChat', await asked());
    return body.rollout_id;
  });

  await story.chapter('Two are approved; WeChat’s auditor rejects one', async (tell) => {
    const asked = await context.countCalls();
    await Promise.all([second, third, florist].map(({ appid }) => submitted(context, appid, version)));
    await Promise.all([second, third].map(({ appid }) => decide(context, appid, 'approve')));
    await decide(context, florist.appid, 'reject', { reason: REASON, screenshots: 1 });
    const ended = await until(context, id, 'the other three to end', ({ state }) => state === 'completed');
    tell('rollout', `${ended.state}: ${ended.counts.succeeded} succeeded, ${ended.counts.failed} failed`);
    const target = await targetOf(context, id, florist.appid);
    if (target.reason?.code !== 'rejected') throw new Error(`not told as a rejection: ${JSON.stringify(target)}`);
    tell(florist.label, `${target.release_state}  f_wechat_submitaudit #${target.release_id}`);
    for (const line of (target.reason.detail ?? '').split('\n').filter(Boolean)) tell('', line);
    const shot = await context.until('the screenshot to be kept', () =>
      context.row<{ screenshot_id: number; bytes: number; content_type: string }>(
        "SELECT screenshot_id, bytes, content_type FROM f_wechat_screenshot WHERE release_id = ? AND state = 'stored'",
        [target.release_id],
      ),
    );
    tell('screenshot', `f_wechat_screenshot #${shot.screenshot_id}  ${shot.content_type}, ${shot.bytes} bytes, fetched at once`);
    tell('asked WeChat', await asked());
  });

  await story.chapter('The rejected one is fixed and tried again', async (tell) => {
    const asked = await context.countCalls();
    await giveName(context, florist.appid, florist.name);
    tell('fixed', `its variable shop: “${PLACEHOLDER}” → “${florist.name}”`);
    const before = await targetOf(context, id, florist.appid);
    await context.api('release', 'POST', `/v1/rollouts/${id}/retry`, {});
    const { releaseId } = await submitted(context, florist.appid, version, before.release_id ?? 0);
    tell('retry', `only the failed one: f_wechat_submitaudit #${releaseId}; #${before.release_id} stays, with its reason`);
    await decide(context, florist.appid, 'approve');
    const ended = await until(
      context,
      id,
      'the retried one to be online',
      ({ state, counts }) => state === 'completed' && counts.failed === 0,
    );
    tell('rollout', `${ended.state}: ${ended.counts.succeeded} of ${ended.counts.total} succeeded`);
    tell('asked WeChat', await asked());
  });

  await story.chapter('The report of the rollout', async (tell) => {
    const asked = await context.countCalls();
    const { body } = await context.api<{ rollout: Rollout; targets: readonly Target[] }>(
      'release',
      'GET',
      `/v1/rollouts/${id}/report?format=json`,
    );
    for (const target of body.targets) {
      const attempts = target.attempts === 0 ? 'at the first try' : 'when tried again';
      const label = shops.find(({ appid }) => appid === target.authorizer_appid)?.label ?? target.authorizer_appid;
      tell(label, `${pad(bold(target.state), 10)} ${target.release_state}  ${dim(attempts)}`);
    }
    await Promise.all(shops.map((shop) => mustRun(context, shop, version)));
    tell('online', `version ${version} in all four, says WeChat`);
    tell('asked WeChat', await asked());
  });
}

/** Unlike any that an earlier start released. */
async function nextVersion(context: WalkContext): Promise<string> {
  const row = await context.row<{ n: number }>('SELECT COUNT(*) AS n FROM f_wechat_rollout WHERE component_appid = ?', [
    context.component,
  ]);
  return `2.0.${Number(row?.n ?? 0) + 1}`;
}

async function promote(context: WalkContext, version: string): Promise<number> {
  const draft = await context.control<{ draft_id: number }>('POST', `/components/${context.component}/drafts`, {
    user_version: version,
    user_desc: 'Winter menu',
  });
  const { body } = await context.api<{ template_id: number }>('release', 'POST', context.componentPath('/templates'), {
    draft_id: draft.draft_id,
  });
  return body.template_id;
}

/** Gives a mini program its own value for `{{shop}}`. */
async function giveName(context: WalkContext, appid: string, shop: string): Promise<void> {
  await context.api('release', 'PUT', context.componentPath(`/authorizers/${appid}/ext-settings`), { variables: { shop } });
}

/** Waits until a release of the mini program, newer than `after`, is in audit. */
async function submitted(context: WalkContext, appid: string, version: string, after = 0): Promise<{ releaseId: number }> {
  const row = await context.until(`${appid} to be in audit`, () =>
    context.row<{ releaseId: number }>(
      `SELECT submitaudit_id AS releaseId FROM f_wechat_submitaudit
        WHERE component_appid = ? AND app_id = ? AND user_version = ? AND state = 'auditing' AND submitaudit_id > ?`,
      [context.component, appid, version, after],
    ),
  );
  return row;
}

/** WeChat's auditor decides, and WeChat pushes it. */
async function decide(context: WalkContext, appid: string, verdict: 'approve' | 'reject', more: object = {}): Promise<void> {
  await context.control('POST', `/merchants/${appid}/audit/${verdict}`, more);
}

async function until(context: WalkContext, id: number, what: string, reached: (rollout: Rollout) => boolean): Promise<Rollout> {
  return context.until(`${what} (rollout ${id})`, async () => {
    const { body } = await context.api<Rollout>('release', 'GET', `/v1/rollouts/${id}`);
    if (body.state === 'paused' || body.state === 'waiting')
      throw new Error(`rollout ${id} is ${body.state}: ${body.reason?.detail ?? 'no reason kept'}`);
    return reached(body) ? body : undefined;
  });
}

async function targetOf(context: WalkContext, id: number, appid: string): Promise<Target> {
  const { body } = await context.api<{ items: readonly Target[] }>('release', 'GET', `/v1/rollouts/${id}/targets`);
  const target = body.items.find(({ authorizer_appid }) => authorizer_appid === appid);
  if (!target) throw new Error(`${appid} is no target of rollout ${id}`);
  return target;
}

async function mustRun(context: WalkContext, { appid, name }: Shop, version: string): Promise<void> {
  const { slots } = await context.control<{ slots: { online: { user_version: string; ext_json: string } | null } | null }>(
    'GET',
    `/merchants/${appid}`,
  );
  const online = slots?.online;
  if (online?.user_version !== version || !online.ext_json.includes(name))
    throw new Error(`WeChat does not say that ${name} runs ${version} under its own name: ${JSON.stringify(online)}`);
}
