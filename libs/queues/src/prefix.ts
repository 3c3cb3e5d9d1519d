/** Braces keep all keys of one queue in one slot of a Redis Cluster. */
export const QUEUE_PREFIX = '{wxplane}';

/** Pushes that ingestion keeps in Redis while MySQL is away: a stream and not a list, since entries are taken out by their id. */
export const SPOOL_KEY = `${QUEUE_PREFIX}:ingestion:spool`;
/** Of them, what MySQL refuses for what it holds and what cannot be read: for a person to look at. */
export const SET_ASIDE_KEY = `${SPOOL_KEY}:refused`;
