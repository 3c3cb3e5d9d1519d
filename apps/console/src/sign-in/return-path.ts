/** Where somebody goes after the sign-in: a page of ours, never another site, however it is written. */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || wanted.length > 2_000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) || wanted.includes('\\'))
    return '/';
  const url = new URL(wanted, 'https://console.invalid');
  // What is left when `..` was taken away may begin with two slashes, which is a host.
  const isPage = url.origin === 'https://console.invalid' && !/^\/(\/|(api|auth)(\/|$))/.test(url.pathname);
  return isPage ? `${url.pathname}${url.search}` : '/';
}
