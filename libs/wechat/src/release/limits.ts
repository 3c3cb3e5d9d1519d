import type { AuditItem, CommitBody, SubmitAuditBody } from '../api/code-types.js';
import { ERRCODE } from '../errors/codes.js';

/** Sizes that WeChat documents (mini-program-release.md §2, §8); texts count in characters. */
export const LIMITS = {
  userVersion: 64,
  items: { min: 1, max: 5 },
  tags: 10,
  tag: 20,
  title: 32,
  feedbackInfo: 200,
  feedbackStuff: 5,
  otherSceneDesc: 256,
  auditDesc: 256,
  previewVideos: 1,
  previewPictures: 10,
  pictureBytes: 2 * 1024 * 1024,
  videoBytes: 10 * 1024 * 1024,
  templates: 200,
  historyVersions: 5,
  undoPerDay: 5,
  undoPerMonth: 10,
  authorizerListPage: 500,
  serverDomains: 1_000,
  jumpDomains: 200,
  appDomains: 200,
  webviewDomains: 300,
  prefetchDomains: 5,
  nickname: { min: 4, max: 30 },
  /** `chinese`: so many characters of it at least. */
  signature: { min: 4, max: 120, chinese: 4 },
  namingMaterials: 5,
  privacyContent: 300,
  privacyPictures: 10,
  qrDebugUrls: 5,
  qrRulePage: 200,
} as const;

/** One thing WeChat would refuse, found before it is asked. `errcode`: what it would have answered. */
export interface RequestProblem {
  /** Such as `item_list[0].title`. */
  readonly path: string;
  readonly message: string;
  readonly errcode: number;
}

/** @returns every problem of a commit body; empty when there is none. */
export function checkCommit(body: CommitBody): RequestProblem[] {
  const problems: RequestProblem[] = [];
  if (!Number.isSafeInteger(body.template_id) || body.template_id < 0) {
    problems.push(problem('template_id', 'must be a whole number, 0 or more', ERRCODE.TEMPLATE_NOT_FOUND));
  }
  if (body.user_version === '' || length(body.user_version) > LIMITS.userVersion) {
    problems.push(problem('user_version', `must have 1 to ${LIMITS.userVersion} characters`, ERRCODE.BODY_UNREADABLE));
  }
  if (!isJsonObject(body.ext_json)) {
    problems.push(problem('ext_json', 'must be the text of a JSON object', ERRCODE.EXT_JSON_INVALID));
  }
  return problems;
}

/** @returns every problem of a submit_audit body; empty when there is none. */
export function checkSubmitAudit(body: SubmitAuditBody): RequestProblem[] {
  const items = body.item_list ?? [];
  const stuff = (body.feedback_stuff ?? '').split('|').filter((part) => part !== '');
  return [
    ...(body.item_list !== undefined && (items.length < LIMITS.items.min || items.length > LIMITS.items.max)
      ? [problem('item_list', `must have ${LIMITS.items.min} to ${LIMITS.items.max} items`, ERRCODE.AUDIT_ITEM_COUNT_INVALID)]
      : []),
    ...items.flatMap(checkItem),
    ...tooMany(
      'preview_info.video_id_list',
      body.preview_info?.video_id_list,
      LIMITS.previewVideos,
      ERRCODE.TOO_MUCH_PREVIEW_MATERIAL,
    ),
    ...tooMany(
      'preview_info.pic_id_list',
      body.preview_info?.pic_id_list,
      LIMITS.previewPictures,
      ERRCODE.TOO_MUCH_PREVIEW_MATERIAL,
    ),
    ...tooLong('feedback_info', body.feedback_info, LIMITS.feedbackInfo, ERRCODE.INVALID_ARGUMENT),
    ...tooMany('feedback_stuff', stuff, LIMITS.feedbackStuff, ERRCODE.INVALID_ARGUMENT),
    ...checkUgc(body.ugc_declare),
  ];
}

function checkItem(item: AuditItem, index: number): RequestProblem[] {
  const at = (name: string) => `item_list[${index}].${name}`;
  const tags = (item.tag ?? '').split(' ').filter((tag) => tag !== '');
  const problems = [
    ...tooLong(at('title'), item.title, LIMITS.title, ERRCODE.TITLE_INVALID),
    ...(tags.length > LIMITS.tags || tags.some((tag) => length(tag) > LIMITS.tag)
      ? [
          problem(
            at('tag'),
            `must be at most ${LIMITS.tags} tags of at most ${LIMITS.tag} characters, separated by spaces`,
            ERRCODE.TAG_INVALID,
          ),
        ]
      : []),
  ];
  if (item.address?.startsWith('/')) {
    problems.push(problem(at('address'), 'must be a page path without leading slash', ERRCODE.PAGE_PATH_INVALID));
  }
  for (const name of ['first_class', 'second_class'] as const) {
    if (!item[name]) {
      problems.push(problem(at(name), 'must not be empty', ERRCODE.AUDIT_ITEM_INCOMPLETE));
    }
  }
  for (const name of ['first_id', 'second_id'] as const) {
    if (!Number.isSafeInteger(item[name])) {
      problems.push(problem(at(name), 'must be a number', ERRCODE.CATEGORY_NOT_APPROVED));
    }
  }
  return problems;
}

function checkUgc(ugc: SubmitAuditBody['ugc_declare']): RequestProblem[] {
  if (!ugc) {
    return [];
  }
  const outside = (list: readonly number[] | undefined, from: number, to: number) =>
    list?.some((value) => !Number.isInteger(value) || value < from || value > to) ?? false;
  return [
    ...(outside(ugc.scene, 0, 5)
      ? [problem('ugc_declare.scene', 'must be numbers from 0 to 5', ERRCODE.UGC_DECLARATION_NEEDED)]
      : []),
    ...(outside(ugc.method, 1, 4)
      ? [problem('ugc_declare.method', 'must be numbers from 1 to 4', ERRCODE.UGC_DECLARATION_NEEDED)]
      : []),
    ...tooLong('ugc_declare.other_scene_desc', ugc.other_scene_desc, LIMITS.otherSceneDesc, ERRCODE.UGC_DECLARATION_NEEDED),
    ...tooLong('ugc_declare.audit_desc', ugc.audit_desc, LIMITS.auditDesc, ERRCODE.UGC_DECLARATION_NEEDED),
  ];
}

function tooLong(path: string, value: string | undefined, max: number, errcode: number): RequestProblem[] {
  return value !== undefined && length(value) > max ? [problem(path, `must have at most ${max} characters`, errcode)] : [];
}

function tooMany(path: string, value: readonly unknown[] | undefined, max: number, errcode: number): RequestProblem[] {
  return value !== undefined && value.length > max ? [problem(path, `must have at most ${max} entries`, errcode)] : [];
}

function problem(path: string, message: string, errcode: number): RequestProblem {
  return { path, message, errcode };
}

/** Characters as a person counts code points: an emoji is one. */
function length(value: string): number {
  return [...value].length;
}

function isJsonObject(value: unknown): boolean {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : undefined;
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
