import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `pass`: as if it were not there. `cut`: connections are reset, new ones refused. `stall`: nothing arrives any more, in either
 * direction, and nobody is told: what a lost network looks like. `refuse`: open connections go on, new ones are refused.
 */
export type ProxyMode = 'pass' | 'cut' | 'stall' | 'refuse';

/** A TCP proxy between an app and a server, so that the network between them can be broken. */
export class FaultProxy {
  readonly port: number;
  #mode: ProxyMode = 'pass';
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  readonly #stranded: Socket[] = [];

  private constructor(server: Server, port: number, upstreamPort: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (client) => this.#accept(client, upstreamPort));
  }

  static async start(upstreamPort: number): Promise<FaultProxy> {
    const server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultProxy(server, (server.address() as { port: number }).port, upstreamPort);
  }

  get mode(): ProxyMode {
    return this.#mode;
  }

  set(mode: ProxyMode): void {
    const former = this.#mode;
    this.#mode = mode;
    for (const [client, upstream] of this.#pairs) {
      if (mode === 'cut') {
        client.resetAndDestroy();
        upstream.destroy();
      } else if (mode === 'stall') {
        client.pause();
        upstream.pause();
      } else if (former === 'stall') {
        client.resume();
        upstream.resume();
      }
    }
  }

  /** The present connections are silent for good, new ones work: what a failover leaves behind of a node that lost its power. */
  strand(): void {
    for (const pair of this.#pairs) {
      for (const socket of pair) socket.pause();
      this.#stranded.push(...pair);
    }
    this.#pairs.clear();
  }

  async stop(): Promise<void> {
    this.set('cut');
    for (const socket of this.#stranded) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket, upstreamPort: number): void {
    client.on('error', () => {});
    if (this.#mode === 'cut' || this.#mode === 'refuse') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: upstreamPort, host: '127.0.0.1' });
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    upstream.on('error', () => client.resetAndDestroy());
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (this.#mode !== 'stall') from.resume();
      });
      from.on('end', () => to.end());
      from.on('close', () => {
        this.#pairs.delete(pair);
        to.destroy();
      });
    }
    if (this.#mode !== 'stall') client.resume();
    else upstream.pause();
  }
}
