import { describe, expect, it } from 'vitest';
import { DomainError } from '#service';
import { labelOf, reminderDue, startOf } from './onboarding.domain.js';
import { verdictOn } from './outcomes.domain.js';
import { papersIn, papersOf, withPapers } from './papers.domain.js';
import { missingMembers, permissionsOf, STEPS, stepsOf } from './steps.domain.js';

const HOUR = 3_600_000;
const company = { way: 'enterprise', name: '甲有限公司', code: 'X', component_phone: '0' } as const;

describe('an order', () => {
  it('says by its data from where a merchant comes, and of a person no more than tells two apart', () => {
    expect(startOf({ registration: company })).toBe('new');
    expect(startOf({ registration: { way: 'trial-to-personal', authorizer_appid: 'wx1' } })).toBe('trial');
    expect(startOf({ registration: { way: 'account', mp_appid: 'wx1' } })).toBe('account');
    expect(startOf({ authorizer_appid: 'wx1' })).toBe('existing');
    expect(labelOf({ registration: { way: 'personal', wxuser: 'wxid_abcdefg' } })).toBe('wx***g');
  });

  it('leads over the steps of its goal; a filing does not wait for a certification', () => {
    const names = (goal: 'registered' | 'certified' | 'filed' | 'online', data = {}) =>
      stepsOf(goal, data).map(({ name }) => name);
    expect(names('registered')).toEqual(['account']);
    expect(names('certified')).toEqual(['account', 'identity', 'category', 'certification']);
    expect(names('filed')).toEqual(['account', 'identity', 'category', 'face-check', 'filing']);
    expect(names('online', { certification: {} })).toEqual(STEPS.map(({ name }) => name));
  });

  it('gives what its steps need; of a mini program that is there much may be there as well', () => {
    expect(missingMembers('online', { registration: company })).toEqual([
      'identity',
      'categories',
      'privacy',
      'filing',
      'release',
    ]);
    expect(missingMembers('online', { authorizer_appid: 'wx1' })).toEqual([]);
    expect(missingMembers('registered', {})).toHaveLength(1);
  });

  it('takes the permission of each step', () => {
    expect(permissionsOf('registered', { registration: company })).toEqual(['registrations.write']);
    expect(permissionsOf('registered', { authorizer_appid: 'wx1' })).toEqual(['links.write']);
    expect(permissionsOf('online', { registration: company })).toEqual(
      expect.arrayContaining(['names.write', 'releases.publish']),
    );
  });
});

describe('papers', () => {
  const form = {
    icp_subject: { principal_info: { name: 'paper:no paper', certificate_type: 2, certificate_photo_front: 'paper:card' } },
    icp_materials: { commitment_letter: ['paper:letter'] },
  };

  it('are found with their field, and with the certificate type beside them', () => {
    expect(papersIn(form)).toEqual([
      { paper: 'card', field: 'icp_subject.principal_info.certificate_photo_front', certificateType: 2 },
      { paper: 'letter', field: 'icp_materials.commitment_letter', certificateType: undefined },
    ]);
    expect(papersOf({ filing: form, certification: { qualification: 'paper:card' } })).toEqual(['card', 'letter']);
  });

  it('are replaced where they stand', () => {
    expect(withPapers(form, ({ paper, certificateType }) => `${paper} ${certificateType}`)).toEqual({
      icp_subject: { principal_info: { name: 'paper:no paper', certificate_type: 2, certificate_photo_front: 'card 2' } },
      icp_materials: { commitment_letter: ['letter undefined'] },
    });
  });
});

describe('a person is reminded', () => {
  it('at half of the time that is left, hourly at most, and daily without a deadline', () => {
    expect(reminderDue(11 * HOUR, 0, 24 * HOUR)).toBe(false);
    expect(reminderDue(12 * HOUR, 0, 24 * HOUR)).toBe(true);
    expect(reminderDue(17 * HOUR, 12 * HOUR, 24 * HOUR)).toBe(false);
    expect(reminderDue(23.4 * HOUR, 23 * HOUR, 24 * HOUR)).toBe(false);
    expect(reminderDue(24 * HOUR, 23 * HOUR, 24 * HOUR)).toBe(true);
    expect(reminderDue(30 * HOUR, 24 * HOUR, 24 * HOUR)).toBe(false);
    expect(reminderDue(23 * HOUR, 0, undefined)).toBe(false);
    expect(reminderDue(24 * HOUR, 0, undefined)).toBe(true);
  });
});

describe('after a failure', () => {
  const verdict = (error: unknown, tries = 1, ofOurKey = false) => verdictOn(error, tries, ofOurKey);

  it('what passes is tried again, slower and slower; a quota is waited for', () => {
    expect(verdict(new DomainError('wechat-unreachable', 'x'))).toEqual({ is: 'again', againMs: 5_000 });
    expect(verdict(new DomainError('wechat-unreachable', 'x'), 20)).toEqual({ is: 'again', againMs: 300_000 });
    expect(verdict(new DomainError('rate-limited', 'x', { retryAfterS: 60 }))).toEqual({ is: 'again', againMs: 60_000 });
    expect(verdict(new DomainError('wechat-quota', 'x'))).toEqual({ is: 'again', againMs: 600_000 });
    expect(verdict(new DomainError('conflict', 'x'), 12).is).toBe('again');
    expect(verdict(new DomainError('conflict', 'x'), 13).is).toBe('mend');
    expect(verdict(new Error('x')).is).toBe('unknown');
  });

  it('what somebody has to mend says what, and where our own key lacks a right, which', () => {
    const refused = new DomainError('wechat-refused', 'No.', { wechat: { errcode: 89255 }, remedy: { en: 'Do', zh: '做' } });
    expect(verdict(refused)).toMatchObject({ is: 'mend', problem: { errcode: 89255, remedy: { en: 'Do' } } });
    const ours = verdict(new DomainError('broker-unreachable', 'No.'), 1, true);
    expect(ours).toMatchObject({ is: 'mend', problem: { code: 'release-app-forbidden' } });
  });
});
