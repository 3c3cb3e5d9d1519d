import { request as send } from 'node:http';
import type { ListedRoute } from '../../libs/service/testing/inventory.js';

export interface SizedRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly authorization: string | undefined;
}

/** `declared`: by Content-Length, so that it can be refused unread; `chunked`: only counting tells. */
type Sending = 'declared' | 'chunked';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** As long as `size`, whatever its type: JSON, and nothing that a form or a push could be. */
const bodyOf = (size: number) => Buffer.from(`{"x":"${'y'.repeat(size - 8)}"}`);

const TRIES = 5;

/** Whoever refuses a body early may end the connection while the rest of it is under way, and with it the answer. */
async function sendSized(port: number, request: SizedRequest, size: number, how: Sending): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await sendOnce(port, request, size, how);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (attempt === TRIES || !['ECONNRESET', 'EPIPE'].includes(code)) throw error;
    }
}

function sendOnce(port: number, request: SizedRequest, size: number, how: Sending): Promise<Answer> {
  const { method, path, contentType, authorization } = request;
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': contentType,
      ...(authorization ? { authorization } : {}),
      ...(how === 'declared' ? { 'content-length': size } : { 'transfer-encoding': 'chunked' }),
    };
    const sent = send({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => {
        text += part.toString();
      });
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }),
      );
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(bodyOf(size));
  });
}

/**
 * Sends every route that has a limit one byte more than it takes, and one route of each limit exactly as much.
 * @returns what is not as the committed table says
 */
export async function bodyLimitFaults(
  port: number,
  routes: readonly ListedRoute[],
  requestOf: (route: ListedRoute) => Promise<SizedRequest>,
): Promise<string[]> {
  const faults: string[] = [];
  const limited = routes.filter((route) => route.port !== 'management' && typeof route.bodyLimit === 'number');
  const first = new Set([...Map.groupBy(limited, ({ bodyLimit }) => bodyLimit).values()].map(([route]) => route));
  for (const route of limited) {
    const [limit, request] = [route.bodyLimit as number, await requestOf(route)];
    const title = `${route.method} ${route.path}`;
    for (const how of first.has(route) ? (['declared', 'chunked'] as const) : (['declared'] as const)) {
      const { status, type, text } = await sendSized(port, request, limit + 1, how);
      const isTold =
        route.permission === 'public'
          ? text === 'refused: too-large'
          : type.startsWith('application/problem+json') && text.includes('"urn:wxplane:problem:payload-too-large"');
      // What is streamed on has to say its length before.
      const wantsLength = how === 'chunked' && status === 400 && text.includes('Content-Length is needed');
      if ((status !== 413 || !isTold) && !wantsLength)
        faults.push(`${title}: ${limit + 1} bytes, ${how}: ${status} ${type} ${text.slice(0, 200)}`);
    }
    if (!first.has(route)) continue;
    // Of files that are uploaded, only films may be as large.
    const contentType = request.contentType.replace(/^image\/.*/, 'video/mp4');
    const { status } = await sendSized(port, { ...request, contentType }, limit, 'declared');
    if (status === 413 || status === 500) faults.push(`${title}: ${limit} bytes, which are not too many: ${status}`);
  }
  if (first.size === 0) faults.push('no route has a limit');
  return faults;
}
