import type { EventEntity } from './event.entity.js';

/**
 * A way that an event takes instead of the one of its kind. `release-check`: it is about one of WeChat's own test accounts, which are nobody's
 * tenants; only the consumer of that check may act on it, and no subscription gets it.
 */
export type EventRoute = 'release-check';

/** What the release before wrote into `note` instead of a route, and still reads there while replicas of both run. */
export const FORMER_RELEASE_CHECK_NOTE = 'release check';

/** The route of a row, also of one that a replica of the release before wrote. `null`: the one of its kind. */
export function routeOf({ route, note }: Pick<EventEntity, 'route' | 'note'>): EventRoute | null {
  return route ?? (note === FORMER_RELEASE_CHECK_NOTE ? 'release-check' : null);
}

/**
 * SQL: the event takes the way of its kind. The same as `routeOf(row) === null`.
 * @param event the table's name or alias
 */
export const TAKES_NO_ROUTE = (event: string): string =>
  `(${event}.route IS NULL AND COALESCE(${event}.note, '') <> '${FORMER_RELEASE_CHECK_NOTE}')`;
