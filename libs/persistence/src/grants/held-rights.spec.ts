import { describe, expect, it } from 'vitest';
import { compareRights, heldRights } from './held-rights.js';

const held = (...lines: string[]) => heldRights('wx_plane', lines);

describe('what SHOW GRANTS says', () => {
  it('is read from MySQL and MariaDB, on the schema and on everything', () => {
    expect([...held('GRANT USAGE ON *.* TO `a`@`%`', 'GRANT SELECT, INSERT ON `wx_plane`.* TO `a`@`%`').schema]).toEqual([
      'SELECT',
      'INSERT',
    ]);
    expect([
      ...held('GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` IDENTIFIED VIA unix_socket WITH GRANT OPTION').schema,
    ]).toEqual(['ALL PRIVILEGES', 'GRANT OPTION']);
    expect([...held('GRANT SELECT ON `wx\\_plane`.* TO `a`@`%`').schema]).toEqual(['SELECT']);
    expect([...held('GRANT SELECT ON `wx%`.* TO `a`@`%`').schema]).toEqual(['SELECT']);
    expect([...held('GRANT SELECT ON `other`.* TO `a`@`%`').schema]).toEqual([]);
  });

  it('is read of tables and columns, whose schema is no pattern', () => {
    const { tables } = held(
      'GRANT SELECT (`b`, `a`), INSERT ON `wx_plane`.`f_wechat_x` TO `a`@`%`',
      'GRANT UPDATE ON `wxxplane`.`f_wechat_x` TO `a`@`%`',
    );
    expect(tables.get('f_wechat_x')).toEqual(
      new Map<string, unknown>([
        ['SELECT', new Set(['b', 'a'])],
        ['INSERT', true],
      ]),
    );
  });

  it('is not told when a role has them', () => {
    expect(held('GRANT `apps`@`%` TO `a`@`%`').byRole).toBe(true);
    expect(held('GRANT USAGE ON *.* TO `a`@`%`').byRole).toBe(false);
  });
});

describe('rights beside the matrix', () => {
  it('on the whole schema are enough, and too much', () => {
    const found = compareRights('ingestion', held('GRANT ALL PRIVILEGES ON `wx_plane`.* TO `a`@`%`'));
    expect(found).toEqual({ onSchema: ['ALL PRIVILEGES'], missing: [], excess: [] });
  });

  it('lack every one that is not there', () => {
    const { missing } = compareRights('ingestion', held('GRANT USAGE ON *.* TO `a`@`%`'));
    expect(missing).toContainEqual({ table: 'f_wechat_event', privilege: 'INSERT' });
    expect(missing).not.toContainEqual({ table: 'f_wechat_refreshtoken', privilege: 'SELECT' });
  });

  it('of columns lack only those that are not among them', () => {
    const { missing } = compareRights('cli', held('GRANT UPDATE (`secret`) ON `wx_plane`.`f_wechat_subscription` TO `a`@`%`'));
    expect(missing).toContainEqual({ table: 'f_wechat_subscription', privilege: 'UPDATE', columns: ['previous_secret'] });
  });
});
