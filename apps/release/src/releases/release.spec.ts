import { describe, expect, it } from 'vitest';
import { ReleaseEntity } from '#persistence';
import { fromRow, toColumns } from './release.js';

const row = (columns: Partial<ReleaseEntity>): ReleaseEntity =>
  Object.assign(new ReleaseEntity(), { state: 'ready', intent: null, waiting: null, lastError: null, policy: null }, columns);

describe('a release and its row', () => {
  it('what is written is what is read', () => {
    const release = {
      waiting: { for: 'gray', percentage: 10 },
      lastError: { step: 'gray', at: '2026-01-01T00:00:00.000Z', verdict: 'later', errmsg: 'busy' },
      policy: { submit: 'auto', gray: [{ percentage: 10, pause_s: 60 }] },
      submitRequest: { version_desc: '测试账号' },
      scanResult: { without_auth_list: [], without_conf_list: [] },
    } as const;
    expect(fromRow(row(toColumns(release) as ReleaseEntity))).toMatchObject(release);
  });

  it('a text that is missing or is no JSON is nothing, and stops nobody', () => {
    for (const text of [null, '', 'no JSON', '1', '"x"'])
      expect(fromRow(row({ waiting: text, lastError: text, policy: text, submitRequest: text, scanResult: text }))).toMatchObject(
        {
          ...{ waiting: null, lastError: null, policy: {}, submitRequest: {}, scanResult: null },
        },
      );
  });

  it('a change leaves alone what it does not name, and writes nothing where nothing is asked for', () => {
    expect(toColumns({ attempts: 1 })).toEqual({ attempts: 1 });
    expect(toColumns({ policy: {}, submitRequest: {}, waiting: null })).toEqual({
      policy: null,
      submitRequest: null,
      waiting: null,
    });
  });

  it('the state of an older row is derived; what the row itself says of it stays known', () => {
    expect(fromRow(row({ state: null, status: 2, isRelease: 0, auditid: '7' }))).toMatchObject({
      state: 'auditing',
      storedState: null,
    });
    expect(fromRow(row({ state: 'graying' }))).toMatchObject({ state: 'graying', storedState: 'graying' });
  });
});
