import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type EarlyHandler, traces } from '#service';
import { MAX_PUSH_BYTES } from '#wechat';
import { type PushAnswer, PushService } from './push.service.js';

/** WeChat's side of this app, also where somebody mistyped it: whoever asks here believes plain text only. */
const OURS = /^\/+wechat(?:[/?]|$)/i;
/** The two, as the metrics and the route inventory name them. */
export const PUSH_ROUTES = ['/wechat/:component/events', '/wechat/:component/:appid/messages'] as const;
const PATH = /^\/wechat\/([^/?]+)\/(?:events|([^/?]+)\/messages)$/;
/** Whoever needs longer for a body of this size is not WeChat. */
const BODY_WITHIN_MS = 10_000;

const refusal = (status: number, body: string): PushAnswer => ({ status, body, type: 'text/plain' });

class BodyError extends Error {
  constructor(
    readonly outcome: 'timeout' | 'too-large' | 'cut',
    readonly answer: PushAnswer,
  ) {
    super(answer.body);
  }
}

/**
 * WeChat's two URLs, before the framework: they take bytes of any content type, and whatever goes wrong is plain text, never the
 * JSON or HTML of a framework. The two account for nearly all requests of this app, and half of the framework's work would be in vain.
 */
export function pushHandler(app: NestFastifyApplication): EarlyHandler {
  const pushes = app.get(PushService);
  return (request, response) => {
    if (!OURS.test(request.url ?? '')) return false;
    serve(pushes, request)
      .catch((error: unknown) =>
        error instanceof BodyError ? pushes.unread(error.outcome, error.answer) : pushes.unexpected(error),
      )
      .then((answer) => send(request, response, answer))
      .catch(() => request.destroy());
    return true;
  };
}

async function serve(pushes: PushService, request: IncomingMessage): Promise<PushAnswer> {
  const url = request.url!;
  const mark = url.indexOf('?');
  const match = PATH.exec(mark < 0 ? url : url.slice(0, mark));
  if (!match) return pushes.unread('no-such-address', refusal(404, 'no such address'));
  const [, component = '', pathAppid] = match;
  traces.route(PUSH_ROUTES[pathAppid === undefined ? 0 : 1]);
  const query = mark < 0 ? {} : parse(url.slice(mark + 1));
  if (request.method === 'GET') return pushes.echo(component, query);
  if (request.method !== 'POST') return pushes.unread('method', refusal(405, 'no such method'));
  const body = await readBody(request);
  return pushes.receive({ route: pathAppid === undefined ? 'events' : 'messages', component, pathAppid, query, body });
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(
      () => reject(new BodyError('timeout', refusal(408, 'refused: the body did not arrive'))),
      BODY_WITHIN_MS,
    );
    const fail = (outcome: BodyError['outcome'], answer: PushAnswer) => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      reject(new BodyError(outcome, answer));
    };
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > MAX_PUSH_BYTES) fail('too-large', refusal(413, 'refused: too-large'));
      else parts.push(part);
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    });
    request.on('error', () => fail('cut', refusal(400, 'refused: cut')));
    request.on('close', () => clearTimeout(timer));
  });
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, type }: PushAnswer): void {
  if (response.destroyed) return;
  // A body that was not read to its end makes the connection useless.
  const cut = !request.complete;
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, POST' } : {}),
    ...(cut ? { connection: 'close' } : {}),
  });
  response.end(body, cut ? () => request.destroy() : undefined);
}
