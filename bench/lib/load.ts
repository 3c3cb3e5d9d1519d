import { answerPlan, type Exchanged, exchange, type SocketPlan } from './sockets.ts';

/* Reads of paths, as a process of its own: see sockets.ts. */

export interface LoadPlan extends SocketPlan {
  /** Or until every path was asked this often. */
  readonly rounds?: number;
  readonly paths: readonly string[];
  readonly authorization: string;
  /** In order (to touch each) or at random. */
  readonly order: 'each' | 'random';
}

export interface LoadResult extends Exchanged {
  readonly perSecond: number;
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const { paths } = plan;
  const most = plan.rounds === undefined ? Number.POSITIVE_INFINITY : plan.rounds * paths.length;
  let sent = 0;
  const result = await exchange(
    plan,
    () => {
      if (sent >= most) return undefined;
      const path = paths[plan.order === 'each' ? sent % paths.length : Math.floor(Math.random() * paths.length)];
      sent += 1;
      return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${plan.authorization}\r\n\r\n`, 'latin1');
    },
    (head) => head.startsWith('HTTP/1.1 200'),
  );
  return { ...result, perSecond: result.answers / result.seconds };
}

if (import.meta.filename === process.argv[1]) await answerPlan(run);
