import { describe, expect, it } from 'vitest';
import { NEEDED, rightsOn } from './grants.domain.js';

const rights = (...grants: string[]) => [...(rightsOn('wxplane', grants) ?? ['unknown'])].sort();

describe('rightsOn', () => {
  it('reads what MySQL and MariaDB say', () => {
    expect(rights('GRANT USAGE ON *.* TO `wx`@`%`', 'GRANT SELECT, INSERT, UPDATE, DELETE ON `wxplane`.* TO `wx`@`%`')).toEqual(
      [...NEEDED.apps, 'USAGE'].sort(),
    );
    expect(rights('GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` IDENTIFIED VIA unix_socket WITH GRANT OPTION')).toEqual(
      [...NEEDED.apps, ...NEEDED.migrations].sort(),
    );
  });

  it('knows patterns of schema names, and rights on one table are not rights on all', () => {
    expect(rights('GRANT SELECT ON `wx%`.* TO `a`@`%`')).toEqual(['SELECT']);
    expect(rights('GRANT SELECT ON `wx\\_plane`.* TO `a`@`%`')).toEqual([]);
    expect(rights('GRANT SELECT ON `wxplane`.`f_wechat_event` TO `a`@`%`')).toEqual([]);
    expect(rights('GRANT SELECT ON `other`.* TO `a`@`%`')).toEqual([]);
  });

  it('says that it does not know when a role has them', () => {
    expect(rights('GRANT `apps`@`%` TO `a`@`%`')).toEqual(['unknown']);
  });
});
