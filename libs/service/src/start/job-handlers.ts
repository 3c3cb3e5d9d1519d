import type { Queue } from 'bull';
import { JOB_WORKERS, type QueueName } from '#queues';

const WORKERS: Readonly<Record<QueueName, Readonly<Record<string, string>>>> = JOB_WORKERS;

/** What Bull says of a second handler; it does not say of which queue. */
const TWICE = /same handler twice (?<job>\S+)/;

/**
 * Why this app must not start: jobs that nobody works on wait for ever, and Bull lets a job of an unknown kind fail all its tries.
 * @param queues those that the app knows, with their handlers
 * @returns one sentence for each; none: each kind of job that this app works on has its one handler
 */
export function handlerFaults(app: string, queues: readonly Queue[]): string[] {
  // Not an app of the suite.
  if (!Object.values(WORKERS).some((workers) => Object.values(workers).includes(app))) return [];
  const faults: string[] = [];
  for (const [name, workers] of Object.entries(WORKERS)) {
    const wanted = Object.keys(workers).filter((job) => workers[job] === app);
    const queue = queues.find((known) => known.name === name);
    if (wanted.length > 0 && !queue) faults.push(`${app} works on the queue ${name}, and no module of it registers that queue`);
    const handled = Object.keys((queue as { readonly handlers?: object } | undefined)?.handlers ?? {});
    for (const job of queue ? wanted : [])
      if (!handled.includes(job)) faults.push(`the queue ${name}: nothing handles its jobs "${job}"`);
    for (const job of handled)
      if (!wanted.includes(job))
        faults.push(`the queue ${name}: "${job}" is handled, and JOB_WORKERS gives no such jobs to ${app}`);
  }
  return faults;
}

/** @returns what is wrong, when a start failed because a kind of job has two handlers. */
export function secondHandler(app: string, error: unknown): string | undefined {
  const job = TWICE.exec((error as Error).message)?.groups?.['job'];
  if (job === undefined) return undefined;
  const queues = Object.keys(WORKERS).filter((name) => WORKERS[name as QueueName][job] === app);
  return `the queue ${queues.join(' or ')}: two handlers for its jobs "${job}"`;
}
