/** What a registration has come to, as far as one may decide on it. */
export type RegistrationOutcome =
  /** A person, or WeChat, still has something to do. */
  | 'open'
  /** The mini program is made. */
  | 'created'
  /** It ended without one; it may be begun anew. */
  | 'ended';

export interface RegistrationStatus {
  readonly outcome: RegistrationOutcome;
  /** It is open only because its number is not certain: a push that says it ended is believed. */
  readonly perhapsEnded?: true;
  readonly en: string;
  readonly zh: string;
}

const status = (outcome: RegistrationOutcome, en: string, zh: string): RegistrationStatus => ({ outcome, en, zh });

const MADE = status('open', 'made; nobody has opened the page yet', '任务已创建，尚未有人打开页面');
const TIMED_OUT = status('ended', 'nobody finished it within 24 hours', '24 小时内未完成，已超时');
const REFUSED = status('ended', 'refused by the person', '用户已拒绝');
const AGREED = status('open', 'the person agreed; the face check comes next', '用户已同意，等待人脸核身');
const FACE_STARTED = status('open', 'the face check is under way', '人脸核身中');
const FACE_FAILED = status('open', 'the face check failed; it may be tried again', '人脸核身失败，可重试');
const FACE_PASSED = status('open', 'the face check is passed; the phone comes next', '人脸核身成功，等待手机验证');
const PHONE_GIVEN = status('open', 'a code was sent to the phone', '已提交手机号，验证码已发送');
const PHONE_FAILED = status('open', 'the phone check failed; it may be tried again', '手机验证失败，可重试');
const PHONE_VERIFIED = status('open', 'the phone is checked', '手机验证成功');

/** The same in both tables. */
const FROM_TEN: Readonly<Record<number, RegistrationStatus>> = {
  10: status('open', 'everything is checked; WeChat makes the mini program', '已提交创建'),
  11: status('ended', 'WeChat could not make the mini program', '创建失败'),
  12: status('created', 'the mini program is made', '创建成功'),
  13: status('open', 'the data of the company are verified', '主体信息核实成功'),
  14: status('ended', 'the data of the company could not be verified', '主体信息核实失败'),
  1001: status('ended', 'this entity has as many mini programs as it may', '主体注册小程序数量已达上限'),
  1002: status('ended', 'this entity is on a blacklist', '主体在黑名单中'),
  1003: status('ended', 'the administrator has as many accounts as he may', '管理员绑定账号数量已达上限'),
  1004: status('ended', 'the administrator is on a blacklist', '管理员在黑名单中'),
  1005: status('ended', 'the phone of the administrator has as many accounts as it may', '管理员手机号绑定账号数量已达上限'),
  1006: status('ended', 'the phone of the administrator is on a blacklist', '管理员手机号在黑名单中'),
  1007: status(
    'ended',
    'the identity card of the administrator has as many accounts as it may',
    '管理员身份证绑定账号数量已达上限',
  ),
  1008: status('ended', 'the identity card of the administrator is on a blacklist', '管理员身份证在黑名单中'),
};

/**
 * Two tables that differ by one below 10: 2 is "timed out" for an enterprise and "refused" for a person. That of enterprises comes from one
 * SDK, so nothing is decided on its numbers from 1 to 9 that the other table does not say as well (registration.md §2.1, §3.1).
 */
const TABLES = {
  enterprise: {
    0: MADE,
    1: MADE,
    2: {
      ...status('open', 'probably timed out; WeChat may mean something else', '可能已超时（以微信为准）'),
      perhapsEnded: true,
    },
    3: {
      ...status('open', 'probably refused; WeChat may mean something else', '可能已被用户拒绝（以微信为准）'),
      perhapsEnded: true,
    },
    4: AGREED,
    5: FACE_STARTED,
    6: FACE_FAILED,
    7: FACE_PASSED,
    8: PHONE_GIVEN,
    9: PHONE_FAILED,
  },
  personal: {
    0: MADE,
    1: TIMED_OUT,
    2: REFUSED,
    3: AGREED,
    4: FACE_STARTED,
    5: FACE_FAILED,
    6: FACE_PASSED,
    7: PHONE_GIVEN,
    8: PHONE_FAILED,
    9: PHONE_VERIFIED,
  },
} as const satisfies Record<string, Readonly<Record<number, RegistrationStatus>>>;

/** `status` of `notify_third_fasteregister` and of the push of a conversion: a list of their own, that of the old flow (registration.md §8). */
const PUSHED: Readonly<Record<number, RegistrationStatus>> = {
  0: status('created', 'the mini program is made', '创建成功'),
  101: status('ended', 'the company is deregistered', '企业已注销'),
  102: status('ended', 'the company does not exist, or its data are not published yet', '企业不存在或企业信息未更新'),
  103: status('ended', 'the name of the legal person differs', '法定代表人姓名不一致'),
  104: status('ended', 'the identity card of the legal person differs', '法定代表人身份证号不一致'),
  105: status(
    'ended',
    'the registry does not have the legal person yet; try again in 5 to 15 working days',
    '法定代表人信息尚未更新，请在 5–15 个工作日后重试',
  ),
  1000: status('ended', 'the data of the company could not be verified', '主体信息核验不一致'),
  100001: TIMED_OUT,
  100002: TIMED_OUT,
  100003: TIMED_OUT,
};

/** @param number `status` of a push; all but 0 end it */
export function pushedRegistrationStatus(number: number): RegistrationStatus {
  const known = PUSHED[number] ?? (number > 1_000 ? FROM_TEN[number] : undefined);
  return known ?? status('ended', `status ${number}, which no page explains`, `状态 ${number}，文档未说明`);
}

/** Which table an API answers by. */
export type RegistrationNumbering = keyof typeof TABLES;

/**
 * @param number `status` of an answer of `action=query`
 * @returns an unknown number is `open`: only what the pages say ends a registration, besides its 24 hours
 */
export function registrationStatus(numbering: RegistrationNumbering, number: number): RegistrationStatus {
  const table: Readonly<Record<number, RegistrationStatus>> = TABLES[numbering];
  return (
    table[number] ?? FROM_TEN[number] ?? status('open', `status ${number}, which no page explains`, `状态 ${number}，文档未说明`)
  );
}
