import { Injectable } from '@nestjs/common';
import { type CallRecord, CallRecorder } from '../calls/recorder.service.js';
import { PushLog } from '../pushes/push-log.service.js';
import { type AuditStatus, isPending } from '../world/app-code.js';
import type { Authorization, Component, Merchant } from '../world/model.js';
import { World } from '../world/world.service.js';
import { auditButtons, cancelButton, clockButtons, faultButtons, ticketButton } from './actions.js';
import { type Html, html } from './html.domain.js';
import { LANGUAGE_SCRIPT, LANGUAGE_STYLE, LANGUAGE_SWITCH, pair } from './language.js';
import { STATE_SCRIPT, STATE_STYLE } from './state.style.js';

const SHOWN = 14;
const AUDIT_NAMES: Record<AuditStatus, readonly [string, string]> = {
  0: ['审核通过 approved', 'good'],
  1: ['审核不通过 rejected', 'bad'],
  2: ['审核中 in audit', 'busy'],
  3: ['已撤回 withdrawn', ''],
  4: ['审核延后 delayed', 'busy'],
};

type PushLine = ReturnType<PushLog['list']>['pushes'][number];

/** What goes on inside, at a glance; reads itself again every two seconds. */
@Injectable()
export class StatePage {
  constructor(
    private readonly world: World,
    private readonly log: PushLog,
    private readonly recorder: CallRecorder,
  ) {}

  render(): string {
    return html`<!doctype html>
      <html lang="zh-CN">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title data-en="WeChat sandbox">微信开放平台沙箱</title>
          <style>${STATE_STYLE}${LANGUAGE_STYLE}</style>
        </head>
        <body>
          ${LANGUAGE_SWITCH.input}
          <header><span class="logo" aria-hidden="true"></span><b>${pair('微信开放平台沙箱 WeChat Open Platform sandbox')}</b>${LANGUAGE_SWITCH.label}</header>
          <main><div id="live">${this.body()}</div></main>
          <p id="said" role="status" hidden></p>
          <dialog id="content"><form method="dialog"><button>${pair('关闭 Close')}</button></form><pre></pre></dialog>
          <script>${LANGUAGE_SCRIPT}${STATE_SCRIPT}</script>
        </body>
      </html>`.text;
  }

  body(): Html {
    const { components, merchants, clock } = this.world;
    const pushes = this.log.list({ limit: SHOWN }, false);
    const calls = this.recorder.list({ limit: SHOWN }, false);
    const apps = newestApps([...merchants.values()]);
    const authorizations = [...components.values()].reduce((sum, component) => sum + component.authorizations.size, 0);
    return html`
      <div class="tiles">
        ${tile('平台 Components', components.size)} ${tile('账号 Merchants', merchants.size)} ${tile('授权 Authorizations', authorizations)}
        ${tile('审核单 Audits', this.world.audits.size)} ${tile('推送次数 Pushes', pushes.total)} ${tile('接口调用次数 Calls', calls.total)}
        ${tile('沙箱时间 Clock', `${beijing(clock.now())} ×${clock.speed}`)}
      </div>
      <section class="bar">${pair('时钟 Clock')} ${clockButtons()} ${pair('故障 Faults')} ${faultButtons()}</section>
      ${section(
        '第三方平台 Components',
        [
          '平台 Platform',
          'AppID',
          '验证票据 Ticket',
          '令牌剩余 Token left',
          '授权 / 模板 Authorized / templates',
          '本月提审额度 Submitted this month',
        ],
        [...components.values()].map((component) => this.componentRow(component)),
      )}
      ${section(
        '授权账号 Authorized accounts',
        ['账号 Account', '平台 Platform', '权限集 Permission sets', '授权时间 Authorized', ''],
        newestAuthorizations([...components.values()]).map(authorizationRow),
      )}
      ${section('小程序各版本 Mini program versions', ['小程序 App', '体验版 Trial', '审核 Audit', '线上 Online', '灰度 Gray'], apps.map(appRow))}
      <div class="two">
        ${section('最近推送 Recent pushes', ['时间 Time', '类型 Kind', '相关账号 About', '结果 Result', ''], pushes.pushes.map(pushRow))}
        ${section('最近调用 Recent API calls', ['时间 Time', '接口 API', '账号 Account', '结果 Result'], calls.calls.map(callRow))}
      </div>
    `;
  }

  private componentRow(component: Component): Html {
    const { options, tokens, monthly } = component;
    const seconds = tokens.current ? Math.round((tokens.current.expiresAt - this.world.now) / 1000) : 0;
    return html`<tr>
      <td><b>${options.name}</b><small>${options.auth_event_url}</small></td>
      <td><code>${component.appid}</code>${!options.published && tag('未全网发布 not published', 'busy')}</td>
      <td>${tag(component.ticketAccepted ? '已接收 accepted' : '未接收 waiting', component.ticketAccepted ? 'good' : 'busy')} ${ticketButton(component.appid)}</td>
      <td>${tokens.current ? (seconds > 0 ? `${seconds} s` : tag('过期 expired', 'bad')) : '—'}</td>
      <td>${component.authorizations.size} / ${component.templates.size}</td>
      <td>${monthly.submitUsed} / ${options.submit_limit}</td>
    </tr>`;
  }
}

const tile = (name: string, value: unknown): Html => html`<div class="tile"><span>${pair(name)}</span><b>${value}</b></div>`;

const tag = (name: string, tone: string): Html => html`<span class="tag ${tone}">${pair(name)}</span>`;

const section = (title: string, heads: string[], rows: Html[]): Html => html`<section>
  <h2>${pair(title)}</h2>
  <div class="scroll">
    <table>
      <thead><tr>${heads.map((head) => html`<th>${pair(head)}</th>`)}</tr></thead>
      <tbody>${rows.length > 0 ? rows : html`<tr><td colspan="${heads.length}" class="empty">${pair('暂无 nothing yet')}</td></tr>`}</tbody>
    </table>
  </div>
</section>`;

const beijing = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString().slice(5, 19).replace('T', ' ');
const time = (ms: number): Html => html`<td class="time">${beijing(ms).slice(6)}</td>`;

const newestApps = (merchants: Merchant[]): Merchant[] =>
  merchants
    .filter((merchant) => merchant.code)
    .sort((a, b) => (b.code?.trial?.commit_time ?? 0) - (a.code?.trial?.commit_time ?? 0))
    .slice(0, SHOWN);

const newestAuthorizations = (components: Component[]): Authorization[] =>
  components
    .flatMap(({ authorizations }) => [...authorizations.values()])
    .sort((a, b) => b.authTime - a.authTime)
    .slice(0, SHOWN);

function authorizationRow({ component, merchant, sets, authTime }: Authorization): Html {
  return html`<tr>
    <td><b>${merchant.nick_name}</b><small>${merchant.appid}</small></td>
    <td><code>${component.appid}</code></td>
    <td>${sets.size}</td>
    <td class="time">${beijing(authTime * 1000)}</td>
    <td>${cancelButton(component.appid, merchant.appid)}</td>
  </tr>`;
}

function appRow(merchant: Merchant): Html {
  const { trial, ticket, online, gray } = merchant.code!;
  const audit = ticket ? AUDIT_NAMES[ticket.status] : undefined;
  return html`<tr>
    <td><b>${merchant.nick_name}</b><small>${merchant.appid}</small></td>
    <td>${trial?.user_version ?? '—'}</td>
    <td>${audit ? html`${tag(audit[0], audit[1])}<small>${ticket?.version.user_version} · ${ticket?.auditid}</small>` : '—'}${ticket && isPending(ticket) && auditButtons(ticket.auditid)}</td>
    <td>${online ? tag(online.user_version, 'good') : '—'}</td>
    <td>${gray?.status === 1 ? `${gray.gray_percentage}%` : '—'}</td>
  </tr>`;
}

function pushRow(push: PushLine): Html {
  const last = push.tries.at(-1);
  const state = push.dropped
    ? ['丢弃 dropped', 'busy']
    : push.delivered
      ? ['success', 'good']
      : last
        ? [last.error ?? '失败 failed', 'bad']
        : ['…', 'busy'];
  return html`<tr>
    ${time(push.at_ms)}
    <td><code>${push.kind}</code>${push.tampered && html`<small>${push.tampered}</small>`}</td>
    <td><code>${push.authorizer_appid || push.component_appid}</code></td>
    <td>${tag(state[0]!, state[1]!)}${push.tries.length > 1 && html`<small>×${push.tries.length}</small>`}</td>
    <td><button type="button" data-push="${push.id}">${pair('内容 Content')}</button></td>
  </tr>`;
}

function callRow(call: CallRecord): Html {
  const fine = call.errcode === 0 && call.http_status === 200;
  return html`<tr>
    ${time(call.at_ms)}
    <td><code>${call.path}</code></td>
    <td><code>${call.appid || call.component_appid || '—'}</code></td>
    <td>${tag(fine ? 'ok' : String(call.errcode || call.http_status || call.fault), fine ? 'good' : 'bad')}<small>${call.ms} ms</small></td>
  </tr>`;
}
