import { describe, expect, it } from 'vitest';
import { PERMISSION_SETS, WechatApiError } from '#wechat';
import { renderPage } from './pages.domain.js';
import { arrivedPage, cancelledPage, failedPage, launchPage } from './pages.js';

const refused = (errcode: number) =>
  new WechatApiError({
    kind: 'errcode',
    api: 'api_create_preauthcode',
    errcode,
    errmsg: 'refused',
    rid: '66a1b2c3-00112233-44556677',
    maybeExecuted: false,
  });

const BRAND = {
  name: '云桥小店助手',
  company: '云桥科技有限公司',
  contact: '400-1',
  logo: 'data:image/png;base64,iVBORw0KGgoAAAA=',
};
const launch = { href: 'https://mp.weixin.qq.com/x', expiresInS: 1_800, exclusive: [], brand: BRAND };

describe('the pages', () => {
  it('of the launch say who asks: name, company, contact, picture', () => {
    const html = renderPage(launchPage(launch, 'pc'), 'nonce');
    for (const text of ['授权给「云桥小店助手」', BRAND.company, BRAND.contact, BRAND.logo]) expect(html).toContain(text);
  });

  it('of the launch warn of what another provider may lose, and only then', () => {
    const [zh, en] = ['同一时间只能授权给一个服务商：小程序开发与数据分析（18）', 'one provider at a time can hold'];
    const warned = renderPage(launchPage({ ...launch, exclusive: [PERMISSION_SETS.get(18)!] }, 'wechat'), 'nonce');
    for (const text of [zh, en]) expect(warned).toContain(text);
    expect(renderPage(launchPage(launch, 'wechat'), 'nonce')).not.toContain(en);
  });

  it('show one language at a time, and the title in it, with the other a click away', () => {
    for (const [language, title] of [
      ['zh', '授权给「云桥小店助手」'],
      ['en', 'Authorize “云桥小店助手”'],
    ] as const) {
      const html = renderPage(launchPage(launch, 'pc'), 'nonce', language);
      expect(/<title>(.*)<\/title>/.exec(html)?.[1]).toBe(title);
      expect(html.includes('id="lang" aria-label="English" checked')).toBe(language === 'en');
      expect(html).toContain('<label class="switch" for="lang">');
    }
  });

  it('have a mark of success where something has succeeded, and none on a cancellation or a failure', () => {
    const arrival = { authorizerAppid: 'wx1', nickName: 'a', returnTo: undefined, brand: BRAND };
    expect(renderPage(arrivedPage(arrival), 'nonce')).toContain('class="mark"');
    for (const page of [cancelledPage(undefined), failedPage(refused(45009), 'r', undefined), launchPage(launch, 'pc')])
      expect(renderPage(page, 'nonce')).not.toContain('class="mark"');
  });
});

describe('the page of a failure', () => {
  it.each([45009, 61004, 61009])('of WeChat (%i) shows its code, its rid, what to do, and whom to turn to', (errcode) => {
    const error = refused(errcode);
    const html = renderPage(failedPage(error, 'request-1', '0'.repeat(32)), 'nonce');
    for (const text of [String(errcode), '66a1b2c3-00112233-44556677', 'request-1', error.remedy.zh, '发给服务商'])
      expect(html).toContain(text);
    expect(html).toContain(`href="/authorize/${'0'.repeat(32)}"`);
  });

  it('of ours shows nothing of it but the number of the request', () => {
    const html = renderPage(failedPage(new Error('ECONNREFUSED 10.0.0.1'), 'request-2', undefined), 'nonce');
    expect(html).toContain('request-2');
    expect(html).not.toContain('10.0.0.1');
    expect(html.match(/发给服务商/g)).toHaveLength(1);
  });
});
