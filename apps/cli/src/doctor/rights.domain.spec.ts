import { describe, expect, it } from 'vitest';
import { compareRights, grantStatements, heldRights, parseDatabaseAccounts } from '#persistence';
import { judgeRights } from './rights.domain.js';

const judged = (...lines: string[]) => {
  const held = heldRights('wxplane', lines);
  return judgeRights({
    account: 'cli',
    schema: 'wxplane',
    user: `'wx'@'%'`,
    byRole: held.byRole,
    ...compareRights('cli', held),
  });
};
const [own] = parseDatabaseAccounts('cli=wx');
/** As SHOW GRANTS has what we said. */
const exact = grantStatements('wxplane', own!).map((statement) => statement.replace(/'/g, '`'));

describe('judgeRights', () => {
  it('is content with exactly what the matrix says', () => {
    expect(judged('GRANT USAGE ON *.* TO `wx`@`%`', ...exact)).toMatchObject({ result: 'ok' });
  });

  it('fails with the statement to run when something is missing', () => {
    const { result, detail, remedy } = judged(...exact.filter((line) => !line.includes('f_wechat_client')));
    expect(result).toBe('fail');
    expect(detail).toContain('f_wechat_client');
    expect(remedy).toContain("GRANT SELECT, INSERT, UPDATE ON `wxplane`.`f_wechat_client` TO 'wx'@'%';");
  });

  it('warns of one account for all, and of single rights that are too much, with what takes them away', () => {
    expect(judged('GRANT ALL PRIVILEGES ON `wxplane`.* TO `wx`@`%`')).toMatchObject({
      result: 'warn',
      detail: expect.stringContaining('on the whole schema'),
    });
    expect(judged(...exact, 'GRANT UPDATE ON `wxplane`.`f_wechat_accesslog` TO `wx`@`%`')).toMatchObject({
      result: 'warn',
      remedy: expect.stringContaining("REVOKE UPDATE ON `wxplane`.`f_wechat_accesslog` FROM 'wx'@'%';"),
    });
  });

  it('says that it does not know when a role has them', () => {
    expect(judged('GRANT `apps`@`%` TO `wx`@`%`')).toMatchObject({ result: 'ok', detail: expect.stringContaining('role') });
  });
});
