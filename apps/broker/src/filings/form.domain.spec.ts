import { describe, expect, it } from 'vitest';
import type { FilingForm } from '#wechat';
import { masked } from './filing.view.js';
import { merged } from './filing-forms.js';
import { type FilingConstants, type FormContext, problemsOf } from './form.domain.js';

/** Other numbers than any SDK has: nothing may know them. */
const constants: FilingConstants = {
  subject_types: [
    { type: 70, name: '企业' },
    { type: 80, name: '个人' },
  ],
  certificate_types: [
    { type: 71, subject_type: 70, name: '营业执照' },
    { type: 81, subject_type: 80, name: '居民身份证' },
    { type: 82, subject_type: 80, name: '护照' },
  ],
  districts: [
    // Codes as numbers, as one SDK has them.
    {
      type: 1,
      code: 440000,
      name: '广东省',
      sub_list: [{ type: 2, code: 440100, name: '广州市', sub_list: [{ type: 3, code: 440106, name: '天河区' }] }],
    },
  ],
  approval_types: [
    { type: 90, name: '以上都不涉及' },
    { type: 91, name: '新闻' },
  ],
  content_types: [
    { type: 1, parent_type: 0, name: '网上购物' },
    { type: 2, parent_type: 1, name: '在线零售' },
  ],
};
const unknown: FormContext = { certificateOf: () => undefined, checkOf: () => undefined };
const person = {
  name: '张三',
  mobile: '13000000000',
  certificate_type: 81,
  certificate_number: '440100199001010000',
  certificate_validity_date_start: '20230815',
  certificate_validity_date_end: '长期',
  certificate_photo_front: 'front',
  certificate_photo_back: 'back',
};
const form: FilingForm = {
  icp_subject: {
    base_info: { type: 70, name: '某某公司', province: '440000', city: '440100', district: '440106', address: '体育东路1号' },
    organize_info: { certificate_type: 71, certificate_number: '91440101MA5XXXXXXX', certificate_photo: 'licence' },
    principal_info: person,
  },
  icp_applets: {
    base_info: { service_content_types: [2], nrlx_details: [{ type: 90 }], comment: '为'.repeat(20) },
    principal_info: { ...person, verify_task_id: 'task' },
  },
};
const fields = (changes: object, context = unknown) =>
  problemsOf(merged(form, changes) as FilingForm, constants, context).map(({ field }) => field);

describe('a form of an organization', () => {
  it('that is right has no problem', () => {
    expect(fields({})).toEqual([]);
  });

  it.each([
    [{ icp_subject: { base_info: { type: 4 } } }, ['icp_subject.base_info.type']],
    [{ icp_subject: { base_info: { province: '110000' } } }, ['icp_subject.base_info.province']],
    [{ icp_subject: { base_info: { address: '广东省广州市天河区体育东路1号' } } }, ['icp_subject.base_info.address']],
    [{ icp_subject: { organize_info: { certificate_photo: null } } }, ['icp_subject.organize_info.certificate_photo']],
    [{ icp_subject: { principal_info: { certificate_type: 71 } } }, ['icp_subject.principal_info.certificate_type']],
    [
      { icp_subject: { principal_info: { certificate_photo_back: null } } },
      ['icp_subject.principal_info.certificate_photo_back'],
    ],
    [{ icp_subject: { principal_info: { certificate_type: 82, certificate_photo_back: null } } }, []],
    [
      { icp_subject: { principal_info: { certificate_validity_date_start: '20230230' } } },
      ['icp_subject.principal_info.certificate_validity_date_start'],
    ],
    [{ icp_applets: { principal_info: { name: '李四' } } }, ['icp_applets.principal_info.authorization_letter']],
    [{ icp_applets: { base_info: { nrlx_details: [{ type: 91 }] } } }, ['icp_applets.base_info.nrlx_details.0']],
    [{ icp_applets: { base_info: { nrlx_details: [{ type: 91, code: 'c', media: 'm' }] } } }, []],
    [{ icp_applets: { base_info: { comment: '为'.repeat(201) } } }, ['icp_applets.base_info.comment']],
    [
      { icp_subject: { legal_person_info: { name: '王五', certificate_number: '1' } } },
      ['icp_subject.principal_info.authorization_letter', 'icp_applets.principal_info.authorization_letter'],
    ],
  ] as const)('with %j is wrong in %j', (changes, expected) => {
    expect(fields(changes)).toEqual(expected);
  });

  it('says of each problem what it is, in both languages', () => {
    for (const { message } of problemsOf(
      merged(form, { icp_applets: { base_info: { comment: '短' } } }) as FilingForm,
      constants,
      unknown,
    ))
      expect(message).toEqual({ en: expect.any(String), zh: expect.stringMatching(/\p{Script=Han}/u) });
  });

  it('is wrong in pictures of another certificate, and in a face check that is not passed', () => {
    const context: FormContext = { certificateOf: (id) => (id === 'licence' ? null : 81), checkOf: () => 'open' };
    expect(fields({}, context)).toEqual([
      'icp_subject.organize_info.certificate_photo',
      'icp_applets.principal_info.verify_task_id',
    ]);
  });
});

describe('a form of a person', () => {
  const asPerson = {
    icp_subject: {
      base_info: { type: 80 },
      organize_info: { certificate_type: 81, certificate_number: person.certificate_number, certificate_photo: null },
    },
  };

  it('repeats the person’s certificate, and needs no picture of an organization', () => {
    expect(fields(asPerson)).toEqual([]);
    expect(fields(merged(asPerson, { icp_subject: { organize_info: { certificate_number: '1' } } }) as object)).toEqual([
      'icp_subject.organize_info.certificate_number',
    ]);
  });
});

it('a form that is shown has the ends of what is of people, and ids of files as they are', () => {
  expect(masked(form)).toMatchObject({
    icp_subject: {
      base_info: { name: '某***', address: '体***', city: '440100' },
      principal_info: { name: '张***', mobile: '13***00', certificate_number: '44***00', certificate_photo_front: 'front' },
    },
  });
});
