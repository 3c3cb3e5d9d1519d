import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pageFor, redisRightsPage } from './pages.js';

const ROOT = new URL('../../../../', import.meta.url).pathname;

describe('the page that is named', () => {
  it.each([
    [{ LANG: 'zh_CN.UTF-8' }, '.zh-CN.md'],
    [{ LANG: 'zh' }, '.zh-CN.md'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN.UTF-8' }, '.zh-CN.md'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, '.md'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: '' }, '.zh-CN.md'],
    [{ LANG: 'zha_CN' }, '.md'],
    [{ LANG: 'C.UTF-8' }, '.md'],
    [{}, '.md'],
  ])('with %o ends in %s', (env, end) => {
    expect(pageFor('docs/cli', env)).toBe(`docs/cli${end}`);
  });

  it.each([{ LANG: 'zh_CN.UTF-8' }, {}])('with %o is there, and has the heading that is named', (env) => {
    for (const page of ['docs/cli', 'docs/first-rollout']) expect(existsSync(`${ROOT}${pageFor(page, env)}`)).toBe(true);
    const [, heading, page] = /^"(.+)" in (.+)$/.exec(redisRightsPage(env))!;
    expect(readFileSync(`${ROOT}${page}`, 'utf8')).toContain(`\n### ${heading}\n`);
  });
});
