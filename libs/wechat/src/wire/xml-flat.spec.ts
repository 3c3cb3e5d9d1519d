import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCarefully, readFlat, XmlRefusedError } from './xml.js';

/** What either reader makes of a document: the record, or that it is refused. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof XmlRefusedError) return 'refused';
    throw error;
  }
}

const pieces = fc.constantFrom(
  ...[
    '<xml>',
    '</xml>',
    '<a>',
    '</a>',
    '<B_1>',
    '</B_1>',
    '<![CDATA[',
    ']]>',
    'text',
    ' ',
    '\n',
    '\t',
    '&amp;',
    '&',
    '<',
    '>',
    ']',
    '好😀',
    '0',
  ],
  ...['<a/>', '<!-- -->', '<?xml version="1.0"?>', '<__proto__>', '</__proto__>', '\u0000', '\r\n', '<!DOCTYPE x>', '<a b="c">'],
);
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => `<![CDATA[${text}]]>`),
  fc.string({ unit: 'grapheme' }),
  fc.constant(''),
  fc.constant(' <![CDATA[ x ]]> '),
);
const flat = fc
  .array(fc.tuple(fc.constantFrom('a', 'ToUserName', 'x.y-z', '_', 'constructor'), value), { maxLength: 6 })
  .map((fields) => `<xml>${fields.map(([name, content]) => `\n<${name}>${content}</${name}>`).join('')}\n</xml>`);

describe('the quick reader', () => {
  it('gives what the careful one gives, or leaves the document to it', () => {
    let taken = 0;
    const same = (document: string) => {
      const quick = readFlat(document);
      if (quick === undefined) return;
      taken += 1;
      expect(quick).toEqual(outcome(() => readCarefully(document, 12)));
    };
    fc.assert(fc.property(flat, same), { numRuns: 5_000 });
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join('')),
        same,
      ),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 8 }).map((parts) => `<xml><a>${parts.join('')}</a></xml>`),
        same,
      ),
      { numRuns: 5_000 },
    );
    expect(taken).toBeGreaterThan(1_000);
  });
});
