import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromDocument,
  given,
  HIDDEN,
  hide,
  occurringIn,
  secretTexts,
  sentBack,
  shown,
  toDocument,
} from './secret-variables.domain.js';

const stored = { variables: { tenant: 42, key: 'the-stored-key' }, secret: ['key'] };

describe('hide', () => {
  it('replaces a secret wherever it stands: in texts, names, lists, and escaped in a JSON text', () => {
    const secret = 'a"b\\c-店';
    const document = { [secret]: [`x${secret}y`, 1, null], text: JSON.stringify({ v: secret }) };
    const hidden = hide(document, [secret]);
    expect(hidden).toEqual({ [HIDDEN]: [`x${HIDDEN}y`, 1, null], text: `{"v":"${HIDDEN}"}` });
  });
  it('leaves no trace of any secret, whatever the document', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 6 }), fc.string({ minLength: 6 }), (document, one, other) => {
        fc.pre(!HIDDEN.includes(one) && !HIDDEN.includes(other) && !one.includes('*') && !other.includes('*'));
        const text = JSON.stringify(hide({ document, a: one, b: `${one}${other}`, [other]: 1 }, [one, other]));
        for (const secret of [one, other]) expect(text.includes(JSON.stringify(secret).slice(1, -1))).toBe(false);
      }),
    );
  });
  it('changes nothing without secrets, and leaves what is no plain value', () => {
    const at = new Date();
    expect(hide({ at, n: 1 }, ['secret-value'])).toEqual({ at, n: 1 });
  });
});

describe('variables that are sent back', () => {
  const back = (variables: Record<string, unknown>, secret?: string[]) => sentBack(variables, secret, stored);
  it('keep what is secret where *** stands, and stay so when nothing is said of it', () => {
    for (const marked of [back(shown(stored)), back(shown(stored), ['key'])]) {
      expect(marked.problems).toEqual([]);
      expect(marked.marked).toEqual(stored);
    }
    expect(back({ key: 'another-key' }).marked).toEqual({ variables: { key: 'another-key' }, secret: ['key'] });
  });
  it('lose the mark only together with a new value', () => {
    expect(back({ key: 'another-key' }, []).problems).toEqual([]);
    expect(back({ key: HIDDEN }, []).problems).toMatchObject([{ path: 'variables.key' }]);
  });
  it('are refused where *** is unclear: a name that is not stored, or is not secret', () => {
    for (const [variables, secret] of [
      [{ other: HIDDEN }, undefined],
      [{ other: HIDDEN }, ['other']],
      [{ tenant: HIDDEN }, undefined],
      [{ tenant: HIDDEN }, ['tenant']],
    ] as const)
      expect(back(variables, secret as string[] | undefined).problems).toMatchObject([
        { path: expect.stringMatching(/^variables\./) },
      ]);
  });
  it('may hold *** as it is where that is what is stored', () => {
    expect(sentBack({ stars: HIDDEN }, undefined, { variables: { stars: HIDDEN }, secret: [] }).problems).toEqual([]);
  });
  it('are refused when a mark names none of them, or what is too short to be found again', () => {
    expect(back({}, ['key']).problems).toMatchObject([{ path: 'secret_variables' }]);
    for (const value of ['12345', 123_456, { a: 1 }, null])
      expect(back({ pin: value }, ['pin']).problems).toMatchObject([{ message: expect.stringContaining('at least 6') }]);
  });
  it('of a request that keeps none are refused with ***', () => {
    expect(given({ key: HIDDEN }, ['key'])).toHaveLength(1);
    expect(given({ key: 'a-real-key' }, ['key'])).toEqual([]);
  });
});

it('marks are a part of the text, and no placeholder reads them', () => {
  expect(fromDocument(toDocument(stored))).toEqual(stored);
  expect(fromDocument({ a: 1 })).toEqual({ variables: { a: 1 }, secret: [] });
  expect(toDocument({ variables: { a: 1 }, secret: [] })).toEqual({ a: 1 });
});

it('only what a document holds is remembered with it', () => {
  const secrets = secretTexts({ key: 'the-"key"', other: 'not-used', short: 'x' }, ['key', 'other', 'short']);
  expect(occurringIn({ ext: { k: 'Bearer the-"key"' } }, secrets)).toEqual(['the-"key"']);
});
