import type { Narration, Tell } from './narration.ts';
import { dim } from './terminal.mjs';
import type { WalkContext } from './walk-context.ts';
import { eventFacts, type PushRecord, pushFact } from './walk-tokens.ts';

interface Row {
  readonly submitaudit_id: number;
  readonly state: string | null;
  readonly status: number | null;
  readonly auditid: string | null;
  readonly is_release: number;
  readonly last_error: string | null;
}

/** What the source design's `status` column means. */
const STATUS = ['0 approved', '1 rejected', '2 in audit', '3 withdrawn', '4 not submitted'];

/** A template goes through commit, privacy scan, audit and release of the merchant's mini program. */
export async function release(story: Narration, context: WalkContext, merchant: string): Promise<void> {
  const version = `1.0.${await releaseCount(context)}`;

  const templateId = await story.chapter('A draft becomes a template', async (tell) => {
    const draft = await context.control<{ draft_id: number }>('POST', `/components/${context.component}/drafts`, {
      user_version: version,
      user_desc: 'Autumn menu',
    });
    tell('developer', `uploads ${version}: draft ${draft.draft_id}`);
    const drafts = await context.api<{ items: unknown[] }>('release', 'GET', context.componentPath('/template-drafts'));
    tell('drafts', `${drafts.body.items.length} listed`);
    const added = await context.api<{ template_id?: number }>('release', 'POST', context.componentPath('/templates'), {
      draft_id: draft.draft_id,
    });
    const { body } = await context.api<{ items: { template_id: number; user_version: string }[] }>(
      'release',
      'GET',
      context.componentPath('/templates'),
    );
    const id =
      added.body?.template_id ??
      body.items
        .filter((item) => item.user_version === version)
        .map((item) => item.template_id)
        .at(-1);
    if (id === undefined) throw new Error(`the template made of draft ${draft.draft_id} is not in the list`);
    tell('templates', `${body.items.length} listed; ours is template ${id}`);
    return id;
  });

  const id = await story.chapter(`A release of ${version} is created: code is committed, WeChat scans it`, async (tell) => {
    const { body } = await context.api<{ release_id: number }>('release', 'POST', context.componentPath('/releases'), {
      authorizer_appid: merchant,
      template_id: templateId,
      user_version: version,
      user_desc: 'Autumn menu',
      ext_json: { extEnable: true, extAppid: merchant },
    });
    tell('release', `f_wechat_submitaudit #${body.release_id}`);
    await follow(context, body.release_id, tell, ['ready']);
    return body.release_id;
  });

  await story.chapter('It is submitted to audit', async (tell) => {
    await context.api('release', 'POST', `/v1/releases/${id}/submit`, {});
    const row = await follow(context, id, tell, ['auditing']);
    tell('WeChat says', `audit ${row.auditid}`);
  });

  await story.chapter('WeChat approves; the audit event tells us', async (tell) => {
    const { push } = await context.control<{ push: PushRecord }>('POST', `/merchants/${merchant}/audit/approve`, {});
    tell('push', pushFact(push));
    const event = await eventFacts(context, 'weapp_audit_success', 'release.events', merchant);
    tell('inbox', `f_wechat_event #${event.row.event_id}`);
    tell('queue', event.job);
    await follow(context, id, tell, ['approved']);
  });

  await story.chapter('It is published', async (tell) => {
    await context.api('release', 'POST', `/v1/releases/${id}/publish`, {});
    await follow(context, id, tell, ['released']);
    const { body } = await context.api<unknown>('release', 'GET', context.componentPath(`/authorizers/${merchant}/versions`));
    tell('online version', onlineVersion(body, version));
  });
}

async function releaseCount(context: WalkContext): Promise<number> {
  const row = await context.row<{ n: number }>('SELECT COUNT(*) AS n FROM f_wechat_submitaudit WHERE component_appid = ?', [
    context.component,
  ]);
  return Number(row?.n ?? 0) + 1;
}

/** Tells each state the release passes until it reaches one of `goals`. @throws Error when it ends elsewhere. */
async function follow(context: WalkContext, id: number, tell: Tell, goals: readonly string[]): Promise<Row> {
  const seen: string[] = [];
  const row = await context.until(
    `release ${id} to be ${goals.join(' or ')} (it is ${seen.at(-1)})`,
    async () => {
      const found = await context.row<Row>(
        'SELECT submitaudit_id, state, status, auditid, is_release, last_error FROM f_wechat_submitaudit WHERE submitaudit_id = ?',
        [id],
      );
      if (!found?.state) return undefined;
      if (seen.at(-1) !== found.state) seen.push(found.state);
      if (/failed|rejected|cancelled/.test(found.state))
        throw new Error(`the release is "${found.state}": ${found.last_error ?? 'no reason kept'}`);
      return goals.includes(found.state) ? found : undefined;
    },
    60_000,
  );
  tell('states', `${seen.join(' → ')}  ${dim(`status ${STATUS[row.status ?? -1] ?? row.status}, is_release ${row.is_release}`)}`);
  return row;
}

function onlineVersion(body: unknown, version: string): string {
  const text = JSON.stringify(body);
  if (!text.includes(version)) throw new Error(`WeChat does not say that ${version} is online: ${text.slice(0, 300)}`);
  return `${version}  ${dim('as WeChat tells it')}`;
}
