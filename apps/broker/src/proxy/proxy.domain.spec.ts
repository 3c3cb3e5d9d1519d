import { describe, expect, it } from 'vitest';
import { effectOf, PROTECTED_PATHS } from '#wechat';
import { KNOWN } from './known-apis.domain.js';
import { concernsOnly, judge, proxyQuery, proxyTarget } from './proxy.domain.js';

describe('proxyTarget', () => {
  it.each([
    ['/wxa/commit', 'access_token', 'commit'],
    ['/cgi-bin/media/upload', 'access_token', 'upload'],
    ['/sns/component/jscode2session', 'component_access_token', 'jscode2session'],
  ])('%s gets its token as %s', (path, tokenParameter, api) => {
    expect(proxyTarget(path, undefined)).toEqual({ path, tokenParameter, api });
  });

  it.each([
    '/wxa/../cgi-bin/token',
    '/wxa//commit',
    '/wxa/%2e%2e/x',
    '//evil.example/x',
    '/wxa/commit?x=1',
    '/wxa/a b',
    '',
    '/',
    '/.wxa/commit',
    '/wxa/commit.',
    '/wxa./commit',
    '/wxa/commit/',
  ])('refuses %j', (path) => {
    expect(proxyTarget(path, undefined)).toHaveProperty('refused');
  });

  it.each([
    '/cgi-bin/token',
    '/cgi-bin/component/api_authorizer_token',
    '/cgi-bin/component/clear_quota/v2',
    '/cgi-bin/clear_quota',
    '/cgi-bin/clear_quota/v2',
    '/cgi-bin/openapi/quota/clear',
    '/cgi-bin/component/api_get_authorizer_list',
    '/cgi-bin/component/api_get_authorizer_info',
    '/CGI-bin/Component/API_get_authorizer_INFO',
    '/cgi-bin/STABLE_token',
  ])('never calls %s, whatever the client may do', (path) => {
    expect(proxyTarget(path, ['/'])).toHaveProperty('refused');
  });

  it('keeps to the list of the client, by whole parts', () => {
    expect(proxyTarget('/wxa/commit', ['/wxa/commit'])).toHaveProperty('api');
    expect(proxyTarget('/wxa/commit_more', ['/wxa/commit'])).toHaveProperty('refused');
    expect(proxyTarget('/wxa/business/x', ['/wxa/business/'])).toHaveProperty('api');
    expect(proxyTarget('/wxa/commit', ['/wxa/business/'])).toHaveProperty('refused');
    expect(proxyTarget('/wxa/commit', [])).toHaveProperty('refused');
  });
});

describe('the gate', () => {
  const refuse = { twoPerson: false, onProtected: 'refuse' } as const;
  const warn = { twoPerson: false, onProtected: 'warn' } as const;
  const twoPerson = { twoPerson: true, onProtected: 'warn' } as const;
  const simple = { proxyPaths: undefined, mayRelease: false };

  it.each(PROTECTED_PATHS)('lets only a client that named %s and may release bring it about', (path) => {
    const said = (proxyPaths: readonly string[] | undefined, mayRelease: boolean) => {
      const { decision, reason } = judge(path, { proxyPaths, mayRelease }, refuse)!;
      return [decision, reason];
    };
    expect(said(undefined, false)).toEqual(['refused', 'not-named']);
    expect(said(undefined, true)).toEqual(['refused', 'not-named']);
    expect(said(['/wxa/business/'], true)).toEqual(['refused', 'not-named']);
    expect(said([path], false)).toEqual(['refused', 'no-releases-write']);
    expect(said([path], true)).toEqual(['allowed', undefined]);
    expect(said(['/'], true)).toEqual(['allowed', undefined]);
  });

  it.each(PROTECTED_PATHS)('refuses %s to everybody where two persons are required, whatever the setting says', (path) => {
    for (const mayRelease of [true, false])
      for (const proxyPaths of [undefined, [path], ['/']])
        expect(judge(path, { proxyPaths, mayRelease }, twoPerson)).toMatchObject({ decision: 'refused', reason: 'two-person' });
  });

  it('lets pass with a warning what the former default let pass, and no more', () => {
    expect(judge('/wxa/commit', simple, warn)).toMatchObject({ decision: 'warned', reason: 'not-named' });
    expect(judge('/wxa/added_later', simple, warn)).toMatchObject({ decision: 'warned', reason: 'not-named' });
    expect(judge('/elsewhere/x', simple, warn)).toMatchObject({ decision: 'refused' });
    const listed = (proxyPaths: string[]) => judge('/wxa/commit', { proxyPaths, mayRelease: false }, warn);
    expect(listed(['/wxa/'])).toMatchObject({ decision: 'warned', reason: 'no-releases-write' });
    expect(listed(['/cgi-bin/'])).toMatchObject({ decision: 'refused', reason: 'not-named' });
  });

  it('refuses what is not known to be harmless to a client without a list, and leaves a list to say more', () => {
    expect(judge('/wxa/added_later', simple, refuse)).toMatchObject({ decision: 'refused', effect: undefined });
    expect(judge('/wxa/added_later', { ...simple, proxyPaths: ['/wxa/'] }, refuse)).toBeUndefined();
  });

  it('wants a path that is not known to be named whole where two persons are required', () => {
    const named = (proxyPaths?: string[]) => judge('/wxa/added_later', { proxyPaths, mayRelease: true }, twoPerson);
    expect(named()).toMatchObject({ decision: 'refused', reason: 'not-named' });
    expect(named(['/wxa/'])).toMatchObject({ decision: 'refused', reason: 'not-named' });
    expect(named(['/wxa/added_later'])).toBeUndefined();
  });

  it.each([...KNOWN])('%s, which has series of its own, is known to be harmless or protected', (path) => {
    expect(['harmless', 'protected']).toContain(effectOf(path).kind);
    if (effectOf(path).kind === 'harmless') expect(judge(path, simple, twoPerson)).toBeUndefined();
  });
});

describe('concernsOnly', () => {
  it.each([
    ['appid=wxmine&js_code=x', true],
    ['js_code=x&%61ppid=wx%6dine', true],
    ['appid=wxother&js_code=x', false],
    ['appid=wxmine&appid=wxother', false],
    ['appid=wxmine&APPID=wxother', false],
    ['appid=wxmine&%61ppid=wxother', false],
    ['appid=wxmine&appid%=wxother', false],
    ['appid[]=wxother', false],
    ['appid=wxmine&%61ppid=wxother%', false],
    ['js_code=x', false],
    ['', false],
  ])('%j names no other account: %s', (query, expected) => {
    expect(concernsOnly(query, 'wxmine')).toBe(expected);
  });
});

describe('proxyQuery', () => {
  it('puts our token in, and drops every spelling of another one', () => {
    expect(proxyQuery('a=1&access_token=x&Component_Access_Token=y&%61ccess_token=z&b=%E4%BD%A0', 'access_token', 'T/+')).toBe(
      'access_token=T%2F%2B&a=1&b=%E4%BD%A0',
    );
    expect(proxyQuery('', 'component_access_token', 't')).toBe('component_access_token=t');
  });
});
