import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppApi } from './app-api.js';

let server: Server;
let said = '';

/** A list of five, in pages of two. */
beforeEach(async () => {
  said = '';
  server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://app').searchParams;
    const from = Number(query.get('cursor') ?? 0);
    const to = Math.min(from + Math.min(2, Number(query.get('limit'))), 5);
    const items = Array.from({ length: to - from }, (_, n) => from + n);
    response.end(JSON.stringify({ items, next_cursor: to < 5 ? String(to) : null }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('RELEASE_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('WXPLANE_CLIENT_KEY', `wxp_${'a'.repeat(16)}_${'b'.repeat(48)}`);
  vi.spyOn(process.stderr, 'write').mockImplementation((part) => {
    said += part;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  server.close();
});

describe('a list that is read in pages', () => {
  it('is cut at the limit, and never without saying so', async () => {
    expect((await AppApi.release().pages<number>('/list', {}, 3)).items).toEqual([0, 1, 2]);
    expect(said).toBe('These are the first 3, and there are more: narrow the search, or raise --limit\n');
  });

  it('says nothing when it is whole', async () => {
    for (const limit of [5, 100])
      expect((await AppApi.release().pages<number>('/list', {}, limit)).items).toEqual([0, 1, 2, 3, 4]);
    expect(said).toBe('');
  });
});
