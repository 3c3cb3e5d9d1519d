import { hash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

/*
 * The least a token server can be: node:http, the same key check (SHA-256, compared in constant time), the same JSON and headers.
 * It has one token, no routes, no audit log and no life cycle.
 */
const [port, key] = process.argv.slice(2) as [string, string];
const [, clientId, secret] = key.split('_') as [string, string, string];
const stored = { clientId, sha256: hash('sha256', secret, 'buffer') };
const token = { value: 'T'.repeat(157), diesAt: performance.now() + 7_200_000 };

createServer((request, response) => {
  const match = /^Bearer wxp_([0-9a-f]{16})_([0-9a-f]{48})$/.exec(request.headers.authorization ?? '');
  if (!match || match[1] !== stored.clientId || !timingSafeEqual(hash('sha256', match[2]!, 'buffer'), stored.sha256)) {
    response.writeHead(401).end();
    return;
  }
  const body = JSON.stringify({
    access_token: token.value,
    expires_in: Math.floor((token.diesAt - performance.now()) / 1_000),
    cache_seconds: 240,
  });
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'private, max-age=240',
  });
  response.end(body);
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
