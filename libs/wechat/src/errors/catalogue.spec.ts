import { describe, expect, it } from 'vitest';
import { describeErrcode, ERROR_CATALOGUE, ERROR_ROWS } from './catalogue.js';
import { ERRCODE } from './codes.js';
import { ADDRESS_REFUSED, CONCERNS, NOT_AUTHORIZED, PASSES, QUOTA_EXHAUSTED } from './facts.js';

/** The codes of authorization.md §7 and mini-program-release.md §7, ranges written out. */
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
const AUTHORIZATION = [
  -1,
  0,
  40001,
  40002,
  40013,
  40014,
  40029,
  40163,
  40030,
  40090,
  40091,
  40094,
  40097,
  40125,
  40164,
  40170,
  41001,
  41002,
  41004,
  41018,
  41021,
  43001,
  43002,
  43003,
  42001,
  42003,
  42002,
  42006,
  42007,
  43004,
  44002,
  45009,
  45011,
  45015,
  45047,
  45035,
  47001,
  47002,
  48001,
  48002,
  48003,
  48004,
  48006,
  50001,
  50002,
  61000,
  61001,
  61002,
  ...range(61003, 61030),
  61039,
  61040,
  ...range(61051, 61070),
  76001,
  76002,
  76003,
  76022,
  86000,
  86004,
  40132,
  ...range(89000, 89004),
  89036,
  ...range(89247, 89254),
  91030,
];
const RELEASE = [
  -1,
  40001,
  40014,
  42001,
  40097,
  40007,
  41001,
  42007,
  43001,
  43002,
  44002,
  47001,
  47002,
  45009,
  45011,
  44990,
  48001,
  48004,
  50002,
  61003,
  61004,
  61007,
  61014,
  61028,
  9402202,
  80066,
  80067,
  80082,
  85013,
  85048,
  85014,
  85043,
  85044,
  80051,
  85045,
  85046,
  85047,
  85310,
  85311,
  85312,
  9402203,
  -60005,
  61039,
  61040,
  85006,
  85007,
  85011,
  85008,
  85009,
  85010,
  85012,
  85023,
  85024,
  85036,
  85051,
  85058,
  85077,
  85085,
  85086,
  85087,
  85090,
  85092,
  85093,
  85094,
  86000,
  86001,
  86002,
  86007,
  86008,
  86009,
  86010,
  86020,
  87006,
  9400001,
  91019,
  85019,
  85020,
  85021,
  85022,
  85052,
  85079,
  85080,
  85081,
  85082,
  87011,
  87012,
  87013,
  89014,
  ...range(89401, 89405),
  85064,
  85065,
  ...range(85015, 85018),
  89019,
  89020,
  89021,
  89029,
  89231,
  86103,
  ...range(85001, 85004),
  85083,
  85084,
  76021,
  76022,
  76003,
  48006,
];

/** The reactions that stand for each class of mini-program-release.md §7.1 to §7.4, and the codes of that class. */
const CLASSES: readonly [letter: string, reactions: readonly string[], codes: readonly number[]][] = [
  ['R', ['retry', 'retry-next-minute', 'wait'], [-1, 45011, 44990, 9402202, -60005, 85090, 89401]],
  ['W', ['wait', 'reread'], [61039, 85009, 91019, 85020, 85080, 87011, 87013]],
  [
    'F',
    ['fix', 'operator', 'merchant', 'reread', 'give-up'],
    [
      ...[40097, 40007, 41001, 43001, 43002, 44002, 47001, 47002, 61014],
      ...[80066, 80067, 80082, 85013, 85048, 85045, 85046, 85047, 85310, 85311, 9402203],
      ...[61040, 85006, 85007, 85011, 85010, 85012, 85023, 85051, 85086, 85087, 85092, 85093, 85094, 86000, 86001, 9400001],
      ...[85019, 85021, 85022, 85081, 85082, 89014],
    ],
  ],
  ['M', ['merchant', 'reauthorize', 'fix'], [42007, 61003, 61007, 85312, 85008, 85024, 85036, 85077, 86002, 86020]],
  ['T', ['refresh-token'], [40001, 40014, 42001]],
  ['S', ['stop-batch', 'operator'], [45009, 61004, 61028, 85014, 85043, 85044, 80051, 85085, 86008, 86009, 86010, 89405]],
  ['OK', ['done'], [85052, 89404]],
  ['X', ['give-up', 'reread', 'merchant', 'operator'], [86007, 87006, 87012, 89403, 48004, 50002]],
];

/** Quotas and penalties that are not everybody's: the others of a batch go on. */
const ONE_KIND = new Set([45009, 86009, 86010]);

describe('error catalogue', () => {
  it.each(CLASSES)('%s: %j', (letter, reactions, codes) => {
    const others = codes.map((code) => describeErrcode(code)).filter((entry) => !reactions.includes(entry.reaction));
    expect(others.map(({ errcode, reaction }) => [errcode, reaction])).toEqual([]);
    for (const code of codes) expect(describeErrcode(code).stopsBatch, String(code)).toBe(letter === 'S' && !ONE_KIND.has(code));
  });

  it('has every documented code', () => {
    expect([...AUTHORIZATION, ...RELEASE].filter((code) => !ERROR_CATALOGUE.has(code))).toEqual([]);
  });

  it('has no code twice', () => {
    const codes = ERROR_ROWS.map(([code]) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('has a remedy in English and one in Chinese for each', () => {
    for (const { errcode, meaning, remedy } of ERROR_CATALOGUE.values()) {
      expect(meaning, String(errcode)).toMatch(/^[A-Za-z]/);
      expect(remedy.en, String(errcode)).toMatch(/^[^\u4e00-\u9fff]*[a-z][\s\S]*\.$/);
      expect(remedy.zh, String(errcode)).toMatch(/[\u4e00-\u9fff].*。$/);
    }
  });

  it.each([
    [40001, 'refresh-token', false],
    [42001, 'refresh-token', false],
    [45011, 'retry-next-minute', false],
    [61003, 'reauthorize', false],
    [61004, 'operator', true],
    [61005, 'refresh-ticket', false],
    [85009, 'reread', false],
    [85052, 'done', false],
    [85085, 'stop-batch', true],
    [86008, 'stop-batch', true],
    [61039, 'wait', false],
    [87006, 'give-up', false],
    [85014, 'stop-batch', true],
    [43004, 'user', false],
  ] as const)('%i: %s', (errcode, reaction, stopsBatch) => {
    expect(describeErrcode(errcode)).toMatchObject({ errcode, reaction, stopsBatch });
  });

  it('every stop-batch code stops the batch, but for those that concern one account or one kind of mini programs', () => {
    const others = [...ERROR_CATALOGUE.values()].filter((entry) => entry.reaction === 'stop-batch' && !entry.stopsBatch);
    expect(new Set(others.map(({ errcode }) => errcode))).toEqual(ONE_KIND);
  });

  it.each([
    [45009, 'account'],
    [86009, 'new-apps'],
    [86010, 'updates'],
    [85085, 'component'],
    [61004, 'component'],
    [85044, 'template'],
    [61003, 'account'],
    [85008, 'account'],
    [85006, 'call'],
    [-1, 'everybody'],
  ] as const)('%i concerns: %s', (errcode, concerns) => {
    expect(describeErrcode(errcode).concerns).toBe(concerns);
  });

  it.each([
    [40001, { tokenRefused: true }],
    [42006, { tokenRefused: true }],
    [61006, { ticketRefused: true, tokenRefused: false }],
    [53304, { alreadySo: true }],
    [85071, { alreadySo: true }],
    [0, { alreadySo: false }],
    [85017, { alreadySo: false }],
    [61003, { notAuthorized: 'account' }],
    [42007, { notAuthorized: 'refresh-token' }],
    [61007, { notAuthorized: 'api' }],
    [40164, { addressRefused: true, concerns: 'component' }],
    [45009, { quotaExhausted: true, passes: undefined }],
    [45011, { quotaExhausted: false, passes: 'soon' }],
    [61039, { passes: 'soon' }],
    [85009, { passes: 'later' }],
    [87013, { passes: undefined, quotaExhausted: true }],
    [86033, { concerns: 'component', stopsBatch: true }],
  ] as const)('%i says: %j', (errcode, facts) => {
    expect(describeErrcode(errcode)).toMatchObject(facts);
  });

  it('a wrong AppSecret is no refused token', () => {
    expect(describeErrcode(40001, 'api_component_token').tokenRefused).toBe(false);
  });

  it('every fact is about a code of the catalogue', () => {
    const lists = [...Object.values(CONCERNS), ...Object.values(NOT_AUTHORIZED), ...Object.values(PASSES)];
    const codes = [...lists.flat(), ...ADDRESS_REFUSED, ...QUOTA_EXHAUSTED, ...Object.values(ERRCODE)];
    expect(codes.filter((code) => !ERROR_CATALOGUE.has(code))).toEqual([]);
  });

  it('knows that a quota is the platform’s where its own token is used', () => {
    expect(describeErrcode(45009, 'commit')).toMatchObject({ concerns: 'account', stopsBatch: false });
    expect(describeErrcode(45009, 'gettemplatelist')).toMatchObject({ concerns: 'component', stopsBatch: true });
  });

  it('knows that a code means something else for one API', () => {
    expect(describeErrcode(40001, 'api_component_token').reaction).toBe('operator');
    expect(describeErrcode(87012, 'undocodeaudit').reaction).toBe('reread');
    expect(describeErrcode(87012, 'revertcoderelease').reaction).toBe('give-up');
    expect(describeErrcode(-1, 'submit_audit').reaction).toBe('reread');
  });

  it('answers for a code that nobody documented', () => {
    expect(describeErrcode(123456)).toMatchObject({ errcode: 123456, reaction: 'give-up', stopsBatch: false });
    expect(describeErrcode(123456).remedy.zh).toContain('123456');
  });
});
