import type { Narration, Tell } from './narration.ts';
import { dim } from './terminal.mjs';
import type { WalkContext } from './walk-context.ts';
import { eventFacts, type PushRecord, pushFact } from './walk-tokens.ts';

interface Row {
  readonly state: string | null;
  readonly status: number | null;
  readonly auditid: string | null;
  readonly is_release: number;
  readonly last_error: string | null;
}

/** States that a release of the walk must not get into. */
const ENDS = ['failed', 'rejected', 'withdrawn', 'superseded', 'stopped', 'reverted'];
/** What the source design's `status` column means. */
const STATUS = ['0 approved', '1 rejected', '2 in audit', '3 withdrawn', '4 not submitted'];

/** A template goes through commit, privacy scan, audit and release of the merchant's mini program. */
export async function release(story: Narration, context: WalkContext, merchant: string): Promise<void> {
  const version = `1.0.${await releaseCount(context)}`;

  const templateId = await story.chapter('A draft becomes a template', async (tell) => {
    const asked = await context.countCalls();
    const draft = await context.control<{ draft_id: number }>('POST', `/components/${context.component}/drafts`, {
      user_version: version,
      user_desc: 'Autumn menu',
    });
    tell('developer', `uploads version ${version}: draft ${draft.draft_id}`);
    const drafts = await context.api<{ items: unknown[] }>('release', 'GET', context.componentPath('/template-drafts'));
    tell('drafts', `${drafts.body.items.length} listed`);
    const { body: added } = await context.api<{ template_id: number }>('release', 'POST', context.componentPath('/templates'), {
      draft_id: draft.draft_id,
    });
    const { body } = await context.api<{ items: unknown[] }>('release', 'GET', context.componentPath('/templates'));
    tell('templates', `${body.items.length} listed; ours is template ${added.template_id}`);
    tell('asked WeChat', await asked());
    return added.template_id;
  });

  const id = await story.chapter(`Release ${version} is created: WeChat takes the code and scans it`, async (tell) => {
    const asked = await context.countCalls();
    const { body } = await context.api<{ release_id: number }>('release', 'POST', context.componentPath('/releases'), {
      authorizer_appid: merchant,
      template_id: templateId,
      user_version: version,
      user_desc: 'Autumn menu',
      ext_json: { extAppid: merchant, ext: { shop: 'camellia' } },
    });
    tell('release', `f_wechat_submitaudit #${body.release_id}`);
    await follow(context, body.release_id, tell, 'ready');
    tell('asked WeChat', await asked());
    return body.release_id;
  });

  await story.chapter('It is submitted to audit', async (tell) => {
    const asked = await context.countCalls();
    await context.api('release', 'POST', `/v1/releases/${id}/submit`, {});
    const row = await follow(context, id, tell, 'auditing');
    tell('audit', `number ${row.auditid}`);
    tell('asked WeChat', await asked());
  });

  await story.chapter('WeChat approves; its event tells us', async (tell) => {
    const asked = await context.countCalls();
    const since = await context.newestEvent();
    const { push } = await context.control<{ push: PushRecord }>('POST', `/merchants/${merchant}/audit/approve`, {});
    tell('push', pushFact(push));
    const event = await eventFacts(context, since, ['weapp_audit_success'], 'release.events');
    tell('inbox', `f_wechat_event #${event.row.event_id}`);
    tell('queue', event.job);
    await follow(context, id, tell, 'approved');
    tell('asked WeChat', `${await asked()}  ${dim('(the event is only a hint: the result is read)')}`);
  });

  await story.chapter('It is published', async (tell) => {
    const asked = await context.countCalls();
    await context.api('release', 'POST', `/v1/releases/${id}/publish`, {});
    await follow(context, id, tell, 'released');
    tell('asked WeChat', await asked());
    const { slots } = await context.control<{ slots: { online: unknown } | null }>('GET', `/merchants/${merchant}`);
    if (!JSON.stringify(slots?.online ?? null).includes(version))
      throw new Error(`WeChat does not say that ${version} is online`);
    tell('online', `version ${version}, says WeChat`);
  });
}

async function releaseCount(context: WalkContext): Promise<number> {
  const row = await context.row<{ n: number }>('SELECT COUNT(*) AS n FROM f_wechat_submitaudit WHERE component_appid = ?', [
    context.component,
  ]);
  return Number(row?.n ?? 0) + 1;
}

/** Tells each state the release passes until it reaches the goal. @throws Error when it ends elsewhere. */
async function follow(context: WalkContext, id: number, tell: Tell, goal: string): Promise<Row> {
  const seen: string[] = [];
  const row = await context.until(
    `release ${id} to be ${goal}`,
    async () => {
      const found = await context.row<Row>(
        'SELECT state, status, auditid, is_release, last_error FROM f_wechat_submitaudit WHERE submitaudit_id = ?',
        [id],
      );
      if (!found?.state) return undefined;
      if (seen.at(-1) !== found.state) seen.push(found.state);
      if (ENDS.includes(found.state)) throw new Error(`the release is "${found.state}": ${found.last_error ?? 'no reason kept'}`);
      return found.state === goal ? found : undefined;
    },
    60_000,
  );
  tell('state', `${seen.join(' → ')}  ${dim(`status ${STATUS[row.status ?? -1] ?? row.status}, is_release ${row.is_release}`)}`);
  return row;
}
