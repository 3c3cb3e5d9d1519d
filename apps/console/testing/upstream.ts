import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** In the place of an app: keeps what it was asked, and answers what is wanted. A path that ends with /events is a stream. */
export class Upstream {
  readonly asked: {
    readonly method: string;
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }[] = [];
  readonly streams: ServerResponse[] = [];
  status = 200;
  private server!: Server;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        if (url.endsWith('/events')) {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: progress\ndata: {}\n\n');
          this.streams.push(response);
          return;
        }
        response
          .writeHead(this.status, { 'content-type': 'application/json', 'set-cookie': 'upstream=1', 'x-internal': 'no' })
          .end(JSON.stringify({ items: [], next_cursor: null }));
      });
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
