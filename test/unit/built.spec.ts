import { expect, it, vi } from 'vitest';
import { ensureBuilt } from '../support/built.js';

it('a checkout that was never built is built before integration tests start; one that was is left alone', async () => {
  const compile = vi.fn(async () => ({ built: true, files: 1 }));
  await ensureBuilt('/nowhere/dist/apps/sandbox/src/main.js', compile);
  expect(compile).toHaveBeenCalledTimes(1);
  await ensureBuilt(import.meta.filename, compile);
  expect(compile).toHaveBeenCalledTimes(1);
});
