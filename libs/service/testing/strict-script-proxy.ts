import { connect, createServer, type Server, type Socket } from 'node:net';

/** A key of a command inside a script that is not written as KEYS[n]. */
const OTHER_KEY =
  /redis\.p?call\(\s*["'](?!time\b|publish\b)[a-z]+["']\s*,\s*(?!\s)(?!KEYS\[\d+\])|\brcall\(\s*["'](?!time\b|publish\b)[a-z]+["']\s*,\s*(?!\s)(?!KEYS\[\d+\])/i;
const REFUSAL =
  '-ERR bad lua script for redis cluster, all the keys that the script uses should be passed using the KEYS array\r\n';

/**
 * Speaks as a cloud's proxy in front of Redis does: a script with a key that is not passed in KEYS is refused. One command at a time for
 * each connection, as that keeps the order of answers.
 */
export class StrictScriptProxy {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(upstreamPort: number): Promise<StrictScriptProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new StrictScriptProxy(server, (server.address() as { port: number }).port);
    server.on('connection', (client) => proxy.accept(client, upstreamPort));
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** What is refused is asked of the server as a script that answers the refusal: so its answer comes in its turn. */
  private accept(client: Socket, upstreamPort: number): void {
    const upstream = connect({ port: upstreamPort, host: '127.0.0.1' });
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
        this.sockets.delete(socket);
      });
    }
    upstream.pipe(client);
    let rest = Buffer.alloc(0);
    client.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let command = firstCommand(rest); command; command = firstCommand(rest)) {
        const [name = '', first = '', second = ''] = command.parts;
        const script = /^eval$/i.test(name) ? first : /^script$/i.test(name) ? second : '';
        upstream.write(OTHER_KEY.test(script) ? refusal() : rest.subarray(0, command.bytes));
        rest = rest.subarray(command.bytes);
      }
    });
  }
}

function refusal(): string {
  const script = `return redis.error_reply('${REFUSAL.slice(1).trim()}')`;
  return `*3\r\n$4\r\nEVAL\r\n$${Buffer.byteLength(script)}\r\n${script}\r\n$1\r\n0\r\n`;
}

/** The first whole command of what has arrived. */
function firstCommand(buffer: Buffer): { parts: string[]; bytes: number } | undefined {
  let at = 0;
  const line = () => {
    const end = buffer.indexOf('\r\n', at);
    if (end < 0) return undefined;
    const text = buffer.toString('latin1', at, end);
    at = end + 2;
    return text;
  };
  const head = line();
  if (head === undefined) return undefined;
  const parts: string[] = [];
  for (let left = Number(head.slice(1)); left > 0; left -= 1) {
    const size = line();
    if (size === undefined) return undefined;
    const end = at + Number(size.slice(1));
    if (buffer.length < end + 2) return undefined;
    parts.push(buffer.toString('utf8', at, end));
    at = end + 2;
  }
  return { parts, bytes: at };
}
