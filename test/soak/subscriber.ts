import { createServer, type Server } from 'node:http';

/** A team's server that gets every event; it fails now and then, so that deliveries come again. */
export class Subscriber {
  /** How often each event came, by its id. */
  readonly got = new Map<string, number>();
  refuses = 0;
  #server: Server | undefined;
  #failing = true;

  /** @returns the base URL. */
  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        if (this.#failing && Math.random() < 0.03) {
          this.refuses += 1;
          response.writeHead(500).end();
          return;
        }
        const id = String(request.headers['webhook-id']);
        this.got.set(id, (this.got.get(id) ?? 0) + 1);
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  behave(): void {
    this.#failing = false;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
  }
}
