import { type Html, html } from './html.domain.js';
import { pair } from './language.js';

interface Action {
  /** Both languages: `通过 Approve`. */
  readonly label: string;
  /** Below `/_control`. */
  readonly path: string;
  readonly body?: unknown;
  readonly method?: 'POST' | 'DELETE';
  /** Asked of the person first; the answer goes into this member of the body, unless it is empty. */
  readonly ask?: { readonly question: string; readonly member: string };
}

/** A button that calls the control API; the page's script does it. */
export const button = ({ label, path, body = {}, method = 'POST', ask }: Action): Html =>
  html`<button type="button" data-path="/_control/${path}" data-method="${method}" data-body="${JSON.stringify(body)}" data-ask="${ask?.question ?? ''}" data-member="${ask?.member ?? ''}">${pair(label)}</button>`;

/** What the reviewers of a pending audit may decide. */
export const auditButtons = (auditid: number): Html => html`<span class="actions">
  ${button({ label: '通过 Approve', path: `audits/${auditid}/approve` })}
  ${button({ label: '驳回 Reject', path: `audits/${auditid}/reject`, ask: { question: '驳回原因 Reason', member: 'reason' } })}
  ${button({ label: '延后 Delay', path: `audits/${auditid}/delay` })}
</span>`;

export const ticketButton = (component: string): Html =>
  button({ label: '推送 ticket Push a ticket', path: `components/${component}/ticket` });

export const cancelButton = (component_appid: string, merchant_appid: string): Html =>
  button({ label: '取消授权 Cancel', path: 'authorizations/cancel', body: { component_appid, merchant_appid } });

export const clockButtons = (): Html => html`<span class="actions">
  ${[1, 60, 3_600].map((speed) => button({ label: `×${speed}`, path: 'clock', body: { speed } }))}
  ${button({ label: '快进一小时 +1 h', path: 'clock', body: { jump_s: 3_600 } })}
</span>`;

/** The faults that people try first; the control API has more. */
export const faultButtons = (): Html => html`<span class="actions">
  ${button({ label: '丢弃下一个推送 Drop the next push', path: 'push-faults', body: { action: 'drop' } })}
  ${button({ label: '下一个推送发两次 Double the next push', path: 'push-faults', body: { action: 'double' } })}
  ${button({ label: '下一次调用 502 Next call: 502', path: 'faults', body: { path: '*', action: 'status', status: 502 } })}
  ${button({ label: '下一次调用系统繁忙 Next call: errcode -1', path: 'faults', body: { path: '*', action: 'errcode', errcode: -1 } })}
  ${button({ label: '下一次调用不应答 Next call: hangs', path: 'faults', body: { path: '*', action: 'hang' } })}
  ${button({ label: '清除调用故障 Clear call faults', path: 'faults', method: 'DELETE' })}
  ${button({ label: '清除推送故障 Clear push faults', path: 'push-faults', method: 'DELETE' })}
</span>`;
