import { ApiError, refuse } from '../protocol/errors.domain.js';

/**
 * Applies `add`, `delete`, `set` or `get` to a list.
 * @throws ApiError 40097 for another action, `full` when the list would get longer than `limit`
 */
export function changeList(
  action: unknown,
  held: readonly string[],
  given: readonly string[],
  limit: number,
  full = 85016,
): string[] {
  switch (action) {
    case 'get':
      return [...held];
    case 'add': {
      const next = [...new Set([...held, ...given])];
      refuse(next.length > limit, full);
      return next;
    }
    case 'set':
      refuse(given.length > limit, full);
      return [...new Set(given)];
    case 'delete':
      return held.filter((domain) => !given.includes(domain));
    default:
      throw new ApiError(40097);
  }
}

/** `https://a.example:8443/x` → `a.example`. */
export const hostOf = (domain: string): string =>
  domain
    .replace(/^[a-z]+:\/\//, '')
    .replace(/[/:].*$/, '')
    .toLowerCase();

/** Is the host one of the registered domains or below one? */
export const isBelow = (domain: string, registered: readonly string[]): boolean => {
  const host = hostOf(domain);
  return registered.some((parent) => host === parent || host.endsWith(`.${parent}`));
};
