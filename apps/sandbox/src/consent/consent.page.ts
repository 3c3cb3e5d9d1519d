import { type Html, html } from '../state/html.domain.js';
import { both, LANGUAGE_SCRIPT, LANGUAGE_STYLE, LANGUAGE_SWITCH, type Pair } from '../state/language.js';
import type { Merchant, MerchantKind } from '../world/model.js';
import type { PermissionSet } from '../world/permission-sets.js';
import type { ConsentSession } from './consent.service.js';
import { CONSENT_SCRIPT, CONSENT_STYLE } from './consent.style.js';

const KIND_NAMES: Record<MerchantKind, Pair> = {
  mp: ['公众号 / 服务号', 'Official account'],
  miniprogram: ['小程序', 'Mini program'],
};

export function page([zh, en]: Pair, device: string, body: Html): string {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title data-en="${en}">${zh}</title>
        <style>${CONSENT_STYLE}${LANGUAGE_STYLE}</style>
      </head>
      <body class="${device}">
        ${LANGUAGE_SWITCH.input}
        <header><span class="logo" aria-hidden="true"></span><b>${both('微信公众平台', 'WeChat Official Accounts Platform')}</b><i>${both('沙箱，不是微信', 'Sandbox, not WeChat')}</i>${LANGUAGE_SWITCH.label}</header>
        <main>${body}</main>
        <script>${LANGUAGE_SCRIPT}</script>
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
    ['账号授权', 'Authorize'],
    session.device,
    html`<section class="who">
        <h1><b>${component.options.name}</b> ${both('申请获得以下权限', 'asks for permission to act for your account')}</h1>
        <p><code>${component.appid}</code></p>
      </section>
      ${problem && html`<p class="error" id="error" role="alert">${told(problem)}</p>`}
      <form class="search" method="get" action="/_consent/${session.id}">
        <label for="search">${both(`搜索账号（共 ${total} 个）`, `Search accounts (${total})`)}</label>
        <input id="search" name="q" value="${search}" />
      </form>
      <form method="post" action="/_consent/${session.id}" id="consent">
        <div class="columns">
          <fieldset class="merchants">
            <legend>${both('选择账号', 'Choose an account')}</legend>
            ${merchants.map((merchant, index) => merchantRow(merchant, index === 0))}
            ${merchants.length === 0 && html`<p class="empty">${both('没有可授权的账号', 'No account fits this link')}</p>`}
            ${total > merchants.length && html`<p class="empty">${both(`还有 ${total - merchants.length} 个，请搜索`, `${total - merchants.length} more: use the search`)}</p>`}
          </fieldset>
          <fieldset class="sets" data-kind="${initial?.kind ?? ''}">
            <legend>${both('权限', 'Permissions')}</legend>
            ${session.sets.map(setRow)}
          </fieldset>
        </div>
        <div class="buttons">
          <button id="authorize" name="decision" value="authorize" class="primary">${both('授权', 'Authorize')}</button>
          <button id="cancel" name="decision" value="cancel">${both('取消', 'Cancel')}</button>
        </div>
      </form>
      <script>${CONSENT_SCRIPT}</script>`,
  );
}

const merchantRow = (merchant: Merchant, checked: boolean): Html => html`<label class="row">
  <input type="radio" name="merchant" id="merchant-${merchant.appid}" value="${merchant.appid}" data-kind="${merchant.kind}"${checked && ' checked'} />
  <span class="avatar ${merchant.kind}" aria-hidden="true">${[...merchant.nick_name][0]}</span>
  <span><b>${merchant.nick_name}</b><small>${both(...KIND_NAMES[merchant.kind])} · ${merchant.appid}</small></span>
</label>`;

const setRow = (set: PermissionSet): Html => html`<label class="row ${set.kind}">
  <input type="checkbox" name="set" id="set-${set.id}" value="${set.id}" checked />
  <span><b>${both(set.zh, set.en)}</b>${set.exclusive && EXCLUSIVE}<small>${set.id}</small></span>
</label>`;

const EXCLUSIVE = html`<em class="zh" lang="zh-CN" title="同一时间只能授权给一个平台">互斥</em><em class="en" lang="en" title="Held by one platform at a time">exclusive</em>`;

/** `页面已失效 (this page has ended)` in the language that is shown; WeChat's own words have only one. */
function told(message: string): Html {
  const [, zh, en] = /^(.+?) \(([^()]+)\)$/su.exec(message) ?? [];
  return zh && en ? both(zh, en) : html`${message}`;
}

export const errorPage = (device: string, message: string): string =>
  page(
    ['无法授权', 'Cannot authorize'],
    device,
    html`<section class="note"><span class="badge bad">!</span><h1>${both('授权失败', 'Authorization failed')}</h1><p id="error" role="alert">${told(message)}</p></section>`,
  );

export const donePage = (device: string): string =>
  page(
    ['完成', 'Done'],
    device,
    html`<section class="note"><span class="badge">✓</span><h1 id="done">${both('授权成功', 'Authorized')}</h1></section>`,
  );

/** Nothing has happened: no mark of success. */
export const cancelledPage = (device: string): string =>
  page(
    ['未授权', 'Not authorized'],
    device,
    html`<section class="note">
      <h1 id="cancelled">${both('您已取消，本次未授权', 'Cancelled: nothing was authorized')}</h1>
      <p>${both('如需重试，请重新打开服务商的授权页。', 'To try again open the provider’s page once more.')}</p>
    </section>`,
  );
