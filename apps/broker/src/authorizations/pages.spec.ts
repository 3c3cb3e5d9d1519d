import { describe, expect, it } from 'vitest';
import { WechatApiError } from '#wechat';
import { renderPage } from './pages.domain.js';
import { failedPage } from './pages.js';

const refused = (errcode: number) =>
  new WechatApiError({
    kind: 'errcode',
    api: 'api_create_preauthcode',
    errcode,
    errmsg: 'refused',
    rid: '66a1b2c3-00112233-44556677',
    maybeExecuted: false,
  });

describe('the page of a failure', () => {
  it.each([45009, 61004, 61009])('of WeChat (%i) shows its code, its rid, what to do, and whom to turn to', (errcode) => {
    const error = refused(errcode);
    const html = renderPage(failedPage(error, 'request-1', '0'.repeat(32)), 'nonce');
    for (const text of [String(errcode), '66a1b2c3-00112233-44556677', 'request-1', error.remedy.zh, '发给提供链接的人'])
      expect(html).toContain(text);
    expect(html).toContain(`href="/authorize/${'0'.repeat(32)}"`);
  });

  it('of ours shows nothing of it but the number of the request', () => {
    const html = renderPage(failedPage(new Error('ECONNREFUSED 10.0.0.1'), 'request-2', undefined), 'nonce');
    expect(html).toContain('request-2');
    expect(html).not.toContain('10.0.0.1');
    expect(html.match(/发给提供链接的人/g)).toHaveLength(1);
  });
});
