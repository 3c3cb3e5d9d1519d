import { connect, type Socket } from 'node:net';

/*
 * What all loads have in common: raw sockets that stay open, one request at a time on each, answers only looked at. It costs less than
 * what it measures.
 */

export interface SocketPlan {
  readonly port: number;
  readonly connections: number;
  /** Nothing is sent after this many seconds. */
  readonly seconds: number;
}

export interface Exchanged {
  /** Answers of any kind. */
  readonly answers: number;
  readonly failures: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

const END = Buffer.from('\r\n\r\n');

/**
 * Sends what `next` gives until it gives nothing, or the time is over.
 * @param good whether an answer is one, by its head and body
 * @throws Error when the server closes a connection, or says nothing for a minute
 */
export async function exchange(
  plan: SocketPlan,
  next: () => Buffer | undefined,
  good: (head: string, body: Buffer) => boolean,
): Promise<Exchanged> {
  const startedAt = performance.now();
  const until = startedAt + plan.seconds * 1_000;
  const latencies: number[] = [];
  let failures = 0;

  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket: Socket = connect(plan.port, '127.0.0.1');
      socket.setNoDelay(true);
      let pending = Buffer.alloc(0);
      let sentAt = 0;
      const send = () => {
        const request = performance.now() < until ? next() : undefined;
        if (request === undefined) {
          socket.destroy();
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(request);
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the server closed a connection')));
      socket.setTimeout(60_000, () => socket.destroy(new Error('the server said nothing for a minute')));
      socket.on('data', (data) => {
        pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
        const end = pending.indexOf(END);
        if (end < 0) return;
        const head = pending.toString('latin1', 0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (pending.length < end + 4 + length) return;
        latencies.push(performance.now() - sentAt);
        if (!good(head, pending.subarray(end + 4))) failures += 1;
        pending = Buffer.alloc(0);
        send();
      });
    });

  await Promise.all(Array.from({ length: plan.connections }, one));
  const seconds = (performance.now() - startedAt) / 1_000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { answers: latencies.length, failures, seconds, p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
}

/** A load is a process of its own: its plan comes as JSON on standard input, its result goes as JSON to standard output. */
export async function answerPlan<Plan>(run: (plan: Plan) => Promise<unknown>): Promise<void> {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  process.stdout.write(JSON.stringify(await run(JSON.parse(text) as Plan)));
}
