import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillForm, findLink, open, type Page, textOf } from './consent.ts';
import type { Narration, Tell } from './narration.ts';
import { newAppid } from './secrets.ts';
import { dim } from './terminal.mjs';
import type { WalkContext } from './walk-context.ts';
import { eventFacts, sealed } from './walk-tokens.ts';

interface Link {
  readonly link_id: string;
  readonly url: string;
  readonly expires_at: string;
}

const FILE = 'walk-merchant';

/** A merchant authorizes our component, page by page. @returns the merchant's appid. */
export async function authorize(story: Narration, context: WalkContext): Promise<string> {
  const merchant = await chooseMerchant(context);
  const known = await context.row(
    'SELECT 1 FROM f_wechat_refreshtoken WHERE component_appid = ? AND authorizer_appid = ? AND is_cancel = 0',
    [context.component, merchant],
  );

  const link = await story.chapter(
    known ? 'The merchant of the last start authorizes anew' : 'A merchant is to authorize us',
    async (tell) => {
      await context.merchant({
        appid: merchant,
        kind: 'miniprogram',
        nick_name: '山茶花小店 Camellia 🌺',
        principal_name: '山茶花（深圳）贸易有限公司',
      });
      tell('merchant', `mini program ${merchant}, played by the sandbox`);
      const { body } = await context.api<Link>('broker', 'POST', context.componentPath('/authorization-links'), {
        state: 'walk',
      });
      tell('our link', withoutSecrets(body.url));
      tell('kept', `f_wechat_authorizationlink, for one authorization until ${body.expires_at.slice(0, 10)}`);
      return body;
    },
  );

  const since = await context.newestEvent();
  const asked = await context.countCalls();
  await story.chapter('The merchant opens it, consents on WeChat’s page, and comes back', async (tell) => {
    await consent(link, merchant, tell);
  });

  await story.chapter(known ? 'The new tokens replace the former ones' : 'The authorization is recorded', async (tell) => {
    await tellRows(context, merchant, tell);
    const event = await eventFacts(context, since, ['authorized', 'updateauthorized'], 'broker.events');
    tell('push', `${event.row.kind}  f_wechat_event #${event.row.event_id}: the same grant once more`);
    tell('queue', event.job);
    tell('asked WeChat', await asked());
  });
  return merchant;
}

/** The same merchant at every start, unless a release of it was left half-way. */
async function chooseMerchant(context: WalkContext): Promise<string> {
  const former = walkMerchant(context.settings.folder);
  const halfway = await context.row(
    `SELECT 1 FROM f_wechat_submitaudit WHERE component_appid = ? AND app_id = ?
        AND state IN ('created', 'scanning', 'ready', 'auditing', 'approved', 'graying')`,
    [context.component, former],
  );
  return halfway ? keep(context.settings.folder, newAppid()) : former;
}

/** Whom the walk is about, from its first start on. */
export function walkMerchant(folder: string): string {
  try {
    const former = readFileSync(join(folder, FILE), 'utf8').trim();
    if (former) return former;
  } catch {
    // The first start.
  }
  return keep(folder, newAppid());
}

function keep(folder: string, appid: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, FILE), `${appid}\n`);
  return appid;
}

async function consent(link: Link, merchant: string, tell: Tell): Promise<void> {
  const launch = await open(link.url);
  need(launch.status === 200, launch);
  const target = findLink(launch, '/cgi-bin/componentloginpage');
  if (!target) throw new Error(`the launch page has no link to WeChat: ${textOf(launch.html).slice(0, 200)}`);
  tell('launch page', headingOf(launch));

  const page = await open(target, link.url);
  need(page.status === 200, page);
  tell('consent page', headingOf(page));
  const { action, method, fields } = fillForm(page, { radio: merchant, button: 'authorize' });
  tell('merchant', 'picks the mini program, leaves all permission sets ticked, authorizes');
  let hop = method === 'post' ? await open(action, target, fields) : await open(`${action.split('?')[0]}?${fields}`, target);
  for (let count = 0; count < 5 && hop.location; count += 1) {
    tell('redirect', `${hop.status} → ${withoutSecrets(hop.location).replace(/^[^/]+/, '')}`);
    hop = await open(hop.location, page.url);
  }
  need(hop.status === 200, hop);
  tell('callback', headingOf(hop));
}

/** Title and place of a page. */
function headingOf(page: Page): string {
  return `“${textOf(/<title[^>]*>([^<]*)/.exec(page.html)?.[1] ?? '')}”  ${dim(new URL(page.url).pathname)}`;
}

function need(condition: boolean, page: Page): void {
  if (!condition) throw new Error(`${withoutSecrets(page.url)} answered ${page.status}: ${textOf(page.html).slice(0, 300)}`);
}

async function tellRows(context: WalkContext, merchant: string, tell: Tell): Promise<void> {
  const at = [context.component, merchant];
  const token = await context.until('a live refresh token', () =>
    context.row<{ refresh_id: number; authorizer_refresh_token: string }>(
      'SELECT refresh_id, authorizer_refresh_token FROM f_wechat_refreshtoken WHERE component_appid = ? AND authorizer_appid = ? AND is_cancel = 0',
      at,
    ),
  );
  tell('refresh token', `f_wechat_refreshtoken #${token.refresh_id}  ${sealed(token.authorizer_refresh_token)}`);
  const profile = await context.until('the profile', () =>
    context.row<{ authorizer_id: number; state: string; nick_name: string | null }>(
      'SELECT authorizer_id, state, nick_name FROM f_wechat_authorizer WHERE component_appid = ? AND authorizer_appid = ? AND nick_name IS NOT NULL',
      at,
    ),
  );
  tell('profile', `f_wechat_authorizer #${profile.authorizer_id}  ${profile.state}  “${profile.nick_name}”`);
  const sets = await context.row<{ n: number }>(
    'SELECT COUNT(*) AS n FROM f_wechat_authorizerpermission WHERE component_appid = ? AND authorizer_appid = ?',
    at,
  );
  tell('permissions', `f_wechat_authorizerpermission  ${sets?.n ?? 0} sets granted`);
}

/** An address with the values of its parameters hidden: some are codes. */
export function withoutSecrets(address: string): string {
  const url = new URL(address);
  const names = [...url.searchParams.keys()].map((name) => `${name}=…`);
  return `${url.host}${url.pathname}${names.length > 0 ? `?${names.join('&')}` : ''}`;
}
