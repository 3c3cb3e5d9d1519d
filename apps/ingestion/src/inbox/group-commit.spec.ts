import { describe, expect, it } from 'vitest';
import { GroupCommit, OverloadedError } from './group-commit.js';

/** A write that the test lets end. */
function gate() {
  const writes: { items: readonly number[]; end: (error?: Error) => void }[] = [];
  const write = (items: readonly number[]) =>
    new Promise<void>((resolve, reject) => writes.push({ items, end: (error) => (error ? reject(error) : resolve()) }));
  return { writes, write };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
const options = { batchSize: 3, writers: 1, waitingMax: 5, mustSplit: (error: unknown) => (error as Error).message === 'row' };

describe('GroupCommit', () => {
  it('lets what arrives during a write share the next one, up to the size of a batch, in order', async () => {
    const { writes, write } = gate();
    const group = new GroupCommit(write, options);
    const first = group.add(1);
    await turn();
    const rest = [2, 3, 4, 5].map((item) => group.add(item));
    expect(writes.map(({ items }) => items)).toEqual([[1]]);
    writes[0]!.end();
    await first;
    await turn();
    expect(writes.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
    writes[1]!.end();
    await Promise.all(rest.slice(0, 3));
    await turn();
    writes[2]!.end();
    await rest[3];
    await group.drained();
  });

  it('answers nobody before the write that held his item has ended', async () => {
    const { writes, write } = gate();
    const group = new GroupCommit(write, options);
    let done = false;
    const adding = group.add(1).then(() => {
      done = true;
    });
    await turn();
    expect(done).toBe(false);
    writes[0]!.end();
    await adding;
    expect(done).toBe(true);
  });

  it('fails all of a batch together, but splits one that holds a bad item', async () => {
    const bad = new GroupCommit<number>(async (items) => {
      if (items.includes(2)) throw new Error('row');
    }, options);
    expect((await Promise.allSettled([1, 2, 3].map((item) => bad.add(item)))).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    let writes = 0;
    const away = new GroupCommit<number>(async () => {
      writes += 1;
      throw new Error('away');
    }, options);
    await Promise.allSettled([1, 2, 3].map((item) => away.add(item)));
    expect(writes).toBe(1);
  });

  it('refuses what would make the queue longer than its bound', async () => {
    const { writes, write } = gate();
    const group = new GroupCommit(write, options);
    const first = group.add(0);
    await turn();
    const waiting = [1, 2, 3, 4, 5].map((item) => group.add(item));
    await expect(group.add(6)).rejects.toBeInstanceOf(OverloadedError);
    while (writes.length < 3) {
      writes.at(-1)!.end();
      await turn();
    }
    writes.at(-1)!.end();
    await Promise.all([first, ...waiting]);
  });
});
