import { isObject, type Json, list, text } from '../protocol/route.js';
import {
  APPROVAL_TYPES,
  CERTIFICATE_TYPES,
  CONTENT_TYPES,
  DISTRICTS,
  NO_APPROVAL,
  PERSON,
  SUBJECT_TYPES,
} from './constants.domain.js';

/** One thing that is wrong with a form, as WeChat says it. */
export interface Hint {
  readonly errcode: number;
  readonly err_field: string;
  readonly errmsg: string;
}

/** What is known of the papers and the face check that a form names. */
export interface FormContext {
  /** The certificate type an upload was made for; `undefined`: no such upload. */
  certificateOf(mediaId: string): number | undefined;
  /** Whether a face check of this app is passed and has not ended. */
  facePassed(taskId: string): boolean;
}

const INVALID = 86300;
const VALIDITY = 86308;
const UNREADABLE = 86328;
const MOST_CONTENT_TYPES = 5;
const ONE_AT_MOST = [
  'commitment_letter',
  'business_name_change_letter',
  'party_building_confirmation_letter',
  'promise_video',
  'authenticity_responsibility_letter',
  'authenticity_commitment_letter',
  'website_construction_proposal',
  'holding_certificate_photo',
];
const TEN_AT_MOST = ['subject_other_materials', 'applets_other_materials'];
const DAY = /^\d{8}$/;

/** What is wrong with an application (filing reference §1.5); nothing: it is taken. */
export function hintsOf(form: Json, context: FormContext): Hint[] {
  const hints: Hint[] = [];
  const wrong = (err_field: string, errmsg: string, errcode = INVALID) => hints.push({ errcode, err_field, errmsg });
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), form);
  const needed = (...paths: string[]) => {
    for (const path of paths) if (!text(at(path)).trim()) wrong(path, '字段缺失');
  };

  const subject = Number(at('icp_subject.base_info.type'));
  if (!SUBJECT_TYPES.some(({ type }) => type === subject)) wrong('icp_subject.base_info.type', '单位性质不存在');
  needed('icp_subject.base_info.name', 'icp_subject.base_info.address');
  checkDistrict(at, wrong);
  checkOrganization(subject, at, wrong, context);
  for (const who of ['icp_subject.principal_info', 'icp_applets.principal_info']) checkPrincipal(who, at, wrong, needed, context);
  if (!context.facePassed(text(at('icp_applets.principal_info.verify_task_id'))))
    wrong('icp_applets.principal_info.verify_task_id', '人脸核身任务不存在、未通过或已过期');
  checkApplets(at, wrong);
  const materials = at('icp_materials');
  if (isObject(materials))
    for (const [name, files] of Object.entries(materials)) {
      const most = ONE_AT_MOST.includes(name) ? 1 : TEN_AT_MOST.includes(name) ? 10 : 0;
      if (list(files).length > most) wrong(`icp_materials.${name}`, '材料数量超过限制');
    }
  return hints;
}

type At = (path: string) => unknown;
type Wrong = (field: string, errmsg: string, errcode?: number) => void;

function checkDistrict(at: At, wrong: Wrong): void {
  const base = 'icp_subject.base_info';
  // Text in the form, a number in one SDK (§1.2).
  const [province, city, district] = ['province', 'city', 'district'].map((name) => String(at(`${base}.${name}`) ?? ''));
  const inProvince = DISTRICTS.find(({ code }) => code === province);
  const inCity = inProvince?.sub_list.find(({ code }) => code === city);
  if (!inProvince) wrong(`${base}.province`, '省份编码不存在');
  else if (!inCity) wrong(`${base}.city`, '城市编码不存在');
  else if (!inCity.sub_list.some(({ code }) => code === district)) wrong(`${base}.district`, '区县编码不存在');
}

function checkOrganization(subject: number, at: At, wrong: Wrong, context: FormContext): void {
  const path = 'icp_subject.organize_info';
  const type = Number(at(`${path}.certificate_type`));
  if (!CERTIFICATE_TYPES.some((known) => known.type === type && known.subject_type === subject))
    wrong(`${path}.certificate_type`, '证件类型与单位性质不符');
  if (!text(at(`${path}.certificate_number`))) wrong(`${path}.certificate_number`, '字段缺失');
  if (subject !== PERSON) checkPaper(`${path}.certificate_photo`, type, at, wrong, context);
}

function checkPrincipal(who: string, at: At, wrong: Wrong, needed: (...paths: string[]) => void, context: FormContext): void {
  needed(`${who}.name`, `${who}.mobile`, `${who}.certificate_number`);
  const type = Number(at(`${who}.certificate_type`));
  if (!CERTIFICATE_TYPES.some((known) => known.type === type && known.subject_type === PERSON))
    wrong(`${who}.certificate_type`, '负责人证件类型不存在');
  const [begins, ends] = ['start', 'end'].map((end) => text(at(`${who}.certificate_validity_date_${end}`)));
  if (!DAY.test(begins ?? '')) wrong(`${who}.certificate_validity_date_start`, '证件有效期不满足要求', VALIDITY);
  if (ends !== '长期' && !(DAY.test(ends ?? '') && (ends ?? '') > (begins ?? '')))
    wrong(`${who}.certificate_validity_date_end`, '证件有效期不满足要求', VALIDITY);
  for (const side of ['front', 'back']) checkPaper(`${who}.certificate_photo_${side}`, type, at, wrong, context);
}

/** A wrong certificate type passes at the upload and shows only here (§1.3). */
function checkPaper(path: string, type: number, at: At, wrong: Wrong, context: FormContext): void {
  const uploadedFor = context.certificateOf(text(at(path)));
  if (uploadedFor === undefined) wrong(path, 'media_id不合法', 86205);
  else if (uploadedFor !== type) wrong(path, '无法读取图片识别内容', UNREADABLE);
}

function checkApplets(at: At, wrong: Wrong): void {
  const base = 'icp_applets.base_info';
  const contents = list(at(`${base}.service_content_types`)).map(Number);
  const second = (type: number) => CONTENT_TYPES.some((known) => known.type === type && known.parent_type !== 0);
  if (contents.length === 0 || contents.length > MOST_CONTENT_TYPES || !contents.every(second))
    wrong(`${base}.service_content_types`, '服务内容标识不存在，或不是二级标识');
  const approvals = list(at(`${base}.nrlx_details`)).filter(isObject);
  const types = approvals.map(({ type }) => Number(type));
  if (types.length === 0) wrong(`${base}.nrlx_details`, '前置审批项缺失');
  else if (new Set(types).size !== types.length) wrong(`${base}.nrlx_details`, '前置审批项重复');
  else if (!types.every((type) => APPROVAL_TYPES.some((known) => known.type === type)))
    wrong(`${base}.nrlx_details`, '前置审批项不存在');
  else if (approvals.some(({ type, code, media }) => Number(type) !== NO_APPROVAL && !(text(code) && text(media))))
    wrong(`${base}.nrlx_details`, '前置审批号或材料缺失');
  const { length } = [...text(at(`${base}.comment`))];
  if (length < 20 || length > 200) wrong(`${base}.comment`, '备注需为20至200个字');
}
