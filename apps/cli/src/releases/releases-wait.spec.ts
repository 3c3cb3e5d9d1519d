import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { program } from '../program.js';

let server: Server | undefined;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  server?.close();
});

/** Waits for release 17 at a server that always answers so. @returns what was told */
async function wait(release: object): Promise<string> {
  server = createServer((_, response) => response.end(JSON.stringify(release)));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('RELEASE_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('WXPLANE_CLIENT_KEY', `wxp_${'a'.repeat(16)}_${'b'.repeat(48)}`);
  let told = '';
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  vi.spyOn(process.stderr, 'write').mockImplementation((part: string | Uint8Array) => {
    told += part;
    return true;
  });
  await program().parseAsync(['release', 'wait', '17'], { from: 'user' });
  return told;
}

const ready = { release_id: 17, state: 'ready', audit: { reason_text: null }, waiting: null, last_error: null };

it('ends when nothing more happens by itself, and says why', async () => {
  const last_error = { errmsg: 'Not among the categories: a/b.', remedy: { en: 'Take categories from the list.' } };
  const told = await wait({ ...ready, needs_attention: true, last_error });
  expect(told).toContain('Not among the categories: a/b.');
  expect(told).toContain('Take categories from the list.');
  expect(process.exitCode).toBe(1);
});

it('says what a gray release was taken back for', async () => {
  const waiting = { for: 'operator', reason: 'error rate' };
  expect(await wait({ ...ready, state: 'approved', needs_attention: true, waiting })).toContain('operator error rate');
  expect(process.exitCode).toBe(1);
});

it('is content with the state that was waited for', async () => {
  await wait({ ...ready, state: 'released', needs_attention: false });
  expect(process.exitCode ?? 0).toBe(0);
});
