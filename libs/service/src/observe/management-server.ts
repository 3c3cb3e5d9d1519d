import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Queue } from 'bull';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import { sha256 } from '../clients/client-key.js';
import { brokenRequestAnswer, createListener, type ListenerSettings } from '../http/listener.js';
import type { HealthRegistry } from './health.js';
import { QUEUES_PATH, queueDashboard } from './queue-dashboard.js';

/** Whoever started a process can tell that it is this one that answers, and not somebody else's on the same port. */
const HEADERS = { 'cache-control': 'no-store', 'x-process-id': String(process.pid) };

/** A change that somebody made, or tried to make, on the page of the queues. */
export interface QueueWrite {
  /** Method and path: `PUT /queues/api/queues/broker.events/pause`. */
  readonly what: string;
  readonly address: string | undefined;
  readonly outcome: 'ok' | 'refused' | 'failed';
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Health, metrics and the queue dashboard on a port of their own, which is never reachable from outside. */
export class ManagementServer {
  private readonly server: Server;
  private dashboard: Promise<Handler> | undefined;

  private onWrite: (write: QueueWrite) => void = () => {};
  private onWrongKey: (address: string) => void = () => {};
  private readonly adminKey: string | undefined;
  /** What is for whoever reaches the port. */
  readonly pages: Readonly<Record<string, () => Promise<Page>>> = Object.assign(Object.create(null), {
    '/health/live': async () => json(200, { status: 'up' }),
    '/health/ready': async () => {
      const report = await this.health.ready();
      return json(report.status === 'up' || report.status === 'degraded' ? 200 : 503, report);
    },
    '/metrics': async () => ({ status: 200, type: this.metrics.contentType, body: await this.metrics.metrics() }),
  });

  /** @param options.adminKey opens the queue dashboard; without it there is none. */
  constructor(
    private readonly health: HealthRegistry,
    private readonly metrics: Registry,
    options: { readonly adminKey?: string; readonly listener?: ListenerSettings } = {},
  ) {
    const { adminKey, listener = {} } = options;
    this.adminKey = adminKey;
    if (!metrics.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: metrics });
    this.server = createListener(listener, (request, response) => {
      if (this.dashboard && request.url?.startsWith(QUEUES_PATH)) {
        this.showDashboard(this.dashboard, request, response);
        return;
      }
      this.answer(request.method ?? '', request.url ?? '/').then(
        ({ status, type, body }) => {
          if (status === 404 || status === 405)
            listener.onRefused?.(status === 404 ? 'no-such-address' : 'method', request.socket.remoteAddress);
          const allow = status === 405 ? { allow: 'GET, HEAD' } : {};
          response.writeHead(status, { ...HEADERS, ...allow, 'content-type': type }).end(body);
        },
        () => response.writeHead(500).end(),
      );
    });
    this.server.on('clientError', brokenRequestAnswer(listener));
  }

  /**
   * The queues to show at /queues, to whoever has the admin key.
   * @param onWrite is told of each request that would change something
   * @param onWrongKey is told of each request with a key that is not the one; a browser's first request has none
   */
  showQueues(queues: readonly Queue[], onWrite: (write: QueueWrite) => void, onWrongKey: (address: string) => void): void {
    if (!this.adminKey) return;
    this.dashboard = queueDashboard(queues);
    this.onWrite = onWrite;
    this.onWrongKey = onWrongKey;
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => this.server.once('error', reject).listen(port, host, resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private showDashboard(dashboard: Promise<Handler>, request: IncomingMessage, response: ServerResponse): void {
    if (!this.isAdmin(request.headers.authorization)) {
      if (request.headers.authorization !== undefined) this.onWrongKey(request.socket.remoteAddress ?? '');
      response.writeHead(401, { 'www-authenticate': 'Basic realm="wxplane queues", charset="UTF-8"' }).end();
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const ours = isOwnPage(request);
      this.tellOfWrite(request, response, ours);
      if (!ours) {
        response
          .writeHead(403, { 'content-type': 'text/plain' })
          .end('What changes a queue must come from this page: Origin is another.\n');
        return;
      }
    }
    dashboard.then(
      (handler) => handler(request, response),
      () => response.writeHead(500).end(),
    );
  }

  private tellOfWrite(request: IncomingMessage, response: ServerResponse, ours: boolean): void {
    const { method = '', url = '' } = request;
    const what = `${method} ${url.split('?')[0]}`;
    const address = request.socket.remoteAddress;
    response.once('close', () => {
      const worked = response.writableFinished && response.statusCode < 400;
      this.onWrite({ what, address, outcome: ours ? (worked ? 'ok' : 'failed') : 'refused' });
    });
  }

  /** `Authorization: Basic admin:<key>`, compared in constant time. */
  private isAdmin(header: string | undefined): boolean {
    const encoded = /^Basic ([A-Za-z0-9+/=]+)$/.exec(header ?? '')?.[1];
    if (!encoded || !this.adminKey) return false;
    const given = Buffer.from(encoded, 'base64').toString('utf8');
    return timingSafeEqual(Buffer.from(sha256(given)), Buffer.from(sha256(`admin:${this.adminKey}`)));
  }

  private async answer(method: string, url: string): Promise<Page> {
    if (method !== 'GET' && method !== 'HEAD') return json(405, { title: 'Only GET and HEAD are answered here' });
    const page = this.pages[url.split('?')[0]!];
    return (
      page?.() ?? json(404, { title: `Here are ${Object.keys(this.pages).join(', ')} and, with MANAGEMENT_ADMIN_KEY, /queues` })
    );
  }
}

/**
 * A browser sends the password along with whatever another site makes it send: what changes something must say that it comes from here.
 * Every browser sends `Origin` with such requests.
 */
function isOwnPage({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

const json = (status: number, body: unknown) => ({ status, type: 'application/json', body: `${JSON.stringify(body)}\n` });
