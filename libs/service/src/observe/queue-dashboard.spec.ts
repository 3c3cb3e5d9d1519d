import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { QUEUES_PATH, queueDashboard } from './queue-dashboard.js';

it('the page of the queues names no other origin, and may load from none', async () => {
  const handler = await queueDashboard([]);
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${QUEUES_PATH}`);
    const page = await answer.text();
    expect(page).toContain('wxplane queues');
    expect(page).not.toMatch(/(?:href|src)="https?:/);
    expect(page).toMatch(/<link href="static\/css\//);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'self'; .*font-src 'self'/);
  } finally {
    server.close();
  }
});
