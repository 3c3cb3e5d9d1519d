import { describe, expect, it } from 'vitest';
import { browserCookie, browserIdOf, newBrowserId } from './browser-cookie.js';

describe('the cookie of a launch page', () => {
  it.each([true, false])('comes back as it was given (TLS: %s)', (secure) => {
    const id = newBrowserId();
    const [pair] = browserCookie(id, secure).split(';');
    expect(browserIdOf(`a=b; ${pair}; c`, secure)).toBe(id);
    expect(browserIdOf(pair, !secure)).toBeUndefined();
  });

  it('with TLS can be set by no other host and no page without TLS, and is read by no script', () => {
    expect(browserCookie(newBrowserId(), true)).toMatch(/^__Host-.*; Path=\/;.*; HttpOnly; SameSite=Lax; Secure$/);
  });

  it.each([undefined, '', '__Host-wxplane-visit', '__Host-wxplane-visit=', '__Host-wxplane-visit=g', `x=${'a'.repeat(32)}`])(
    '%s is none',
    (cookies) => {
      expect(browserIdOf(cookies, true)).toBeUndefined();
    },
  );
});
