import { describe, expect, it } from 'vitest';
import { browserOf, languageOf, renderPage } from './pages.domain.js';

describe('browserOf', () => {
  it.each([
    ['Mozilla/5.0 (iPhone) AppleWebKit Mobile/15E148 MicroMessenger/8.0.50(0x1800)', 'wechat'],
    ['Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36 MMWEBID/1 MicroMessenger/8.0', 'wechat'],
    ['Mozilla/5.0 (Windows NT 10.0) MicroMessenger/7.0 WindowsWechat(0x6309)', 'pc'],
    ['Mozilla/5.0 (Macintosh) MicroMessenger/6.8 MacWechat/3.8', 'pc'],
    ['Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36', 'mobile'],
    ['Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537.36', 'pc'],
    ['', 'pc'],
  ])('%s → %s', (agent, browser) => expect(browserOf(agent)).toBe(browser));
});

describe('languageOf', () => {
  it.each([
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
    ['fr,en;q=0.5,zh;q=0.4', 'en'],
    ['en;q=0.2, zh-TW;q=0.7', 'zh'],
    ['fr', 'zh'],
    ['', 'zh'],
  ])('%s → %s', (header, language) => expect(languageOf(header)).toBe(language));
});

describe('renderPage', () => {
  it('lets nothing that came from outside become markup', () => {
    const evil = `"><script>alert(1)</script>'`;
    const html = renderPage(
      {
        title: { zh: evil, en: evil },
        facts: [[{ zh: 'a', en: 'b' }, evil]],
        link: { id: 'go', href: `https://x.example/?a=1&b=${evil}`, label: { zh: evil, en: evil } },
      },
      'nonce',
    );
    expect(html).not.toContain('<script>');
    expect(html.match(/<a /g)).toHaveLength(1);
  });
});
