import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonRecord, parseWechatJson } from './json.js';
import { XmlRefusedError } from './xml.js';

const bell = String.fromCharCode(7);

describe("WeChat's JSON", () => {
  it.each([
    ['a raw control character in a text', `{"a":"x${bell}y"}`, { a: `x${bell}y` }],
    ['a raw line break in a text', '{"a":"x\ny"}', { a: 'x\ny' }],
    ['a null byte', '{"a":"\u0000"}', { a: '\u0000' }],
    ['a control character between texts', `{${bell}"a"\u0000:1}`, { a: 1 }],
    ['a backslash that escapes nothing', '{"a":"c:\\dir\\x"}', { a: 'c:\\dir\\x' }],
    ['a backslash before a control character', `{"a":"\\${bell}"}`, { a: `\\${bell}` }],
    ['a broken \\u', '{"a":"\\u00zz"}', { a: '\\u00zz' }],
    ['quotes and backslashes as they should be, beside', `{"a":"\\"\\\\${bell}\\n"}`, { a: `"\\${bell}\n` }],
    ['a byte order mark', '\ufeff{"a":1}', { a: 1 }],
  ])('is read with %s', (_, text, value) => {
    expect(parseWechatJson(text)).toEqual(value);
  });

  it.each(['', '{', '{"a":"x', 'hello', `{"a":"${bell}"`])('that is none is an error: %j', (text) => {
    expect(() => parseWechatJson(text)).toThrow(SyntaxError);
  });

  it('is read as JSON where it is JSON, and as what was meant where only control characters make it none', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseWechatJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    const text = fc.string({ unit: fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(text, (inner) => {
        const raw = `{"a":"${inner.replace(/["\\]/g, '\\$&')}"}`;
        expect(parseWechatJson(raw)).toEqual({ a: inner });
      }),
    );
  });
});

describe('a push in JSON', () => {
  it('is the record that its XML would be, with every digit', () => {
    expect(
      parseJsonRecord(`{"MsgId":22211872600753513,"t":1.50,"a":"${bell}","o":{"n":null},"l":[1,{"b":true}],"e":[]}`),
    ).toEqual({
      MsgId: '22211872600753513',
      t: '1.50',
      a: bell,
      o: { n: '' },
      l: ['1', { b: 'true' }],
      e: [],
    });
  });

  it.each([
    ['a list', '[1]'],
    ['a text', '"x"'],
    ['nothing', ''],
    ['cut JSON', '{"a":'],
    ['great depth', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a prototype', '{"__proto__":{"x":1}}'],
    ['too much', `{"a":"${'x'.repeat(300_000)}"}`],
  ])('is refused when it is %s', (_, text) => {
    expect(() => parseJsonRecord(text)).toThrow(XmlRefusedError);
  });

  it('answers or refuses, whatever comes', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1', bell, '\\u', 'null', ' ', '"a":');
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        try {
          expect(parseJsonRecord(parts.join(''))).toBeTypeOf('object');
        } catch (error) {
          expect(error).toBeInstanceOf(XmlRefusedError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
