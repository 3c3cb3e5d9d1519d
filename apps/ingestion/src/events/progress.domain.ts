import type { EventEffectEntity, EventEntity } from '#persistence';

/**
 * What has become of an event. `waiting`: it goes to its queues next · `handed_over`: a consumer has it · `done`: every consumer has acted
 * on it, or found nothing to do · `failed`: a consumer could not · `no_consumer`: broker and release act on none of its kind, subscribers
 * get theirs all the same · `kept`: as `mismatch` or `stale`, nobody acts on it.
 */
export const PROGRESS = ['waiting', 'handed_over', 'done', 'failed', 'no_consumer', 'kept'] as const;
export type Progress = (typeof PROGRESS)[number];

type Row = Pick<EventEntity, 'state' | 'receivedAt' | 'handedOverAt'>;

/** @param consumers how many act on events of its kind */
export function progressOf(row: Row, effects: readonly Pick<EventEffectEntity, 'state'>[], consumers: number): Progress {
  if (row.state === 'received') return 'waiting';
  if (row.state !== 'queued') return 'kept';
  if (effects.some(({ state }) => state === 'failed')) return 'failed';
  if (effects.length > 0) return effects.length >= consumers ? 'done' : 'handed_over';
  // What nobody waits for is settled when it comes in.
  const settled = row.handedOverAt !== null && row.handedOverAt.getTime() === row.receivedAt.getTime();
  return consumers === 0 || settled ? 'no_consumer' : 'handed_over';
}
