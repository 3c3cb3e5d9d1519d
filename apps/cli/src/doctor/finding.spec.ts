import { describe, expect, it } from 'vitest';
import { fail, LASTING, mayHeal, ok, warn } from './finding.js';
import { judgeTicket } from './stored.check.js';

const limits = { TICKET_WARNING_S: 1_500, TICKET_ALARM_S: 3_600 };

describe('doctor --wait', () => {
  it('waits for a ticket, and for a server that does not answer', () => {
    expect(mayHeal([ok('keys', 'well'), judgeTicket('wx1', undefined, limits), fail('database', 'ECONNREFUSED', 'look')])).toBe(
      true,
    );
  });

  it('fails at once for what no waiting heals: a character set, a right, a wrong key', () => {
    expect(mayHeal([judgeTicket('wx1', undefined, limits), fail('database', 'not utf8mb4', 'convert', LASTING)])).toBe(false);
  });

  it('does not end for a warning', () => {
    expect(mayHeal([judgeTicket('wx1', undefined, limits), warn('redis', 'old', 'update', LASTING)])).toBe(true);
  });
});
