// A receiver of wxplane's deliveries, in nothing but Node 20 or newer.
//
//   WEBHOOK_SECRET=whsec_… PORT=8080 node receiver.mjs
//
// It verifies after the Standard Webhooks specification, answers at once, and takes each message once.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

// biome-ignore lint/style/noProcessEnv: an example that stands on its own
const { WEBHOOK_SECRET = '', PORT = '8080' } = process.env;
const key = Buffer.from(WEBHOOK_SECRET.replace(/^whsec_/, ''), 'base64');
const TOLERANCE_S = 300;
const LIMIT = 1_048_576;

/** Whether wxplane sent exactly these bytes, not long ago. While secrets are rotated there are several signatures. */
export function verify(headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!id || !timestamp || !signatures || Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_S) return false;
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const given = Buffer.from(text, 'base64');
    return version === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

// Deliveries repeat: with the same id. A real receiver keeps the ids in its database, in the transaction of the effect.
const seen = new Set();

function handle(event) {
  console.log(`${event.type} of ${event.authorizer_appid ?? event.component_appid}: ${JSON.stringify(event.data)}`);
  // Only a replier's answer is looked at; `undefined` is no reply.
  if (event.data?.kind === 'message.text') return { reply: { type: 'text', content: `You wrote: ${event.data.Content}` } };
  return undefined;
}

const server = createServer(async (request, response) => {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > LIMIT) return response.writeHead(413).end();
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  if (!verify(request.headers, body)) return response.writeHead(401).end();
  const event = JSON.parse(body);
  if (seen.has(event.id)) return response.writeHead(204).end();
  seen.add(event.id);
  const answer = handle(event);
  if (answer) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  else response.writeHead(204).end();
});
server.listen(Number(PORT), () => console.log(`listening on ${server.address().port}`));
