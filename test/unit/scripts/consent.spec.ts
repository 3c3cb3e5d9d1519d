import { describe, expect, it } from 'vitest';
import { fillForm, findLink, type Page, textOf } from '../../../scripts/lib/consent.ts';
import { masked } from '../../../scripts/lib/secrets.ts';
import { withoutSecrets } from '../../../scripts/lib/walk-authorize.ts';

const page = (html: string): Page => ({ url: 'http://wechat.test/cgi-bin/page?a=1', status: 200, html, location: undefined });

describe('a merchant without a browser', () => {
  it('fills in the form that holds the button', () => {
    const form = fillForm(
      page(`<form action="/other"><input name="x" value="1"></form>
        <form method="POST" action="confirm?b=2&amp;c=3">
          <input type="hidden" name="ticket" value="a&quot;b">
          <label><input type="radio" id="merchant-wx1" name="merchant" value="wx1" checked> One</label>
          <label><input type="radio" id="merchant-wx2" name="merchant" value="wx2"> Two</label>
          <input type="checkbox" id="set-18" name="set" value="18" checked><input type="checkbox" id="set-19" name="set" value="19">
          <button id="cancel" name="do" value="cancel">Cancel</button><button id="authorize" name="do" value="authorize">Authorize</button>
        </form>`),
      { radio: 'wx2', button: 'authorize' },
    );
    expect(form).toMatchObject({ action: 'http://wechat.test/cgi-bin/confirm?b=2&c=3', method: 'post' });
    expect([...form.fields]).toEqual([
      ['ticket', 'a"b'],
      ['merchant', 'wx2'],
      ['set', '18'],
      ['set', '19'],
      ['do', 'authorize'],
    ]);
  });

  it('says what the page said when there is no such form', () => {
    expect(() => fillForm(page('<p id="error">请确认授权入口页所在域名</p>'), { radio: 'wx1', button: 'authorize' })).toThrow(
      '请确认授权入口页所在域名',
    );
  });

  it('finds a link by its path, and reads words only', () => {
    const html =
      '<style>p{}</style><p>Hello&nbsp;&amp; welcome</p><a href="https://mp.test/cgi-bin/componentloginpage?x=1&#38;y=2&#x26;z=3">go</a>';
    expect(findLink(page(html), '/cgi-bin/componentloginpage')).toBe('https://mp.test/cgi-bin/componentloginpage?x=1&y=2&z=3');
    expect(findLink(page(html), '/elsewhere')).toBeUndefined();
    expect(textOf(html)).toBe('Hello & welcome go');
  });
});

describe('what the walk shows', () => {
  it('never holds the value of a parameter', () => {
    expect(withoutSecrets('http://127.0.0.1:1/authorize/callback?auth_code=queryauthcode@@@abc&expires_in=600')).toBe(
      '127.0.0.1:1/authorize/callback?auth_code=…&expires_in=…',
    );
  });

  it('masks a secret so that it can be recognised but not used', () => {
    const ticket = `ticket@@@${'k'.repeat(80)}`;
    expect(masked(ticket)).toMatch(/^ticket@@@•+ \(89 characters, sha256 [0-9a-f]{6}…\)$/);
    expect(masked('short-secret')).not.toContain('short');
  });
});
