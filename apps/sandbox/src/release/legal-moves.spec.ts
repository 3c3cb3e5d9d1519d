import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App, type AuditState } from '../testing/app.js';
import { Harness, MINI } from '../testing/harness.js';

/** Release reference §5.1 and §5.2, cell by cell: what an operation answers in a state. */
const STATES: readonly AuditState[] = ['none', 'in_audit', 'delayed', 'rejected', 'withdrawn', 'approved'];

type Move = (app: App, auditid: number) => Promise<Record<string, unknown>>;
const OPERATIONS: Record<string, Move> = {
  commit: (app) => app.commit('2.0.0'),
  submit_audit: (app) => app.submit(),
  undocodeaudit: (app) => app.get('/wxa/undocodeaudit'),
  speedupaudit: (app, auditid) => app.post('/wxa/speedupaudit', { auditid }),
  release: (app) => app.post('/wxa/release'),
  grayrelease: (app) => app.post('/wxa/grayrelease', { gray_percentage: 10 }),
  setnickname: async (app) => app.post('/wxa/setnickname', { nick_name: '新的名字', license: await app.picture() }),
  get_latest_auditstatus: (app) => app.get('/wxa/get_latest_auditstatus'),
};

/** Codes in the order of STATES. `grayrelease` with an older version online; see below for never online. */
const AUDIT_SIDE: Record<keyof typeof OPERATIONS, readonly number[]> = {
  commit: [0, 0, 0, 0, 0, 0],
  submit_audit: [0, 85009, 85009, 0, 0, 0],
  undocodeaudit: [87012, 0, 0, 87012, 87012, 87012],
  speedupaudit: [85012, 0, 0, 89402, 89402, 89402],
  release: [85052, 85020, 85020, 85020, 85020, 0],
  grayrelease: [85080, 85080, 85080, 85080, 85080, 0],
  setnickname: [0, 91019, 91019, 0, 0, 0],
  get_latest_auditstatus: [85058, 0, 0, 0, 0, 0],
};
const LATEST_STATUS: readonly (number | undefined)[] = [undefined, 2, 4, 1, 3, 0];

describe('legal moves', () => {
  let harness: Harness;
  let app: App;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    await harness.setUp();
    app = await App.create(harness);
  });
  afterAll(() => harness.close());

  describe('§5.1 audit side, with an older version online', () => {
    const cells = Object.entries(AUDIT_SIDE).flatMap(([operation, codes]) =>
      STATES.map((state, index) => ({ operation, state, code: codes[index]!, status: LATEST_STATUS[index] })),
    );
    it.each(cells)('$operation when $state → $code', async ({ operation, state, code, status }) => {
      await app.putOnline('0.9.0');
      const auditid = await app.toAudit(state);
      // Resubmitting is about the next version, except where WeChat takes the same one again.
      if (operation === 'submit_audit' && (state === 'none' || state === 'approved')) await app.commit('1.1.0');
      const answer = await OPERATIONS[operation]!(app, auditid);
      expect(answer['errcode']).toBe(code);
      if (operation === 'get_latest_auditstatus') expect(answer['status']).toBe(status);
    });
  });

  describe('§5.2 online side', () => {
    const revert: Move = (app) => app.get('/wxa/revertcoderelease');
    const revertGray: Move = (app) => app.get('/wxa/revertgrayrelease');
    const visit: Move = (app) => app.post('/wxa/change_visitstatus', { action: 'close' });
    const never = async () => undefined;
    const online = async (app: App) => {
      await app.putOnline('1.0.0');
      await app.putOnline('2.0.0');
    };
    const gray = async (app: App) => {
      await online(app);
      await app.toAudit('approved', '3.0.0');
      await app.post('/wxa/grayrelease', { gray_percentage: 20 });
    };
    const reverted = async (app: App) => {
      await online(app);
      await app.putOnline('3.0.0');
      await revert(app, 0);
    };
    const approvedToo = (before: (app: App) => Promise<unknown>) => async (app: App) => {
      await before(app);
      await app.toAudit('approved', '9.0.0');
    };
    const grayTo =
      (percentage: number): Move =>
      (app) =>
        app.post('/wxa/grayrelease', { gray_percentage: percentage });

    it.each<[string, string, (app: App) => Promise<unknown>, Move, number]>([
      ['release', 'never online, nothing', never, OPERATIONS['release']!, 85019],
      ['release', 'never online, approved', approvedToo(never), OPERATIONS['release']!, 0],
      ['release', 'online, approved', approvedToo(online), OPERATIONS['release']!, 0],
      ['release', 'gray running', gray, OPERATIONS['release']!, 0],
      ['release', 'reverted once, newly approved', approvedToo(reverted), OPERATIONS['release']!, 0],
      ['grayrelease', 'never online, nothing', never, grayTo(10), 85079],
      ['grayrelease', 'never online, approved', approvedToo(never), grayTo(10), 85079],
      ['grayrelease', 'online, approved', approvedToo(online), grayTo(10), 0],
      ['grayrelease', 'gray running, higher', gray, grayTo(30), 0],
      ['grayrelease', 'gray running, the same', gray, grayTo(20), 85082],
      ['grayrelease', 'gray running, lower', gray, grayTo(5), 85082],
      ['grayrelease', 'reverted once, newly approved', approvedToo(reverted), grayTo(10), 0],
      ['revertgrayrelease', 'never online', never, revertGray, 85021],
      ['revertgrayrelease', 'online', online, revertGray, 85021],
      ['revertgrayrelease', 'gray running', gray, revertGray, 0],
      ['revertcoderelease', 'never online', never, revert, 87012],
      ['revertcoderelease', 'online for the first time', (app) => app.putOnline('1.0.0'), revert, 87012],
      ['revertcoderelease', 'online', online, revert, 0],
      ['revertcoderelease', 'gray running', gray, revert, 87011],
      ['revertcoderelease', 'reverted once', reverted, revert, 87012],
      ['change_visitstatus', 'never online', never, visit, 85021],
      ['change_visitstatus', 'online', online, visit, 0],
      ['change_visitstatus', 'gray running', gray, visit, 0],
      ['change_visitstatus', 'reverted once', reverted, visit, 0],
    ])('%s when %s', async (_operation, _state, prepare, move, code) => {
      await prepare(app);
      expect((await move(app, 0))['errcode']).toBe(code);
    });
  });

  it('a commit during an audit leaves the ticket alone; the next submission is refused until it ends', async () => {
    await app.toAudit('in_audit', '1.0.0');
    await app.commit('2.0.0');
    expect(await app.get('/wxa/get_latest_auditstatus')).toMatchObject({ user_version: '1.0.0', status: 2 });
    expect((await app.submit()).errcode).toBe(85009);
    await app.decide('approve');
    expect((await app.submit()).errcode).toBe(0);
    expect(await app.get('/wxa/get_latest_auditstatus')).toMatchObject({ user_version: '2.0.0', status: 2 });
  });

  it('a delayed ticket still ends in success', async () => {
    await app.toAudit('delayed');
    await app.decide('approve');
    expect((await app.post('/wxa/release')).errcode).toBe(0);
  });

  it('release moves the slots: online, history of five, ticket consumed', async () => {
    for (let version = 1; version <= 7; version++) await app.putOnline(`${version}.0.0`);
    expect(await app.post('/wxa/getversioninfo')).toMatchObject({
      exp_info: { exp_version: '7.0.0' },
      release_info: { release_version: '7.0.0' },
    });
    const { version_list: versions } = await app.get('/wxa/revertcoderelease', { action: 'get_history_version' });
    expect(versions.map((version: { user_version: string }) => version.user_version)).toEqual([
      '6.0.0',
      '5.0.0',
      '4.0.0',
      '3.0.0',
      '2.0.0',
    ]);
    expect((await app.get('/wxa/revertcoderelease', { app_version: String(versions[2].app_version) })).errcode).toBe(0);
    expect((await app.post('/wxa/getversioninfo')).release_info.release_version).toBe('4.0.0');
    await app.putOnline('8.0.0');
    const after = await app.get('/wxa/revertcoderelease', { action: 'get_history_version' });
    // 7.0.0 was rolled back: it never comes back.
    expect(after.version_list.map((version: { user_version: string }) => version.user_version)).toEqual([
      '4.0.0',
      '6.0.0',
      '5.0.0',
      '3.0.0',
      '2.0.0',
    ]);
  });

  it('gray release: plan, widening, cancelling, finishing by release', async () => {
    await app.putOnline('1.0.0');
    expect((await app.get('/wxa/getgrayreleaseplan')).gray_release_plan).toMatchObject({ status: 0, gray_percentage: 0 });
    await app.toAudit('approved', '2.0.0');
    for (const percentage of [-1, 101, 0, 1.5, '10', undefined]) {
      expect((await app.post('/wxa/grayrelease', { gray_percentage: percentage })).errcode).toBe(85081);
    }
    expect((await app.post('/wxa/grayrelease', { gray_percentage: 0, support_debuger_first: true })).errcode).toBe(0);
    expect((await app.post('/wxa/grayrelease', { gray_percentage: 40 })).errcode).toBe(0);
    expect((await app.get('/wxa/getgrayreleaseplan')).gray_release_plan).toMatchObject({ status: 1, gray_percentage: 40 });
    expect((await app.post('/wxa/getversioninfo')).release_info.release_version).toBe('1.0.0');
    expect((await app.get('/wxa/revertgrayrelease')).errcode).toBe(0);
    expect((await app.get('/wxa/getgrayreleaseplan')).gray_release_plan.status).toBe(4);
    expect((await app.post('/wxa/grayrelease', { gray_percentage: 5 })).errcode).toBe(0);
    expect((await app.post('/wxa/release')).errcode).toBe(0);
    expect((await app.get('/wxa/getgrayreleaseplan')).gray_release_plan).toMatchObject({ status: 3, gray_percentage: 100 });
    expect((await app.post('/wxa/getversioninfo')).release_info.release_version).toBe('2.0.0');
  });

  it('uses MINI, whose slots the control API shows', async () => {
    await app.toAudit('rejected');
    const { slots } = await harness.control('GET', `merchants/${MINI}`);
    expect(slots).toMatchObject({ pending: false, ticket: { status: 1 }, online: null, trial: { user_version: '1.0.0' } });
  });
});
