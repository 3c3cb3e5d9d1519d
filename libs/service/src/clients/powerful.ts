import { DomainError } from '../http/problems.js';
import type { Scope } from '../permissions/permissions.js';

/** With one of these, a key that got lost puts code before users, takes every merchant, or makes keys. */
export const POWERFUL: readonly Scope[] = ['admin', 'releases:write', 'component-token'];
export const POWERFUL_DAYS = 90;
const DAY_MS = 86_400_000;

export const isPowerful = (scopes: readonly string[]): boolean => POWERFUL.some((scope) => scopes.includes(scope));

/** When a key of great power ends that is made, or renewed, now. */
export const powerfulUntil = (now = new Date()): Date => new Date(now.getTime() + POWERFUL_DAYS * DAY_MS);

/**
 * When a key with these scopes ends.
 * @param wanted `undefined`: as usual; `null`: never
 * @throws DomainError `invalid-request` when a key of great power would live too long
 */
export function endOf(scopes: readonly string[], wanted: Date | null | undefined, now = new Date()): Date | null {
  if (!isPowerful(scopes)) return wanted ?? null;
  if (wanted === undefined) return powerfulUntil(now);
  // Whoever counts ninety days himself may be a little later.
  if (wanted !== null && wanted.getTime() <= powerfulUntil(now).getTime() + DAY_MS) return wanted;
  const problem = `a key with ${POWERFUL.join(', ')} lives at most ${POWERFUL_DAYS} days; a rotation renews it`;
  throw new DomainError('invalid-request', `expires_at: ${problem}.`, { errors: [{ field: 'expires_at', message: problem }] });
}
