import { globSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE } from '#wechat';

/** Errors that are no refusal, and what -1 and 0 are in any program. */
const EVERYDAY = new Set([-1, 0]);
/** The catalogue itself; the sandbox, which shares no code with us; and the client that stands alone, compared below. */
const APART = [/^apps\/sandbox\//, /^libs\/wechat\/src\/errors\//, /^libs\/broker-client\/src\/broker-client\.ts$/];
const SOURCES = globSync('{apps,libs}/**/*.ts', { exclude: ['**/node_modules/**', '**/dist/**'] }).filter(
  (path) => !/\.(int-|e2e-)?spec\.ts$|\/(test|testing)\//.test(path) && !APART.some((apart) => apart.test(path)),
);

/** Numbers in a source that are codes of the catalogue, as `file:line code`. Quantities are written with `_`, codes are not. */
function codesIn(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNumericLiteral(node) && !node.getText(source).includes('_')) {
      const negative = ts.isPrefixUnaryExpression(node.parent) && node.parent.operator === ts.SyntaxKind.MinusToken;
      const code = negative ? -Number(node.text) : Number(node.text);
      if (ERROR_CATALOGUE.has(code) && !EVERYDAY.has(code))
        found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1} ${code}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('what an error code of WeChat means stands in the catalogue alone', () => {
  it('no other source has one as a number: it asks the catalogue, or uses its name', () => {
    expect(SOURCES.length).toBeGreaterThan(200);
    expect(SOURCES.flatMap((path) => codesIn(path, readFileSync(path, 'utf8')))).toEqual([]);
  });

  it('a number in a condition, a set or a comparison would be seen, one in a text or a comment would not', () => {
    expect(
      codesIn('a.ts', 'if (errcode === 61003) stop();\nconst wait = new Set([85009, -60005]); // 85052\nconst x = "45009";'),
    ).toEqual(['a.ts:1 61003', 'a.ts:2 85009', 'a.ts:2 -60005']);
    expect(codesIn('a.ts', 'const LONGEST_MS = 40_001; list.indexOf(x) === -1')).toEqual([]);
  });

  it('the client that stands alone repeats a call for the same codes as the broker', () => {
    const text = readFileSync('libs/broker-client/src/broker-client.ts', 'utf8');
    const codes = (fact: (code: number) => boolean) => [...ERROR_CATALOGUE.keys()].filter(fact).sort();
    const entry = (code: number) => ERROR_CATALOGUE.get(code);
    const expected = [
      ...codes((code) => entry(code)?.tokenRefused === true),
      ...codes((code) => entry(code)?.notAuthorized === 'account'),
    ];
    expect(codesIn('', text).map((found) => Number(found.split(' ')[1]))).toEqual(expected);
  });
});
