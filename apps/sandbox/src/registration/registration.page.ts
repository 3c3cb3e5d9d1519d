import { page } from '../consent/consent.page.js';
import { type Html, html } from '../state/html.domain.js';
import { both, type Pair } from '../state/language.js';
import { type Act, hasEnded, type Stage } from './status.domain.js';
import type { Task } from './tasks.service.js';

const WORDS: Readonly<Record<string, Pair>> = {
  made: ['等待您确认', 'Waiting for you'],
  'timed-out': ['已超时（24 小时）', 'Timed out (24 hours)'],
  refused: ['您已拒绝', 'You refused'],
  agreed: ['请完成人脸核身', 'Face check comes next'],
  'face-started': ['人脸核身中', 'Face check is under way'],
  'face-failed': ['人脸核身未通过，可重试', 'Face check failed; you may try again'],
  'face-passed': ['请验证手机号', 'Phone comes next'],
  'phone-given': ['验证码已发送', 'Code sent'],
  'phone-failed': ['手机验证未通过，可重试', 'Phone check failed; you may try again'],
  'phone-verified': ['正在创建小程序', 'The mini program is being made'],
  failed: ['创建失败', 'Creation failed'],
  created: ['小程序已创建', 'The mini program is made'],
  verified: ['主体信息已核实', 'Company data verified'],
  'not-verified': ['主体信息未通过核实', 'Company data not verified'],
};

const NEXT: Readonly<Partial<Record<Stage, readonly (readonly [Act, Pair])[]>>> = {
  made: [
    ['agree', ['同意', 'Agree']],
    ['refuse', ['拒绝', 'Refuse']],
  ],
  agreed: [
    ['face-pass', ['人脸通过', 'Pass the face check']],
    ['face-fail', ['人脸失败', 'Fail the face check']],
  ],
  'face-failed': [
    ['face-pass', ['重试并通过', 'Try again and pass']],
    ['refuse', ['拒绝', 'Refuse']],
  ],
  'face-passed': [
    ['phone-pass', ['手机验证通过', 'Pass the phone check']],
    ['phone-fail', ['手机验证失败', 'Fail the phone check']],
  ],
  'phone-failed': [
    ['phone-pass', ['重试并通过', 'Try again and pass']],
    ['refuse', ['拒绝', 'Refuse']],
  ],
};

const buttonFor = ([act, [zh, en]]: readonly [Act, Pair], primary: boolean): Html =>
  html`<button id="${act}" name="act" value="${act}" class="${primary && 'primary'}">${both(zh, en)}</button>`;

/** Where a legal person, or the person of a trial, says yes (registration reference §1). */
export function registrationPage(task: Task): string {
  const [zh, en] = WORDS[task.stage] ?? [`数量已达上限或受限（${task.stage}）`, `A limit was met (${task.stage})`];
  return page(
    ['注册小程序', 'Register a mini program'],
    'mobile',
    html`<section class="who"><h1><b>${task.component.options.name}</b> ${both('为您注册小程序', 'registers a mini program for you')}</h1><p>${task.name}</p></section>
      <section class="note"><h1 id="stage" data-stage="${task.stage}">${both(zh, en)}</h1>${task.appid && html`<p><code id="appid">${task.appid}</code></p>`}</section>
      ${!hasEnded(task.stage) && html`<form method="post" action="/_consent/registrations/${task.id}"><div class="buttons">${(NEXT[task.stage] ?? []).map((next, index) => buttonFor(next, index === 0))}</div></form>`}`,
  );
}
