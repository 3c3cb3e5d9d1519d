/** The lists of the form (filing reference §1.2). Their values are on no page, so these are of our own: nobody may hard-code them. */
export const SUBJECT_TYPES = [
  { type: 4, name: '企业', remark: '' },
  { type: 5, name: '个人', remark: '' },
  { type: 14, name: '个体工商户', remark: '' },
] as const;
export const PERSON = 5;

export const CERTIFICATE_TYPES = [
  { type: 1, subject_type: 4, name: '营业执照', remark: '' },
  { type: 21, subject_type: 14, name: '个体工商户营业执照', remark: '' },
  { type: 2, subject_type: PERSON, name: '居民身份证', remark: '' },
  { type: 7, subject_type: PERSON, name: '护照', remark: '' },
] as const;

export const DISTRICTS = [
  {
    type: 1,
    code: '440000',
    name: '广东省',
    sub_list: [
      { type: 2, code: '440100', name: '广州市', sub_list: [{ type: 3, code: '440106', name: '天河区', sub_list: [] }] },
      { type: 2, code: '440300', name: '深圳市', sub_list: [{ type: 3, code: '440305', name: '南山区', sub_list: [] }] },
    ],
  },
  {
    type: 1,
    code: '110000',
    name: '北京市',
    sub_list: [
      { type: 2, code: '110100', name: '北京市', sub_list: [{ type: 3, code: '110108', name: '海淀区', sub_list: [] }] },
    ],
  },
] as const;

/** What has to be sent when nothing needs an approval beforehand. */
export const NO_APPROVAL = 0;
export const APPROVAL_TYPES = [
  { type: NO_APPROVAL, name: '以上都不涉及' },
  { type: 1, name: '新闻' },
  { type: 2, name: '出版' },
  { type: 7, name: '医疗保健' },
] as const;

export const CONTENT_TYPES = [
  { type: 1, parent_type: 0, name: '网上购物', remark: '' },
  { type: 3, parent_type: 1, name: '在线零售', remark: '' },
  { type: 4, parent_type: 1, name: '团购', remark: '' },
  { type: 2, parent_type: 0, name: '生活服务', remark: '' },
  { type: 5, parent_type: 2, name: '餐饮', remark: '' },
  { type: 6, parent_type: 2, name: '出行', remark: '' },
] as const;
