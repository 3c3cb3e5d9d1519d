import { type Html, html } from '../state/html.domain.js';
import type { Merchant } from '../world/model.js';
import type { PermissionSet } from '../world/permission-sets.js';
import type { ConsentSession } from './consent.service.js';
import { CONSENT_SCRIPT, CONSENT_STYLE } from './consent.style.js';

const KIND_NAMES = { mp: '公众号 / 服务号 · Official account', miniprogram: '小程序 · Mini program' } as const;

function page(title: string, device: string, body: Html): string {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>${CONSENT_STYLE}</style>
      </head>
      <body class="${device}">
        <header><span class="logo" aria-hidden="true"></span><b>微信公众平台</b><i>沙箱 · Sandbox, not WeChat</i></header>
        <main>${body}</main>
      </body>
    </html>`.text;
}

export function consentPage(
  session: ConsentSession,
  merchants: readonly Merchant[],
  total: number,
  search: string,
  problem?: string,
): string {
  const { component } = session;
  const initial = merchants[0];
  return page(
    '账号授权 · Authorize',
    session.device,
    html`<section class="who">
        <h1><b>${component.options.name}</b> 申请获得以下权限</h1>
        <p>asks for permission to act for your account · <code>${component.appid}</code></p>
      </section>
      ${problem && html`<p class="error" id="error" role="alert">${problem}</p>`}
      <form class="search" method="get" action="/_consent/${session.id}">
        <input id="search" name="q" value="${search}" placeholder="搜索账号 · Search ${total} account(s)" aria-label="搜索账号 Search accounts" />
      </form>
      <form method="post" action="/_consent/${session.id}" id="consent">
        <div class="columns">
          <fieldset class="merchants">
            <legend>选择账号 <small>Choose an account</small></legend>
            ${merchants.map((merchant, index) => merchantRow(merchant, index === 0))}
            ${merchants.length === 0 && html`<p class="empty">没有可授权的账号 <small>No account fits this link</small></p>`}
            ${total > merchants.length && html`<p class="empty">还有 ${total - merchants.length} 个，请搜索 <small>more; use the search</small></p>`}
          </fieldset>
          <fieldset class="sets" data-kind="${initial?.kind ?? ''}">
            <legend>权限 <small>Permissions</small></legend>
            ${session.sets.map(setRow)}
          </fieldset>
        </div>
        <div class="buttons">
          <button id="authorize" name="decision" value="authorize" class="primary">授权 <small>Authorize</small></button>
          <button id="cancel" name="decision" value="cancel">取消 <small>Cancel</small></button>
        </div>
      </form>
      <script>${CONSENT_SCRIPT}</script>`,
  );
}

const merchantRow = (merchant: Merchant, checked: boolean): Html => html`<label class="row">
  <input type="radio" name="merchant" id="merchant-${merchant.appid}" value="${merchant.appid}" data-kind="${merchant.kind}"${checked && ' checked'} />
  <span class="avatar ${merchant.kind}" aria-hidden="true">${[...merchant.nick_name][0]}</span>
  <span><b>${merchant.nick_name}</b><small>${KIND_NAMES[merchant.kind]} · ${merchant.appid}</small></span>
</label>`;

const setRow = (set: PermissionSet): Html => html`<label class="row ${set.kind}">
  <input type="checkbox" name="set" id="set-${set.id}" value="${set.id}" checked />
  <span><b>${set.zh}</b>${set.exclusive && html`<em title="同一时间只能授权给一个平台 · one platform at a time">互斥</em>`}<small>${set.en} · ${set.id}</small></span>
</label>`;

export const errorPage = (device: string, message: string): string =>
  page(
    '无法授权 · Cannot authorize',
    device,
    html`<section class="note"><span class="badge bad">!</span><h1>授权失败 <small>Authorization failed</small></h1><p id="error" role="alert">${message}</p></section>`,
  );

export const donePage = (device: string): string =>
  page(
    '完成 · Done',
    device,
    html`<section class="note"><span class="badge">✓</span><h1 id="done">授权成功 <small>Authorized</small></h1></section>`,
  );

/** Nothing has happened: no mark of success. */
export const cancelledPage = (device: string): string =>
  page(
    '未授权 · Not authorized',
    device,
    html`<section class="note">
      <h1 id="cancelled">您已取消，本次未授权 <small>Cancelled: nothing was authorized</small></h1>
      <p>如需重试，请重新打开服务商的授权页。<small>To try again open the provider’s page once more.</small></p>
    </section>`,
  );
