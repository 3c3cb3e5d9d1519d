import { describe, expect, it } from 'vitest';
import { CODE_PERMISSION_SET, PERMISSION_SETS } from '../data/permission-sets.js';
import { isReleaseCheckAppid, isReleaseCheckUserName, RELEASE_CHECK_PAIRS } from '../data/release-check.js';
import { auditStatusOfEvent, readAuditStatus, readNoAudit } from './audit-status.js';
import { checkCommit, checkSubmitAudit } from './limits.js';

describe('audit status', () => {
  it.each([
    [0, { status: 0, delayed: false, final: true }],
    [1, { status: 1, delayed: false, final: true }],
    [2, { status: 2, delayed: false, final: false }],
    [3, { status: 3, delayed: false, final: true }],
    [4, { status: 2, delayed: true, final: false }],
    [5, undefined],
    [Number.NaN, undefined],
  ])("WeChat's %s", (wechat, ours) => {
    expect(readAuditStatus(wechat)).toEqual(ours);
  });

  it('85058 says "not submitted" only if nothing was released through us', () => {
    expect(readNoAudit({ releasedThroughUs: false })).toMatchObject({ status: 4 });
    expect(readNoAudit({ releasedThroughUs: true })).toBeUndefined();
  });

  it('a delay event is still pending', () => {
    expect(auditStatusOfEvent('weapp_audit_delay')).toEqual({ status: 2, delayed: true, final: false });
    expect(auditStatusOfEvent('weapp_audit_success').status).toBe(0);
    expect(auditStatusOfEvent('weapp_audit_fail').status).toBe(1);
  });
});

describe('limits', () => {
  const commit = { template_id: 0, ext_json: '{}', user_version: '1.0.0', user_desc: '' };
  const item = { first_class: '工具', second_class: '效率', first_id: 287, second_id: 616 };
  const paths = (body: Parameters<typeof checkSubmitAudit>[0]) =>
    checkSubmitAudit(body).map(({ path, errcode }) => `${path} ${errcode}`);

  it('a good commit', () => {
    expect(checkCommit(commit)).toEqual([]);
    expect(checkCommit({ ...commit, user_version: '😀'.repeat(64) })).toEqual([]);
  });

  it.each([
    [{ user_version: 'v'.repeat(65) }, 'user_version'],
    [{ user_version: '' }, 'user_version'],
    [{ ext_json: '' }, 'ext_json'],
    [{ ext_json: '[]' }, 'ext_json'],
    [{ ext_json: 'null' }, 'ext_json'],
    [{ ext_json: {} as string }, 'ext_json'],
    [{ template_id: -1 }, 'template_id'],
    [{ template_id: 1.5 }, 'template_id'],
  ])('a commit with %j', (change, path) => {
    expect(checkCommit({ ...commit, ...change }).map((problem) => problem.path)).toEqual([path]);
  });

  it('a good submission at its limits', () => {
    const full = {
      ...item,
      title: '题'.repeat(32),
      tag: Array(10).fill('标'.repeat(20)).join(' '),
      address: 'pages/index/index',
    };
    expect(paths({ item_list: Array(5).fill(full), feedback_info: 'f'.repeat(200), feedback_stuff: 'a|b|c|d|e' })).toEqual([]);
    expect(paths({})).toEqual([]);
  });

  it('finds every problem at once', () => {
    const bad = {
      ...item,
      title: 't'.repeat(33),
      tag: Array(11).fill('t').join(' '),
      address: '/pages/a',
      first_class: '',
      first_id: Number.NaN,
    };
    expect(
      paths({
        item_list: [item, bad],
        feedback_info: 'f'.repeat(201),
        feedback_stuff: 'a|b|c|d|e|f',
        preview_info: { pic_id_list: Array(11).fill('p'), video_id_list: ['a', 'b'] },
        ugc_declare: { scene: [6], method: [0], audit_desc: 'd'.repeat(257), other_scene_desc: 'd'.repeat(257) },
      }),
    ).toEqual([
      'item_list[1].title 85011',
      'item_list[1].tag 85006',
      'item_list[1].address 85007',
      'item_list[1].first_class 85010',
      'item_list[1].first_id 85008',
      'preview_info.video_id_list 85093',
      'preview_info.pic_id_list 85093',
      'feedback_info 40097',
      'feedback_stuff 40097',
      'ugc_declare.scene 85094',
      'ugc_declare.method 85094',
      'ugc_declare.other_scene_desc 85094',
      'ugc_declare.audit_desc 85094',
    ]);
  });

  it.each([0, 6])('%i items', (count) => {
    expect(paths({ item_list: Array(count).fill(item) })).toEqual(['item_list 85023']);
  });
});

describe('data', () => {
  it('knows all five release-check pairs', () => {
    expect(RELEASE_CHECK_PAIRS).toHaveLength(5);
    const all = RELEASE_CHECK_PAIRS.flatMap(({ officialAccount, miniProgram }) => [officialAccount, miniProgram]);
    expect(new Set(all.map(({ appid }) => appid)).size).toBe(10);
    expect(all.every(({ appid, userName }) => isReleaseCheckAppid(appid) && isReleaseCheckUserName(userName))).toBe(true);
    expect(all.every(({ appid, userName }) => /^wx[0-9a-f]{16}$/.test(appid) && /^gh_[0-9a-f]{12}$/.test(userName))).toBe(true);
    expect(isReleaseCheckAppid('wx0000000000000000')).toBe(false);
  });

  it('names permission sets', () => {
    expect(PERMISSION_SETS.get(CODE_PERMISSION_SET)).toMatchObject({ name: { zh: '小程序开发与数据分析' }, exclusive: true });
    expect(PERMISSION_SETS.get(1)).toMatchObject({ account: 'official-account', exclusive: false });
    expect(PERMISSION_SETS.get(118)?.name.en).not.toBe(PERMISSION_SETS.get(18)?.name.en);
  });
});
