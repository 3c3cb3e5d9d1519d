/** The callback with `auth_code` and `expires_in` added; parts of its own stay as they are. */
export function redirectUrl(redirectUri: string, code: string, expiresIn: number): string {
  const url = new URL(redirectUri);
  url.searchParams.set('auth_code', code);
  url.searchParams.set('expires_in', String(expiresIn));
  return url.href;
}
