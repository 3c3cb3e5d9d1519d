import { connect, type Socket } from 'node:net';

/*
 * A load generator that costs less than what it measures: raw sockets, one request at a time per socket, answers only counted.
 * Runs as a process of its own: `node load.ts`, with a plan as JSON on standard input and the result as JSON on standard output.
 */

export interface LoadPlan {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Or until every path was asked this often. */
  readonly rounds?: number;
  readonly paths: readonly string[];
  readonly authorization: string;
  /** In order (to touch each) or at random. */
  readonly order: 'each' | 'random';
}

export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

const END = Buffer.from('\r\n\r\n');

function run(plan: LoadPlan): Promise<LoadResult> {
  const requests = plan.paths.map((path) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${plan.authorization}\r\n\r\n`),
  );
  const most = plan.rounds === undefined ? Number.POSITIVE_INFINITY : plan.rounds * requests.length;
  const until = performance.now() + plan.seconds * 1_000;
  const startedAt = performance.now();
  const latencies: number[] = [];
  let sent = 0;
  let failures = 0;

  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket: Socket = connect(plan.port, '127.0.0.1');
      socket.setNoDelay(true);
      let pending = Buffer.alloc(0);
      let sentAt = 0;
      const next = () => {
        if (sent >= most || performance.now() >= until) {
          socket.destroy();
          resolve();
          return;
        }
        const index = plan.order === 'each' ? sent % requests.length : Math.floor(Math.random() * requests.length);
        sent += 1;
        sentAt = performance.now();
        socket.write(requests[index]!);
      };
      socket.on('connect', next);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
        const head = pending.indexOf(END);
        if (head < 0) return;
        const text = pending.toString('latin1', 0, head);
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
        if (pending.length < head + 4 + length) return;
        pending = Buffer.alloc(0);
        latencies.push(performance.now() - sentAt);
        if (!text.startsWith('HTTP/1.1 200')) failures += 1;
        next();
      });
    });

  return Promise.all(Array.from({ length: plan.connections }, one)).then(() => {
    const seconds = (performance.now() - startedAt) / 1_000;
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
    return {
      requests: latencies.length,
      failures,
      seconds,
      perSecond: latencies.length / seconds,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      mostMs: at(1),
    };
  });
}

if (import.meta.filename === process.argv[1]) {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  process.stdout.write(JSON.stringify(await run(JSON.parse(text) as LoadPlan)));
}
