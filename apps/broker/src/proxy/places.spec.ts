import { expect, it } from 'vitest';
import { Places } from './places.js';

const [greedy, good] = [
  { clientId: 'greedy', name: 'greedy' },
  { clientId: 'good', name: 'good' },
];
const open = new AbortController().signal;

it('a client that has taken all of its places waits for one of them, and another client does not', async () => {
  const places = new Places(2, 10);
  const taken = [await places.enter(greedy, open), await places.enter(greedy, open)];
  const order: string[] = [];
  const waiting = ['first', 'second'].map((which) =>
    places.enter(greedy, open).then((leave) => {
      order.push(which);
      return leave;
    }),
  );
  (await places.enter(good, open))();
  expect(order).toEqual([]);
  taken[0]!();
  const leave = await waiting[0]!;
  expect(order).toEqual(['first']);
  leave();
  (await waiting[1]!)();
  taken[1]!();
  expect(order).toEqual(['first', 'second']);
  // All of them are free again.
  const again = await Promise.all([places.enter(greedy, open), places.enter(greedy, open)]);
  for (const each of again) each();
});

it('waits in vain for some time only, and not at all behind too many', async () => {
  const places = new Places(1, 1, 20);
  const leave = await places.enter(greedy, open);
  const late = places.enter(greedy, open);
  const refused = {
    code: 'rate-limited',
    extras: { retryAfterS: 1 },
    detail: expect.stringContaining('1 calls of WeChat under way'),
  };
  await expect(places.enter(greedy, open)).rejects.toMatchObject(refused);
  await expect(late).rejects.toMatchObject(refused);
  leave();
  (await places.enter(greedy, open))();
});

it('whoever goes away while it waits takes no place', async () => {
  const places = new Places(1);
  const leave = await places.enter(greedy, open);
  const going = new AbortController();
  const waiting = places.enter(greedy, going.signal);
  going.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  leave();
  (await places.enter(greedy, open))();
});
