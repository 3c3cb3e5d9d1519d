import { describe, expect, it } from 'vitest';
import { AuthorizerPath } from './paths.dto.js';
import { RequestPipe } from './request.pipe.js';

const check = (path: object) => new RequestPipe().transform(path, { type: 'param', metatype: AuthorizerPath });
const component_appid = 'wx1111111111111111';

describe('an appid in a path', () => {
  it.each([
    ['of WeChat', 'wx2222222222222222'],
    ['short, as an older system stored one', 'wx1'],
    ['with what only the release API took before', 'wxdev_0-1'],
    ['as long as its column', `wx${'a'.repeat(62)}`],
  ])('is taken: one %s', async (_, authorizer_appid) => {
    expect(await check({ component_appid, authorizer_appid })).toEqual({ component_appid, authorizer_appid });
  });

  it.each([
    ['an original id', 'gh_0123456789ab'],
    ['nothing after wx', 'wx'],
    ['longer than its column', `wx${'a'.repeat(63)}`],
    ['with a slash', 'wx1/2'],
  ])('is refused, and the answer says what one looks like: %s', async (_, authorizer_appid) => {
    await expect(check({ component_appid, authorizer_appid })).rejects.toMatchObject({
      response: { message: ['authorizer_appid must be an appid: "wx" and 16 letters or digits'] },
    });
  });
});
