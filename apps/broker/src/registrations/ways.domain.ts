import type { RegistrationNumbering } from '#wechat';
import type { Bilingual } from '../authorizations/pages.domain.js';

export const REGISTRATION_WAYS = [
  'enterprise',
  'personal',
  'trial',
  'trial-to-enterprise',
  'trial-to-personal',
  'trial-to-account',
  'account',
] as const;
export type RegistrationWay = (typeof REGISTRATION_WAYS)[number];

/** What was asked for, as it is kept: sealed. */
export interface RegistrationRequest {
  readonly name?: string | undefined;
  readonly code?: string | undefined;
  readonly component_phone?: string | undefined;
  readonly wxuser?: string | undefined;
  readonly openid?: string | undefined;
  readonly authorizer_appid?: string | undefined;
  readonly mp_appid?: string | undefined;
  readonly same_admin?: boolean | undefined;
  readonly copy_wx_verify?: boolean | undefined;
}
export type RequestField = keyof RegistrationRequest;

export interface WayRules {
  readonly title: Bilingual;
  readonly required: readonly RequestField[];
  readonly optional: readonly RequestField[];
  /** What WeChat tells apart, and takes one at a time of. */
  readonly subject: RequestField;
  /** The account whose token is used, which has authorized already. */
  readonly source?: 'authorizer_appid' | 'mp_appid';
  /** A permission set that account must have granted. */
  readonly permissionSet?: number;
  /** By which table the answers of its query are read; absent: WeChat can only be waited for. */
  readonly numbering?: RegistrationNumbering;
  /** `register_type` of the app that comes of it (authorization.md §5.5). */
  readonly registerType: number;
  /** Who acts, in the first and in the second step. */
  readonly who: readonly Bilingual[];
  /** Nothing is asked of WeChat before the person comes back from its page. */
  readonly startsAtPage?: true;
}

const LEGAL_PERSON: Bilingual = { zh: '企业法定代表人（个体户为经营者）', en: 'the legal person of the company' };
const ACCOUNT_ADMINISTRATOR: Bilingual = { zh: '公众号管理员', en: 'the administrator of the official account' };
const APP_ADMINISTRATOR: Bilingual = { zh: '小程序管理员', en: 'the administrator of the mini program' };
const THE_PERSON: Bilingual = { zh: '申请注册的本人', en: 'the person it is registered for' };

/** Every living way to a mini program (registration.md §0), as data. */
export const WAYS: Readonly<Record<RegistrationWay, WayRules>> = {
  enterprise: {
    title: { zh: '注册企业小程序', en: 'Register a mini program for a company' },
    required: ['name', 'code', 'component_phone'],
    optional: [],
    subject: 'code',
    numbering: 'enterprise',
    registerType: 6,
    who: [LEGAL_PERSON],
  },
  personal: {
    title: { zh: '注册个人小程序', en: 'Register a mini program for a person' },
    required: ['wxuser'],
    optional: ['component_phone'],
    subject: 'wxuser',
    numbering: 'personal',
    registerType: 16,
    who: [THE_PERSON],
  },
  trial: {
    title: { zh: '创建试用小程序', en: 'Make a trial mini program' },
    required: ['name', 'openid'],
    optional: [],
    subject: 'openid',
    registerType: 13,
    who: [{ zh: '试用小程序的申请人', en: 'the WeChat user it is made for' }],
  },
  'trial-to-enterprise': {
    title: { zh: '试用小程序转为企业小程序', en: 'Convert a trial mini program for a company' },
    required: ['authorizer_appid', 'name', 'code', 'component_phone'],
    optional: [],
    subject: 'authorizer_appid',
    source: 'authorizer_appid',
    permissionSet: 81,
    registerType: 13,
    who: [LEGAL_PERSON],
  },
  'trial-to-personal': {
    title: { zh: '试用小程序转为个人小程序（升级版）', en: 'Convert a trial mini program for a person' },
    required: ['authorizer_appid', 'component_phone'],
    optional: [],
    subject: 'authorizer_appid',
    source: 'authorizer_appid',
    permissionSet: 81,
    numbering: 'personal',
    registerType: 19,
    who: [THE_PERSON],
  },
  'trial-to-account': {
    title: { zh: '试用小程序复用公众号主体', en: 'Convert a trial mini program by an official account' },
    required: ['authorizer_appid', 'mp_appid'],
    optional: ['same_admin'],
    subject: 'authorizer_appid',
    source: 'authorizer_appid',
    permissionSet: 81,
    registerType: 13,
    who: [ACCOUNT_ADMINISTRATOR, APP_ADMINISTRATOR],
  },
  account: {
    title: { zh: '复用公众号主体注册小程序', en: 'Register a mini program by an official account' },
    required: ['mp_appid'],
    optional: ['copy_wx_verify'],
    subject: 'mp_appid',
    source: 'mp_appid',
    permissionSet: 27,
    registerType: 2,
    who: [ACCOUNT_ADMINISTRATOR],
    startsAtPage: true,
  },
};

export const isConversion = (way: RegistrationWay): boolean => way.startsWith('trial-to-');

/** Whether the legal person, the administrator or whoever else has to act now. */
export const whoActs = (way: RegistrationWay, step: number): Bilingual => {
  const { who } = WAYS[way];
  return who[Math.min(step, who.length) - 1]!;
};

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** What is missing, or belongs to another way. */
export function problemsOf(way: RegistrationWay, request: RegistrationRequest): FieldProblem[] {
  const { required, optional } = WAYS[way];
  const taken: readonly string[] = [...required, ...optional];
  const missing = required
    .filter((field) => request[field] === undefined)
    .map((field) => ({ field, message: `${field} is needed for the way "${way}"` }));
  const foreign = Object.entries(request)
    .filter(([field, value]) => value !== undefined && !taken.includes(field))
    .map(([field]) => ({ field, message: `${field} does not belong to the way "${way}"` }));
  return [...missing, ...foreign];
}

/** Trials have a name with a suffix, which WeChat's pages write in two ways (registration.md §4). */
export const withoutTrialSuffix = (name: string): string => name.replace(/的(体验|试用)小程序$/, '');

/** What a list shows of whom it is for: of a person as little as tells two apart. */
export function labelOf(way: RegistrationWay, { name, wxuser, authorizer_appid, mp_appid }: RegistrationRequest): string {
  if (name !== undefined) return name;
  if (wxuser !== undefined) return `${wxuser.slice(0, 2)}***${wxuser.slice(-1)}`;
  return (way === 'account' ? mp_appid : authorizer_appid) ?? '';
}
