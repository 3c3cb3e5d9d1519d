import { FILING, type FilingState, type Missing, missingOf, SMS, SMS_S, stateOf } from './filing.domain.js';

export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** Who has to act, or is being waited for. */
export type Actor = 'operator' | 'administrator' | 'responsible_person' | 'wechat' | 'authority';

export interface WaitingFor {
  readonly who: Actor;
  /** Nothing goes on until a person does something. */
  readonly personMustAct: boolean;
  readonly what: Words;
  readonly remedy: Words | null;
  readonly since: Date | null;
  readonly until: Date | null;
  /** Where they do it, if that is known. */
  readonly url: string | null;
}

type Row = Omit<WaitingFor, 'since' | 'until' | 'url'>;

const BY_STATE: Readonly<Partial<Record<FilingState, Row>>> = {
  platform_review: {
    who: 'wechat',
    personMustAct: false,
    what: { en: 'WeChat checks the application.', zh: '平台审核中。' },
    remedy: null,
  },
  platform_rejected: {
    who: 'operator',
    personMustAct: true,
    what: { en: 'WeChat rejected the application.', zh: '平台审核驳回。' },
    remedy: { en: 'Correct the fields in `reasons` and apply again.', zh: '请按 reasons 中的字段和建议修改后重新提交。' },
  },
  authority_review: {
    who: 'authority',
    personMustAct: false,
    what: { en: 'The provincial authority checks the application.', zh: '管局审核中。' },
    remedy: null,
  },
  authority_rejected: {
    who: 'operator',
    personMustAct: true,
    what: { en: 'The authority rejected the application.', zh: '管局审核驳回。' },
    remedy: { en: 'Correct the fields in `reasons` and apply again.', zh: '请按 reasons 中的字段和建议修改后重新提交。' },
  },
  cancelling: {
    who: 'wechat',
    personMustAct: false,
    what: { en: 'The filing is being cancelled.', zh: '备案注销中。' },
    remedy: null,
  },
  unknown: {
    who: 'operator',
    personMustAct: true,
    what: { en: 'WeChat told a state that is not documented.', zh: '微信返回了文档中没有的备案状态。' },
    remedy: { en: 'Look at the mini program on mp.weixin.qq.com.', zh: '请登录 mp.weixin.qq.com 查看该小程序。' },
  },
};

const SMS_WAITS: Row = {
  who: 'responsible_person',
  personMustAct: true,
  what: {
    en: 'The authority has sent an SMS to the telephones named in the form.',
    zh: '管局已向备案信息中的手机号发送核验短信。',
  },
  remedy: {
    en: 'The person answers the SMS on the website of the authority, within 24 hours as is commonly told.',
    zh: '请负责人尽快按短信提示在管局网站完成核验（通常为 24 小时内）。',
  },
};
const SMS_TIMED_OUT: Row = {
  who: 'operator',
  personMustAct: true,
  what: { en: 'Nobody answered the authority’s SMS in time.', zh: '短信核验超时。' },
  remedy: {
    en: 'Tell the responsible person. The authority will reject the application; then apply again, and have the telephone at hand.',
    zh: '请联系负责人。管局会退回申请，届时重新提交并留意手机短信。',
  },
};

const TO_DO: Readonly<Record<Missing, Words>> = {
  basic_info: { en: 'set name, avatar and introduction', zh: '设置名称、头像和简介' },
  category: { en: 'add a category', zh: '添加类目' },
  certification: { en: 'have it certified', zh: '完成微信认证' },
};

function notFiled(status: number | null): Row {
  const missing = missingOf(status);
  const before = missing.filter((one) => one !== 'certification');
  const what = { en: 'The mini program is not filed.', zh: '小程序未备案。' };
  const steps = (language: keyof Words) => before.map((one) => TO_DO[one][language]).join(language === 'zh' ? '、' : ', ');
  const remedy =
    before.length > 0
      ? { en: `First ${steps('en')}; then apply.`, zh: `请先${steps('zh')}，再提交备案。` }
      : missing.length > 0
        ? {
            en: 'Apply for the filing, and have the mini program certified; both can go in one.',
            zh: '请提交备案并完成微信认证，两者可二合一办理。',
          }
        : { en: 'Apply for the filing.', zh: '请提交备案申请。' };
  return { who: 'operator', personMustAct: true, what, remedy };
}

export interface Situation {
  readonly status: number | null;
  readonly isCanceling: boolean;
  readonly smsStatus: number | null;
  readonly smsSince: Date | null;
  readonly statusAt: Date | null;
  /** A face check that is open. */
  readonly check?: { readonly createdAt: Date; readonly expiresAt: Date; readonly url: string | null } | undefined;
}

/** @returns what a filing waits for; `null`: it is there, or nothing is known yet */
export function waitingFor(now: Situation): WaitingFor | null {
  const state = stateOf(now.status, now.isCanceling);
  const at = (row: Row, more: Partial<WaitingFor> = {}): WaitingFor => ({
    ...row,
    since: now.statusAt,
    until: null,
    url: null,
    ...more,
  });
  const { check } = now;
  const mayApply = state === 'not_filed' || state === 'platform_rejected' || state === 'authority_rejected';
  if (check && (mayApply || state === 'unread'))
    return at(CHECK_OPEN, { since: check.createdAt, until: check.expiresAt, url: check.url });
  if (now.status === FILING.authority && now.smsStatus === SMS.waiting)
    return at(SMS_WAITS, {
      since: now.smsSince,
      until: now.smsSince && new Date(now.smsSince.getTime() + SMS_S * 1_000),
    });
  if (now.status === FILING.authority && now.smsStatus === SMS.timedOut) return at(SMS_TIMED_OUT, { since: now.smsSince });
  if (state === 'not_filed') return at(notFiled(now.status));
  const row = BY_STATE[state];
  return row ? at(row) : null;
}

const CHECK_OPEN: Row = {
  who: 'administrator',
  personMustAct: true,
  what: { en: 'The administrator has to pass the face check.', zh: '等待管理员完成人脸核身。' },
  remedy: {
    en: 'The administrator opens the notice in WeChat (valid for 24 hours) or the link: light background, no hat, mask or headphones, shoulders covered.',
    zh: '请管理员在微信服务通知（24 小时内有效）或链接中完成核身：浅色背景，不戴帽子、口罩、耳机，不露肩。',
  },
};
