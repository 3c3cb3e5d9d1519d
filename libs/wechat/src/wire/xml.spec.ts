import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cdata, parseXml, XmlRefusedError } from './xml.js';

describe('parseXml', () => {
  it('keeps names, case, texts and order of repeated elements', () => {
    expect(parseXml('<xml>\n <AppId>A</AppId><appid>b</appid><n>007</n><l>1</l><l><x>2</x></l><e/><f></f></xml>')).toEqual({
      AppId: 'A',
      appid: 'b',
      n: '007',
      l: ['1', { x: '2' }],
      e: '',
      f: '',
    });
  });

  it('replaces the five entities and character references outside of CDATA only', () => {
    expect(parseXml('<xml><a>&lt;&gt;&amp;&quot;&apos;&#20013;&#x1F600;</a><b><![CDATA[&lt;]]></b></xml>')).toEqual({
      a: '<>&"\'中😀',
      b: '&lt;',
    });
    expect(parseXml('<xml><a>&amp;lt;</a></xml>')).toEqual({ a: '&lt;' });
  });

  it('trims around CDATA, never inside', () => {
    expect(parseXml('<xml><a>\n <![CDATA[ x ]]>\n</a><b><![CDATA[]]></b></xml>')).toEqual({ a: ' x ', b: '' });
  });

  it.each([
    ['DOCTYPE', '<!DOCTYPE xml><xml><a>1</a></xml>'],
    ['external entity', '<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><a>&e;</a></xml>'],
    ['entity bomb', '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><a>&b;</a></xml>'],
    ['processing instruction', '<xml><?php evil ?><a>1</a></xml>'],
    ['attribute without an end', '<xml><a b="1>1</a></xml>'],
    ['comment without an end', '<xml><!-- x <a>1</a></xml>'],
    ['declaration in the middle', '<xml><!ENTITY a "b"><a>1</a></xml>'],
    ['depth', `<xml>${'<a>'.repeat(20)}${'</a>'.repeat(20)}</xml>`],
    ['size', `<xml><a>${'x'.repeat(300_000)}</a></xml>`],
    ['prototype', '<xml><__proto__><x>1</x></__proto__></xml>'],
    ['crossed tags', '<xml><a><b></a></b></xml>'],
    ['an element that is not closed', '<xml><a>1<b>2</b></xml>'],
    ['an end without a beginning', '<xml><a>1</b></a></xml>'],
    ['a bare < outside of the root', '<xml><a>1</a></xml> < '],
    ['cut', '<xml><a>1</a>'],
    ['cut CDATA', '<xml><a><![CDATA[1</a></xml>'],
    ['two roots', '<xml></xml><xml></xml>'],
    ['another root', '<html></html>'],
    ['text at the top', 'hello<xml></xml>'],
    ['text as content', '<xml>hello</xml>'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(() => parseXml(text)).toThrow(XmlRefusedError);
  });

  const bell = String.fromCharCode(7);
  it.each([
    [
      'an entity that nobody declared',
      '<xml><a>1:name&nbsp;not &copy; &constructor; page&#160;2 & more</a></xml>',
      '1:name&nbsp;not &copy; &constructor; page\u00a02 & more',
    ],
    ['attributes', `<xml version='1'><a b="x > y" c = '"'>1</a></xml>`, '1'],
    ['comments', '<!-- <b> --><xml><!----><a>1<!-- </a> -->2</a></xml><!-- - -->', '12'],
    ['control characters in a text', `<xml><a>x${bell}\u0000y</a></xml>`, `x${bell}\u0000y`],
    ['control characters in CDATA, with a bracket', `<xml><a><![CDATA[x${bell} ] y\u001f]]></a></xml>`, `x${bell} ] y\u001f`],
    ['control characters around the root', `${bell}<xml><a>1</a></xml>\u0000\u0000`, '1'],
    ['a bare <', '<xml><a>1 < 2 <3 <= <> </ x <y and <z="1 ></a></xml>', '1 < 2 <3 <= <> </ x <y and <z="1 >'],
    ['a bare < beside CDATA', '<xml><a>x < <![CDATA[<b>]]> <</a></xml>', 'x < <b> <'],
    ['line breaks of HTML', `<xml><a>1${'<br>2<BR/></br>'.repeat(20)}</a></xml>`, `1${'<br>2<BR/></br>'.repeat(20)}`],
    [
      'HTML in a text',
      '<xml><a>see <a href="https://x.example/?a=1&b=2">the <b>rules</b></a>, 1&lt;2</a></xml>',
      'see <a href="https://x.example/?a=1&b=2">the <b>rules</b></a>, 1<2',
    ],
    ['a tag in a text that is never closed', '<xml><a>x <b> <c>y</a></xml>', 'x <b> <c>y'],
    ['a comment in CDATA, which is none', '<xml><a><![CDATA[<!-- x -->]]></a></xml>', '<!-- x -->'],
  ])('reads %s', (_, text, content) => {
    expect(parseXml(text)).toEqual({ a: content });
  });

  it.each([
    ['an attribute list without an end', `<xml><a ${'b="1" '.repeat(40_000)}`],
    ['blanks in a tag without an end', `<xml><a${' '.repeat(240_000)}`],
    ['comments', `<xml>${'<!---->'.repeat(35_000)}`],
    ['openings of comments', `<xml>${'<!--'.repeat(60_000)}`],
    ['entities', `<xml><a>${'&a'.repeat(100_000)}`],
    ['bare <', `<xml><a>${'<'.repeat(240_000)}`],
    ['beginnings of tags', `<xml><a>${'<a b="1" '.repeat(20_000)}`],
    ['ends of other elements', `<xml><a>${'<b></b>x'.repeat(20_000)}</c>`],
  ])('refuses %s in one walk', (_, text) => {
    expect(() => parseXml(text)).toThrow(XmlRefusedError);
  });

  it('keeps every one of very many equal elements', () => {
    expect(parseXml(`<xml>${'<a/>'.repeat(50_000)}</xml>`)['a']).toHaveLength(50_000);
  });

  it.each([
    ['flat', '<a>1</a><b>2</b><c>3</c>'],
    ['repeated', '<a/><a/><a/>'],
    ['nested', '<a><b><c/></b></a>'],
  ])('refuses more elements than the caller allows: %s', (_, content) => {
    expect(parseXml(`<xml>${content}</xml>`, { maxElements: 3 })).toBeTypeOf('object');
    expect(() => parseXml(`<xml>${content}</xml>`, { maxElements: 2 })).toThrow(XmlRefusedError);
  });

  it('answers or refuses, whatever comes', () => {
    const soup = fc.array(
      fc.constantFrom(
        '<xml>',
        '</xml>',
        '<a>',
        '</a>',
        '<![CDATA[',
        ']]>',
        '&amp;',
        '&',
        '<',
        '>',
        'x',
        '\n',
        '<!',
        '<?xml ',
        '?>',
      ),
    );
    fc.assert(
      fc.property(soup, (parts) => {
        try {
          expect(parseXml(parts.join(''))).toBeTypeOf('object');
        } catch (error) {
          expect(error).toBeInstanceOf(XmlRefusedError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('any well-formed text survives CDATA', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parseXml(`<xml><a>${cdata(text)}</a></xml>`)).toEqual({ a: text });
      }),
    );
  });
});
