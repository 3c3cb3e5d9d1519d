import { refuse } from '../protocol/errors.domain.js';
import { isObject, type Json, list, strings, text } from '../protocol/route.js';
import type { Category } from '../world/model.js';

const MOST_ITEMS = 5;
const LONGEST_TITLE = 32;
const MOST_TAGS = 10;
const LONGEST_TAG = 20;
const MOST_PICTURES = 10;
const MOST_VIDEOS = 1;
const LONGEST_DESCRIPTION = 2000;
const UGC_CATEGORIES = new Set(['社区/论坛', '笔记', '问答']);

export interface SubmissionContext {
  readonly pages: readonly string[];
  readonly categories: readonly Category[];
  readonly firstSubmission: boolean;
  readonly hasMedia: (id: string) => boolean;
}

/** Field rules of submit_audit (release reference §2.8). @throws ApiError 47001, 85006–85011, 85023, 85051, 85092–85094 */
export function checkSubmission(body: Json, context: SubmissionContext): void {
  refuse(context.categories.length === 0, 85008);
  if (body['item_list'] !== undefined) checkItems(body['item_list'], context);
  checkPreview(body['preview_info'], context);
  refuse(text(body['version_desc']).length > LONGEST_DESCRIPTION, 85051);
  const social = context.categories.some((category) => UGC_CATEGORIES.has(category.second_class));
  refuse(social && context.firstSubmission && !isObject(body['ugc_declare']), 85094);
}

function checkItems(value: unknown, context: SubmissionContext): void {
  refuse(!Array.isArray(value), 47001);
  const items = list(value);
  refuse(items.length < 1 || items.length > MOST_ITEMS, 85023);
  for (const item of items) {
    refuse(!isObject(item), 47001);
    checkItem(item as Json, context);
  }
}

function checkItem(item: Json, { pages, categories }: SubmissionContext): void {
  const address = text(item['address']);
  refuse(address && !pages.includes(address), 85007);
  const tags = text(item['tag']).split(' ').filter(Boolean);
  refuse(tags.length > MOST_TAGS || tags.some((tag) => [...tag].length > LONGEST_TAG), 85006);
  refuse([...text(item['title'])].length > LONGEST_TITLE, 85011);
  refuse(!text(item['first_class']) || !text(item['second_class']), 85010);
  const known = categories.some(
    (category) =>
      category.first_class === item['first_class'] &&
      category.second_class === item['second_class'] &&
      (item['first_id'] === undefined || category.first_id === item['first_id']) &&
      (item['second_id'] === undefined || category.second_id === item['second_id']),
  );
  refuse(!known, 85008);
}

function checkPreview(value: unknown, { hasMedia }: SubmissionContext): void {
  if (value === undefined) return;
  // An array is the classic mistake.
  refuse(!isObject(value), 47001);
  const preview = value as Json;
  const pictures = strings(preview['pic_id_list']);
  const videos = strings(preview['video_id_list']);
  refuse(pictures.length > MOST_PICTURES || videos.length > MOST_VIDEOS, 85093);
  refuse(
    [...pictures, ...videos].some((id) => !hasMedia(id)),
    85092,
  );
}
