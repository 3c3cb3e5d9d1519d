import type { CertificationData } from '#wechat';

/** `customer_type` of persons. */
const PERSON = 15;

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** What WeChat would refuse (§3.1), told before it is asked. @param again it is submitted again */
export function problemsOf(data: CertificationData, again: boolean): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const wrong = (field: string, en: string, zh: string) =>
    void problems.push({ field: `auth_data.${field}`, message: `${en} (${zh})` });
  const isPerson = data.customer_type === PERSON;
  if (!isPerson && !data.qualification) wrong('qualification', 'is needed for organizations', '非个人主体需上传资质证明');
  if (isPerson && data.auth_identification && !data.auth_ident_material?.length)
    wrong('auth_ident_material', 'is needed with auth_identification', '选择身份后需上传证明材料');
  if (data.auth_ident_material?.length && !data.auth_identification)
    wrong('auth_identification', 'is what the material proves', '上传证明材料时须填写身份');
  if (data.pay_type === 1 && !data.service_appid)
    wrong('service_appid', 'is needed with the prepaid pack', '使用预购包支付时须填写服务市场 appid');
  if (data.contact_info.mobile && !again)
    wrong('contact_info.mobile', 'may be given only when it is submitted again', '仅重新提交时可填写手机号');
  const { invoice_type, electronic, vat } = data.invoice_info;
  if (invoice_type === 2 && !electronic)
    wrong('invoice_info.electronic', 'is needed for this invoice', '电子发票须填写 electronic');
  if (invoice_type === 4 && !vat) wrong('invoice_info.vat', 'is needed for this invoice', '数电专票须填写 vat');
  return problems;
}
