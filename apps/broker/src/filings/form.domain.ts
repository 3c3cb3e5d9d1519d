import type {
  FilingApprovalType,
  FilingCertificateType,
  FilingContentType,
  FilingDistrict,
  FilingForm,
  FilingPerson,
  FilingSubjectType,
} from '#wechat';
import type { Words } from './waiting.domain.js';

/** The lists that a form is made of (filing-and-certification.md §1.2). */
export interface FilingConstants {
  readonly subject_types: readonly FilingSubjectType[];
  readonly certificate_types: readonly FilingCertificateType[];
  readonly districts: readonly FilingDistrict[];
  readonly approval_types: readonly FilingApprovalType[];
  readonly content_types: readonly FilingContentType[];
}

/** What is known of what a form names; `undefined`: nothing, and WeChat decides. */
export interface FormContext {
  /** The certificate type that a paper was uploaded for. */
  certificateOf(mediaId: string): number | null | undefined;
  /** The state of a face check. */
  checkOf(taskId: string): 'open' | 'passed' | 'failed' | 'expired' | undefined;
}

export interface FormProblem {
  /** As WeChat's hints name it, such as `icp_subject.base_info.type`. */
  readonly field: string;
  readonly message: Words;
}

type Wrong = (field: string, en: string, zh: string) => void;

const PERSON = /^(个人|自然人)$/;
const NONE_NEEDED = /都不涉及/;
const IDENTITY_CARD = /身份证/;
const COMMENT = [20, 200] as const;

/** What WeChat would refuse, told before it is asked (§1.5). Numbers of types are never written here: they come from the lists. */
export function problemsOf(form: FilingForm, constants: FilingConstants, context: FormContext): FormProblem[] {
  const problems: FormProblem[] = [];
  const wrong: Wrong = (field, en, zh) => void problems.push({ field, message: { en, zh } });
  const subject = constants.subject_types.find(({ type }) => type === form.icp_subject.base_info.type);
  if (!subject) wrong('icp_subject.base_info.type', 'is none of the subject types', '单位性质不存在，请从 constants 中选取');
  const person = constants.subject_types.find(({ name }) => PERSON.test(name));
  const isPerson = subject !== undefined && subject === person;
  placeProblems(form, constants, wrong);
  organizationProblems(form, constants, { isPerson, known: subject !== undefined }, context, wrong);
  const legal = form.icp_subject.legal_person_info?.name ?? form.icp_subject.principal_info.name;
  const ofPersons = person && constants.certificate_types.filter(({ subject_type }) => subject_type === person.type);
  for (const [at, who] of [
    ['icp_subject.principal_info', form.icp_subject.principal_info],
    ['icp_applets.principal_info', form.icp_applets.principal_info],
  ] as const) {
    personProblems(at, who, ofPersons, context, wrong);
    if (!isPerson && subject && who.name !== legal && !who.authorization_letter)
      wrong(
        `${at}.authorization_letter`,
        'is needed, since the responsible person is not the legal person',
        '负责人不是法定代表人，需上传授权书',
      );
  }
  checkProblem(form, context, wrong);
  appProblems(form, constants, wrong);
  return problems;
}

function placeProblems({ icp_subject }: FilingForm, { districts }: FilingConstants, wrong: Wrong): void {
  const { province, city, district, address } = icp_subject.base_info;
  const named = (list: readonly FilingDistrict[] | undefined, code: string) => list?.find((one) => String(one.code) === code);
  const inProvince = named(districts, province);
  const inCity = named(inProvince?.sub_list, city);
  const at = 'icp_subject.base_info';
  if (!inProvince) wrong(`${at}.province`, 'is no code of a province', '省份编码不存在');
  else if (!inCity) wrong(`${at}.city`, `is no code of a city of ${inProvince.name}`, `不是${inProvince.name}的城市编码`);
  else if (!named(inCity.sub_list, district))
    wrong(`${at}.district`, `is no code of a district of ${inCity.name}`, `不是${inCity.name}的区县编码`);
  if (inProvince && address.startsWith(inProvince.name))
    wrong(`${at}.address`, 'stands without province, city and district', '详细地址不含省、市、区县');
}

function organizationProblems(
  { icp_subject: { base_info, organize_info, principal_info } }: FilingForm,
  { certificate_types }: FilingConstants,
  { isPerson, known }: { isPerson: boolean; known: boolean },
  context: FormContext,
  wrong: Wrong,
): void {
  const at = 'icp_subject.organize_info';
  const { certificate_type, certificate_number, certificate_photo } = organize_info;
  if (known && !certificate_types.some((one) => one.type === certificate_type && one.subject_type === base_info.type))
    wrong(`${at}.certificate_type`, 'is no certificate type of this subject type', '证件类型与单位性质不符');
  if (isPerson && certificate_number !== principal_info.certificate_number)
    wrong(`${at}.certificate_number`, 'repeats that of the responsible person for a person', '个人主体须与负责人证件号码一致');
  if (known && !isPerson && !certificate_photo)
    wrong(`${at}.certificate_photo`, 'is needed for organizations', '非个人主体需上传证件照片');
  if (certificate_photo) paperProblem(`${at}.certificate_photo`, certificate_photo, certificate_type, context, wrong);
}

function personProblems(
  at: string,
  who: FilingPerson,
  types: readonly FilingCertificateType[] | undefined,
  context: FormContext,
  wrong: Wrong,
): void {
  const type = types?.find((one) => one.type === who.certificate_type);
  if (types && !type) wrong(`${at}.certificate_type`, 'is no certificate type of a person', '负责人证件类型须为个人证件类型');
  const { certificate_validity_date_start: begins, certificate_validity_date_end: ends } = who;
  if (!isDay(begins)) wrong(`${at}.certificate_validity_date_start`, 'is no date', '日期不存在');
  if (ends !== '长期' && !isDay(ends)) wrong(`${at}.certificate_validity_date_end`, 'is no date', '日期不存在');
  else if (ends !== '长期' && ends <= begins)
    wrong(`${at}.certificate_validity_date_end`, 'is not after its beginning', '证件有效期结束日期须晚于开始日期');
  paperProblem(`${at}.certificate_photo_front`, who.certificate_photo_front, who.certificate_type, context, wrong);
  if (who.certificate_photo_back)
    paperProblem(`${at}.certificate_photo_back`, who.certificate_photo_back, who.certificate_type, context, wrong);
  else if (type && IDENTITY_CARD.test(type.name))
    wrong(`${at}.certificate_photo_back`, 'is needed for identity cards', '身份证需上传国徽面照片');
}

/** WeChat takes a picture under any certificate type, and refuses the application because of it (86328). */
function paperProblem(field: string, mediaId: string, type: number, context: FormContext, wrong: Wrong): void {
  const uploadedAs = context.certificateOf(mediaId);
  if (uploadedAs === undefined || uploadedAs === type) return;
  const [en, zh] =
    uploadedAs === null
      ? ['without a certificate type', '未指定证件类型']
      : [`for certificate type ${uploadedAs}`, `证件类型为 ${uploadedAs}`];
  wrong(field, `was uploaded ${en}; upload it again for ${type}`, `上传时${zh}，请按证件类型 ${type} 重新上传`);
}

function checkProblem({ icp_applets }: FilingForm, context: FormContext, wrong: Wrong): void {
  const state = context.checkOf(icp_applets.principal_info.verify_task_id);
  if (state === undefined || state === 'passed') return;
  const words = {
    open: ['the administrator has not passed it yet', '管理员尚未完成人脸核身'],
    failed: ['the administrator did not pass it; make another one', '人脸核身未通过，请重新发起'],
    expired: ['it is too old; make another one', '人脸核身任务已过期，请重新发起'],
  } as const;
  const [en, zh] = words[state];
  wrong('icp_applets.principal_info.verify_task_id', en, zh);
}

function appProblems({ icp_applets }: FilingForm, constants: FilingConstants, wrong: Wrong): void {
  const at = 'icp_applets.base_info';
  const { service_content_types: contents, nrlx_details: approvals, comment } = icp_applets.base_info;
  const second = (type: number) =>
    constants.content_types.some((one) => one.type === type && constants.content_types.some((of) => of.type === one.parent_type));
  if (!contents.every(second)) wrong(`${at}.service_content_types`, 'must be second-level ones', '须为二级服务内容标识');
  if (new Set(contents).size !== contents.length) wrong(`${at}.service_content_types`, 'names one twice', '服务内容标识重复');
  const types = approvals.map(({ type }) => type);
  if (new Set(types).size !== types.length) wrong(`${at}.nrlx_details`, 'names a type twice', '前置审批项重复');
  for (const [index, { type, code, media }] of approvals.entries()) {
    const known = constants.approval_types.find((one) => one.type === type);
    if (!known) wrong(`${at}.nrlx_details.${index}.type`, 'is none of the approval types', '前置审批项不存在');
    else if (!NONE_NEEDED.test(known.name) && !(code && media))
      wrong(`${at}.nrlx_details.${index}`, 'needs code and media', '需填写前置审批号并上传材料');
  }
  const { length } = [...comment];
  if (length < COMMENT[0] || length > COMMENT[1])
    wrong(`${at}.comment`, `must have ${COMMENT[0]} to ${COMMENT[1]} characters`, `须为 ${COMMENT[0]} 至 ${COMMENT[1]} 个字`);
}

function isDay(text: string): boolean {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
  const time = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(iso);
}
