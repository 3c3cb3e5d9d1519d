import { expect, it, vi } from 'vitest';
import { NameLookup } from './name-lookup.js';

const good = [{ address: '203.0.113.7', family: 4 }];

it('asks for each name once at a time, and again afterwards', async () => {
  const answers: (() => void)[] = [];
  const resolve = vi.fn(() => new Promise<typeof good>((done) => answers.push(() => done(good))));
  const names = new NameLookup(resolve);
  const many = Array.from({ length: 50 }, () => names.addressesOf('one.example'));
  const other = names.addressesOf('two.example');
  expect(resolve.mock.calls).toEqual([['one.example'], ['two.example']]);
  for (const answer of answers) answer();
  expect(await Promise.all(many)).toEqual(many.map(() => good));
  expect(await other).toEqual(good);
  const later = names.addressesOf('one.example');
  expect(resolve).toHaveBeenCalledTimes(3);
  answers.at(-1)!();
  await later;
});

it('does not ask for a dead name again for a moment', async () => {
  const dead = new Error('queryA ETIMEOUT');
  const resolve = vi.fn(async (name: string) => {
    if (name === 'dead.example') throw dead;
    return good;
  });
  const names = new NameLookup(resolve);
  for (let time = 0; time < 3; time += 1) await expect(names.addressesOf('dead.example')).rejects.toBe(dead);
  expect(resolve).toHaveBeenCalledTimes(1);
  expect(await names.addressesOf('alive.example')).toEqual(good);
});
