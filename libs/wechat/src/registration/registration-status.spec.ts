import { describe, expect, it } from 'vitest';
import { registrationStatus } from './registration-status.js';

describe('the status of a registration', () => {
  it('is read by two tables that differ by one below 10', () => {
    expect(registrationStatus('personal', 2)).toMatchObject({ outcome: 'ended', zh: '用户已拒绝' });
    expect(registrationStatus('personal', 3).zh).toContain('同意');
    expect(registrationStatus('enterprise', 4).zh).toContain('同意');
    expect(registrationStatus('enterprise', 9).zh).toContain('手机验证失败');
    expect(registrationStatus('personal', 8).zh).toContain('手机验证失败');
  });

  it.each([11, 14, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008])('%i ends it in both', (number) => {
    for (const numbering of ['enterprise', 'personal'] as const)
      expect(registrationStatus(numbering, number).outcome).toBe('ended');
  });

  it('is created at 12 alone', () => {
    for (const numbering of ['enterprise', 'personal'] as const) {
      const created = Array.from({ length: 1_100 }, (_, number) => number).filter(
        (number) => registrationStatus(numbering, number).outcome === 'created',
      );
      expect(created).toEqual([12]);
    }
  });

  it('of an enterprise ends at no number that only one SDK explains, and none that nobody explains', () => {
    for (const number of [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 999])
      expect(registrationStatus('enterprise', number).outcome).toBe('open');
  });
});
