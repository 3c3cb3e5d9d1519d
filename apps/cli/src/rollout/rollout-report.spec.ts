import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { program } from '../program.js';

const CSV = 'authorizer_appid,state\nwx1111111111111111,failed\n';
const DOCUMENT = {
  rollout: {
    rollout_id: 7,
    name: 'spring',
    state: 'completed',
    stage: 'full',
    progress: 1,
    reason: null,
    counts: { total: 1, succeeded: 0, failed: 1, skipped: 0, running: 0 },
  },
  targets: [
    {
      authorizer_appid: 'wx1111111111111111',
      is_canary: true,
      state: 'failed',
      release_id: 31,
      attempts: 2,
      reason: { detail: 'The reviewer rejected it.' },
      updated_at: '2026-11-23T00:33:01.413Z',
    },
  ],
};

let server: Server;
const isTTY = process.stdout.isTTY;

beforeEach(async () => {
  server = createServer((request, response) => {
    response.end(request.url?.endsWith('format=csv') ? CSV : JSON.stringify(DOCUMENT));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('RELEASE_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('WXPLANE_CLIENT_KEY', `wxp_${'a'.repeat(16)}_${'b'.repeat(48)}`);
});
afterEach(() => {
  process.stdout.isTTY = isTTY;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  server.close();
});

async function report(terminal: boolean, ...options: string[]): Promise<string> {
  let shown = '';
  process.stdout.isTTY = terminal;
  vi.spyOn(process.stdout, 'write').mockImplementation((part) => {
    shown += part;
    return true;
  });
  await program().parseAsync(['rollout', 'report', '7', ...options], { from: 'user' });
  return shown;
}

it('rollout report is a table for a person', async () => {
  const shown = await report(true);
  expect(shown).toContain('7 spring');
  expect(shown).toMatch(/^APPID +STATE +RELEASE +RETRIES +AT +WHY$/m);
  expect(shown).toMatch(/^wx1111111111111111 +failed \(canary\) +31 +2 +2026-11-2\d .* The reviewer rejected it\.$/m);
});

it('rollout report is CSV with --csv, and in a file or a pipe as ever', async () => {
  expect(await report(true, '--csv')).toBe(CSV);
  vi.restoreAllMocks();
  expect(await report(false)).toBe(CSV);
});

it('rollout report is one document with --json, wherever it goes', async () => {
  expect(JSON.parse(await report(true, '--json'))).toEqual(DOCUMENT);
  vi.restoreAllMocks();
  expect(JSON.parse(await report(false, '--json'))).toEqual(DOCUMENT);
});
