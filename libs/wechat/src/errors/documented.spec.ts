import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PERMISSION_SETS } from '../data/permission-sets.js';
import { describeErrcode, ERROR_CATALOGUE } from './catalogue.js';

const table = (name: string) =>
  readFileSync(new URL(`../../testing/${name}.tsv`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t') as [string, string, string, string]);

const CODES = table('documented-errcodes').map(([page, code, reactions, words]) => ({
  page,
  code: Number(code),
  reactions: reactions === '-' ? [] : reactions.split(','),
  words,
}));

/** By the page one thing for one call and another for the next; what the catalogue says without knowing the call stands first. */
const BY_CALL: Readonly<Record<number, readonly [api: string, reaction: string]>> = { 86328: ['get_online_icp_order', 'reread'] };

/** Where we take another reaction than the page, and why. */
const OTHERWISE: ReadonlySet<number> = new Set([
  // Done for the removal of a plugin alone: plugins.controller.ts.
  89044, 89244,
  // One page says that the operator has to act, the other that nothing helps.
  86040, 89295,
]);

/** Meanings that WeChat has two codes for. */
const TWO_CODES = new Set(['A platform of a private person may not call this', 'Plugin not in the list', 'WeChat id invalid']);

describe('the catalogue and the pages', () => {
  it('it has every code that the pages name', () => {
    expect(CODES.length).toBeGreaterThan(280);
    expect(CODES.filter(({ code }) => !ERROR_CATALOGUE.has(code))).toEqual([]);
  });

  it('it reacts as they say', () => {
    const others = CODES.filter(
      ({ code, reactions }) =>
        reactions.length > 0 && !reactions.includes(describeErrcode(code).reaction) && !OTHERWISE.has(code),
    );
    expect(others.map(({ page, code, reactions }) => [page, code, reactions, describeErrcode(code).reaction])).toEqual([]);
  });

  it.each(Object.entries(BY_CALL))('%s means something else for one call', (code, [api, reaction]) => {
    expect(describeErrcode(Number(code)).reaction).not.toBe(reaction);
    expect(describeErrcode(Number(code), api).reaction).toBe(reaction);
  });

  it('codes that a page explains one by one are explained one by one', () => {
    const pages = new Map<string, typeof CODES>();
    for (const row of CODES) pages.set(row.page, [...(pages.get(row.page) ?? []), row]);
    for (const [page, rows] of pages) {
      const words = new Map<string, Set<string>>();
      for (const { code, words: said } of rows) {
        const { meaning } = describeErrcode(code);
        words.set(meaning, (words.get(meaning) ?? new Set()).add(said.toLowerCase()));
      }
      const alike = [...words].filter(([meaning, said]) => said.size > 1 && !TWO_CODES.has(meaning));
      expect(
        alike.map(([meaning, said]) => [meaning, ...said]),
        page,
      ).toEqual([]);
    }
  });
});

describe('permission sets and the page', () => {
  it('each is there, with its kind of account, its name, and whether one platform alone may hold it', () => {
    const EXCLUSIVE = { X: true, '-': false, '?': undefined } as const;
    const sets = table('documented-permission-sets');
    expect(sets.length).toBeGreaterThan(95);
    for (const [account, id, mark, name] of sets) {
      const known = PERMISSION_SETS.get(Number(id));
      expect([known?.account, known?.exclusive], id).toEqual([account, EXCLUSIVE[mark as keyof typeof EXCLUSIVE]]);
      if (/[\u4e00-\u9fff]/.test(name)) expect(known?.name.zh, id).toBe(name);
    }
  });

  it('one platform at a time: the sets of mini programs, in one line', () => {
    const exclusive = [...PERMISSION_SETS.values()].filter(({ account, exclusive }) => account === 'mini-program' && exclusive);
    expect(exclusive.map(({ id }) => id)).toEqual([
      18, 25, 40, 41, 45, 49, 51, 73, 76, 81, 85, 104, 119, 135, 138, 157, 158, 198,
    ]);
  });

  it('each has a name of its own', () => {
    for (const language of ['en', 'zh'] as const)
      for (const account of ['mini-program', 'official-account'] as const) {
        const names = [...PERMISSION_SETS.values()].filter((set) => set.account === account).map(({ name }) => name[language]);
        expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
      }
  });
});
