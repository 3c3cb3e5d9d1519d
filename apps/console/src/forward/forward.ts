import type { Readable } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { request as ask } from 'undici';
import { DomainError, ProblemFilter } from '#service';
import { ConsoleConfig } from '../config/console.config.js';
import { matchOperation } from '../operations/match.js';
import type { Operation } from '../operations/operations.js';
import { Assertions } from '../sessions/assertions.js';
import { type Session, SessionService } from '../sessions/session.service.js';
import { Streams } from './streams.js';

/** What an app is told of a request besides who asks, and what a page is told of the answer. */
const TO_APP = ['accept', 'accept-language', 'content-type', 'idempotency-key', 'last-event-id'] as const;
const TO_PAGE = ['content-type', 'content-disposition', 'retry-after', 'x-request-id', 'idempotency-replayed'] as const;
const ANSWERS_WITHIN_MS = 30_000;
const STREAM = 'text/event-stream';

/**
 * `/api/<app>/v1/…`: forwards the operations of the list, and no others, to their apps, with who asks instead of the cookie. What the person
 * may do is for the app to say; what cannot be taken back wants a recent sign-in first.
 */
export function forwardOperations(app: NestFastifyApplication): void {
  const parts: Parts = {
    config: app.get(ConsoleConfig),
    sessions: app.get(SessionService),
    assertions: app.get(Assertions),
    streams: app.get(Streams),
  };
  const problems = app.get(ProblemFilter);
  const server = app.getHttpAdapter().getInstance();
  for (const name of ['broker', 'ingestion', 'release'] as const) {
    server.route({
      method: ['GET', 'POST'],
      url: `/api/${name}/*`,
      // A probe of what exists is no use of it.
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        try {
          await forward(name, request, reply, parts);
        } catch (error) {
          problems.answer(error, request, reply);
        }
        return reply;
      },
    });
  }
}

interface Parts {
  readonly config: ConsoleConfig;
  readonly sessions: SessionService;
  readonly assertions: Assertions;
  readonly streams: Streams;
}

async function forward(name: Operation['app'], request: FastifyRequest, reply: FastifyReply, parts: Parts): Promise<void> {
  const { config, sessions, assertions } = parts;
  const session = await sessions.require(request);
  const [path = '', ...query] = request.url.slice(`/api/${name}`.length).split('?');
  const operation = matchOperation(name, request.method, path);
  if (!operation) throw new DomainError('not-found', 'The console does not forward that; see the API of the app itself.');
  if (operation.stepUp && !sessions.isFresh(session))
    throw new DomainError('forbidden', 'This cannot be taken back: sign in again first.', { members: { step_up: true } });
  if (request.body !== undefined && request.body !== null && !/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new DomainError('unsupported-media-type', 'Send JSON.');
  const headers = Object.fromEntries(
    TO_APP.flatMap((header) => (request.headers[header] === undefined ? [] : [[header, String(request.headers[header])]])),
  );
  const base = { broker: config.BROKER_URL, ingestion: config.INGESTION_URL, release: config.RELEASE_URL }[name];
  const end = new AbortController();
  reply.raw.once('close', () => end.abort());
  let answer: Awaited<ReturnType<typeof ask>>;
  try {
    answer = await ask(`${base.replace(/\/$/, '')}${path}${query.length > 0 ? `?${query.join('?')}` : ''}`, {
      method: operation.method,
      headers: {
        ...headers,
        authorization: `Bearer ${await assertions.of(session)}`,
        'x-forwarded-for': request.ip,
      },
      ...(request.body === undefined || request.body === null ? {} : { body: JSON.stringify(request.body) }),
      headersTimeout: ANSWERS_WITHIN_MS,
      // A stream may say nothing for as long as it likes; it is told every 20 s that it lives.
      bodyTimeout: ANSWERS_WITHIN_MS * 2,
      signal: end.signal,
    });
  } catch (error) {
    throw new DomainError('unavailable', `The ${name} app does not answer; the other pages work.`, {
      retryAfterS: 5,
      members: { app: name },
      cause: error,
    });
  }
  pass(answer, session, reply, parts.streams, end);
}

function pass(
  { statusCode, headers, body }: Awaited<ReturnType<typeof ask>>,
  session: Session,
  reply: FastifyReply,
  streams: Streams,
  end: AbortController,
): void {
  // Our own assertion was refused: it is the console that is not known there, not the person who has to sign in.
  if (statusCode === 401) {
    body.destroy();
    throw new DomainError('unavailable', 'The app does not know this console as an issuer; its identity file has to name it.');
  }
  for (const name of TO_PAGE) if (headers[name] !== undefined) void reply.header(name, headers[name]);
  void reply.status(statusCode);
  const stream = body as Readable;
  // Cut half-way is cut for the page as well.
  stream.once('error', () => reply.raw.destroy());
  if (String(headers['content-type'] ?? '').startsWith(STREAM)) {
    void reply.header('x-accel-buffering', 'no');
    const forget = streams.add(session.sha256, () => end.abort());
    stream.once('close', forget);
  }
  void reply.send(stream);
}
