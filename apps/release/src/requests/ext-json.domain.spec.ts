import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtIns, checkExtJson, foreignAppids, layers, render, unknownMembers } from './ext-json.domain.js';

describe('render', () => {
  it('fills names, keeps types, and leaves the rest', () => {
    const { value, missing } = render(
      { ext: { tenant: '{{tenant}}', title: '{{ nickname }} 店', limits: '{{limits}}', n: 1 }, pages: ['{{page}}'] },
      { tenant: 42, nickname: '小王🙂', limits: { a: [1] }, page: 'pages/index' },
    );
    expect(value).toEqual({ ext: { tenant: 42, title: '小王🙂 店', limits: { a: [1] }, n: 1 }, pages: ['pages/index'] });
    expect(missing).toEqual([]);
  });
  it('names every undefined one, once, and sends none', () => {
    expect(render({ a: '{{x}} {{y}}', b: ['{{x}}'], c: '{{constructor}} {{__proto__}}' }, {}).missing).toEqual([
      '__proto__',
      'constructor',
      'x',
      'y',
    ]);
    expect(render('{{x}}', { x: null }).missing).toEqual(['x']);
    expect(render('a {{x}}', { x: {} }).missing).toEqual(['x']);
  });
  it('takes whatever stands between the braces for a name, in members’ names as well', () => {
    const document = { ext: { '{{key}}': '{{店名}}', title: '{{ 1x }} 店', '{{ 谁 }}': 1 }, open: '{{ never closed' };
    expect(render(document, {}).missing).toEqual(['1x', 'key', '店名', '谁']);
    expect(render(document, { key: 'name', 店名: '小店', '1x': 2, 谁: 'who' })).toEqual({
      value: { ext: { name: '小店', title: '2 店', who: 1 }, open: '{{ never closed' },
      missing: [],
    });
    expect(render('{{}}', {}).missing).toEqual(['']);
  });
  it('sends braces as they are behind a backslash, and a backslash behind two', () => {
    const document = { '\\{{k}}': '\\{{a}}', b: '\\\\{{a}}', c: 'x \\{{ a }} {{a}}', d: '\\\\\\{{a}}', e: 'C:\\dir' };
    expect(render(document, { a: 1 })).toEqual({
      value: { '{{k}}': '{{a}}', b: '\\1', c: 'x {{ a }} 1', d: '\\{{a}}', e: 'C:\\dir' },
      missing: [],
    });
  });
  it('does not fill what a variable brings in', () => {
    expect(render('{{a}}!', { a: '{{b}}', b: 'no' })).toEqual({ value: '{{b}}!', missing: [] });
  });
  it('changes nothing without placeholders', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (document) => {
        fc.pre(!JSON.stringify(document).includes('{{') && !JSON.stringify(document).includes('__proto__'));
        expect(JSON.stringify(render(document, { a: 1 }).value)).toBe(JSON.stringify(document));
      }),
    );
  });
});

describe('layers', () => {
  it('lets later ones win', () => expect({ ...layers({ a: 1, b: 1 }, { b: 2 }, { c: 3 }) }).toEqual({ a: 1, b: 2, c: 3 }));
  it('has the date of Beijing', () => {
    const of = { appid: 'wx1', nickname: null, principal_name: null, original_id: null, user_version: '1', template_id: 0 };
    expect(builtIns(of, new Date('2026-01-01T20:00:00Z'))).toEqual({
      appid: 'wx1',
      user_version: '1',
      template_id: 0,
      date: '2026-01-02',
      year: '2026',
    });
  });
});

describe('checkExtJson', () => {
  it('accepts every documented member', () => {
    expect(
      checkExtJson({
        extAppid: 'wx1',
        ext: { own: 1 },
        extPages: {},
        pages: ['pages/index'],
        subPackages: [],
        window: {},
        networkTimeout: {},
        tabBar: { list: [{ pagePath: 'pages/index' }] },
        plugins: {},
        navigateToMiniProgramAppIdList: [],
        requiredPrivateInfos: ['getLocation'],
      }),
    ).toEqual([]);
  });
  it('passes WeChat’s own sample, and members of app.json that its documents do not name, and points these out', () => {
    const sample = {
      extAppid: '',
      ext: { attr1: 'v' },
      plugin: {},
      window: {},
      navigateToMiniProgaramAppIdList: [],
      permission: {},
    };
    expect(checkExtJson(sample)).toEqual([]);
    expect(unknownMembers(sample)).toMatchObject([
      { path: 'navigateToMiniProgaramAppIdList', message: expect.stringContaining('navigateToMiniProgramAppIdList') },
      { path: 'permission' },
    ]);
    expect(unknownMembers({ tenant: 1 })[0]?.message).toContain('belong into "ext"');
  });
  it('lets getFuzzyLocation stand beside what it does not exclude', () => {
    expect(checkExtJson({ requiredPrivateInfos: ['getFuzzyLocation', 'chooseLocation', 'chooseAddress'] })).toEqual([]);
    expect(checkExtJson({ requiredPrivateInfos: ['getFuzzyLocation', 'onLocationChange'] })).toHaveLength(1);
  });
  it('points out an extAppid of another mini program', () => {
    for (const own of ['wx1', '']) expect(foreignAppids({ extAppid: own }, 'wx1')).toEqual([]);
    expect(foreignAppids({}, 'wx1')).toEqual([]);
    expect(foreignAppids({ extAppid: 'wx00000000000000ff' }, 'wx1')).toMatchObject([
      { path: 'extAppid', message: expect.stringContaining('{{appid}}') },
    ]);
  });
  it('points out any other appid, but for those that one jumps to and those of plugins', () => {
    const [own, other] = ['wx00000000000000aa', 'wx00000000000000ff'];
    const fine = {
      ext: { appid: own, text: `see ${other}` },
      navigateToMiniProgramAppIdList: [other],
      plugins: { p: { provider: other } },
    };
    expect(foreignAppids(fine, own)).toEqual([]);
    expect(foreignAppids({ ext: { shop: { appid: other }, list: [own, other] } }, own).map(({ path }) => path)).toEqual([
      'ext.shop.appid',
      'ext.list[1]',
    ]);
  });
  it.each([
    [{ window: [] }, 'window', 'object'],
    [{ pages: [] }, 'pages', '85047'],
    [{ pages: ['/a'] }, 'pages', 'slash'],
    [{ tabBar: { list: [{}] } }, 'tabBar.list', '85046'],
    [{ requiredPrivateInfos: ['getWeRunData'] }, 'requiredPrivateInfos', '85310'],
    [{ requiredPrivateInfos: ['getLocation', 'getFuzzyLocation'] }, 'requiredPrivateInfos', '85311'],
    ['{}', 'ext_json', 'object'],
  ])('refuses %j', (document, path, message) => {
    const problems = checkExtJson(document);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path, message: expect.stringContaining(message) });
  });
});
