/** Braces keep all keys of one queue in one slot of a Redis Cluster. */
export const QUEUE_PREFIX = '{wxplane}';
