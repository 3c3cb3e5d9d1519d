import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { type ProxyTrust, settleCaller } from '../config/caller-address.js';

/** Why a connection or request got no further. */
export const REFUSALS = [
  'timeout',
  'head-too-large',
  'not-http',
  'method',
  'expectation',
  'no-host',
  'twice',
  'crowded',
  'bad-address',
  'no-such-address',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface ListenerSettings {
  /** For the head of a request. Also for a connection on which nothing ever comes. */
  readonly headTimeoutMs?: number;
  /** For a whole request, its body included. How long an answer may take has no bound here: downloads and event streams go on. */
  readonly requestTimeoutMs?: number;
  readonly maxConnections?: number;
  /** Which proxies may say who asked them. Default: none. */
  readonly trust?: ProxyTrust;
  /** Told of everything that never reaches the handler. */
  readonly onRefused?: (reason: Refusal, address: string | undefined) => void;
}

const HEAD_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 120_000;
const MAX_CONNECTIONS = 4_000;
/** Of those that the system gives: the others are for MySQL, Redis, files and the answers of WeChat. */
const SHARE_OF_DESCRIPTORS = 0.5;
const SLASH = 47;
/**
 * Who is asked, who asks, and how the body is to be read: of two, Node takes the first without a word, and what stands before us may have
 * looked at the second. (It refuses two lengths by itself; of `Idempotency-Key` it makes a list, which is no key.)
 */
const ONCE: ReadonlyMap<string, number> = new Map(
  ['host', 'authorization', 'content-type', 'content-encoding', 'proxy-authorization'].map((name, index) => [name, 1 << index]),
);

/**
 * A listener that strangers cannot wear out: heads and bodies that never end are cut, and when connections become too many the oldest
 * one that still owes us a request makes place. Every server of the suite is made here, so none can be forgotten.
 */
export function createListener(settings: ListenerSettings, handler: RequestListener, options: ServerOptions = {}): Server {
  const headersTimeout = settings.headTimeoutMs ?? HEAD_TIMEOUT_MS;
  const trust = settings.trust ?? (() => false);
  const server = createServer(
    {
      ...options,
      headersTimeout,
      requestTimeout: Math.max(headersTimeout, settings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS),
      connectionsCheckingInterval: Math.min(1_000, Math.ceil(headersTimeout / 4)),
      // Looked at below: Node would refuse without telling anybody.
      requireHostHeader: false,
    },
    (request, response) => {
      if (request.headers.host === undefined && request.httpVersion === '1.1') {
        refused('no-host', request.socket);
        answerAndClose(response, 400);
        return;
      }
      if (saidTwice(request.rawHeaders)) {
        refused('twice', request.socket);
        answerAndClose(response, 400);
        return;
      }
      if (request.url?.charCodeAt(0) !== SLASH) request.url = originForm(request.url);
      settleCaller(request, trust);
      handler(request, response);
    },
  );
  const refused = (reason: Refusal, stream: Duplex & { remoteAddress?: string | undefined }) =>
    settings.onRefused?.(reason, stream.remoteAddress);
  // Node would close these two without a word, and answer the third without a text.
  server.on('connect', (_request, socket) => {
    refused('method', socket);
    sayAndClose(socket, 405);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    refused('expectation', request.socket);
    answerAndClose(response, 417);
  });
  limitConnections(
    server,
    Math.min(settings.maxConnections ?? MAX_CONNECTIONS, openFilesLimit() * SHARE_OF_DESCRIPTORS),
    refused,
  );
  return server;
}

/** What is no HTTP request, or never becomes one, gets a few words of plain text: WeChat believes no JSON, and nobody else needs one. */
export function brokenRequestAnswer(settings: ListenerSettings) {
  return (
    error: NodeJS.ErrnoException,
    socket: Duplex & { remoteAddress?: string | undefined; _httpMessage?: ServerResponse | null },
  ): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const [status, reason] = BROKEN[error.code ?? ''] ?? ([400, 'not-http'] as const);
    settings.onRefused?.(reason, socket.remoteAddress);
    // An answer to an earlier request of this connection may be on its way: nothing must get into it.
    if (socket.writable && !socket._httpMessage?.headersSent) sayAndClose(socket, status);
    socket.destroy(error);
  };
}

const BROKEN: Readonly<Record<string, readonly [status: number, reason: Refusal]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'timeout'],
  HPE_HEADER_OVERFLOW: [431, 'head-too-large'],
};

function answerAndClose(response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close', 'content-type': 'text/plain; charset=utf-8' }).end(STATUS_CODES[status]);
}

/** The same where there is no response yet. */
function sayAndClose(socket: Duplex, status: number): void {
  const text = STATUS_CODES[status] ?? '';
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  );
}

/** @param raw names and values in turns. In the way of every request, and a stranger may send thousands: each is looked at once. */
function saidTwice(raw: readonly string[]): boolean {
  let said = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const bit = ONCE.get(raw[at]!.toLowerCase()) ?? 0;
    if ((said & bit) !== 0) return true;
    said |= bit;
  }
  return false;
}

/** `GET http://host/path` is allowed (RFC 9112, 3.2.2) and means `/path`; whose path it is was settled by the connection. */
function originForm(target = ''): string {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

type Waiting = Duplex & { _httpMessage?: (ServerResponse & { req?: IncomingMessage }) | null };

/** The other side still owes us a request, or the rest of one. Looked at only when there are too many: requests cost nothing more. */
const owesUs = ({ _httpMessage: answer }: Waiting): boolean => !answer || answer.req?.complete === false;

function limitConnections(server: Server, most: number, refused: (reason: Refusal, socket: Duplex) => void): void {
  const open = new Set<Waiting>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    if (open.size <= most) return;
    // The new one itself, if all others wait for us.
    const out = [...open].find(owesUs) ?? socket;
    refused('crowded', out);
    open.delete(out);
    out.destroy();
  });
}

/** How many files and connections the system lets this process have; unknown anywhere but on Linux. */
function openFilesLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
