import { describe, expect, it } from 'vitest';
import { progressOf } from './progress.domain.js';

const receivedAt = new Date('2026-11-30T13:00:00.000Z');
const later = new Date('2026-11-30T13:00:01.000Z');
const done = { state: 'done' } as const;

describe('an event that is finished is not queued for ever', () => {
  it.each([
    ['not handed over yet', { state: 'received', receivedAt, handedOverAt: null }, [], 1, 'waiting'],
    ['in its queue', { state: 'queued', receivedAt, handedOverAt: later }, [], 1, 'handed_over'],
    ['acted on by one of two', { state: 'queued', receivedAt, handedOverAt: later }, [done], 2, 'handed_over'],
    ['acted on by all', { state: 'queued', receivedAt, handedOverAt: later }, [done, { state: 'skipped' }], 2, 'done'],
    ['failed at one', { state: 'queued', receivedAt, handedOverAt: later }, [done, { state: 'failed' }], 2, 'failed'],
    ['of a kind nobody acts on', { state: 'queued', receivedAt, handedOverAt: later }, [], 0, 'no_consumer'],
    ['settled as it came in', { state: 'queued', receivedAt, handedOverAt: receivedAt }, [], 1, 'no_consumer'],
    ['not believed', { state: 'mismatch', receivedAt, handedOverAt: null }, [], 1, 'kept'],
    ['too old', { state: 'stale', receivedAt, handedOverAt: null }, [], 1, 'kept'],
  ] as const)('%s', (_, row, effects, consumers, progress) => {
    expect(progressOf(row, effects, consumers)).toBe(progress);
  });
});
