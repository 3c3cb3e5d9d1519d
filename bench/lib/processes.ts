import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../scripts/lib/programs.ts';

/** Cores, where the machine lets us choose: what is measured has one of its own, the load and what stands in for others the next one. */
export const [SERVER_CORE, LOAD_CORE] = [0, 1] as const;
/** A load that is this much longer under way than it sends is stuck. */
const LOAD_GRACE_S = 120;

/** How Node is started on a core. */
export function pinned(core: number, args: readonly string[]): { command: string; args: string[] } {
  const taskset = findProgram('taskset');
  return taskset
    ? { command: taskset, args: ['-c', String(core), process.execPath, ...args] }
    : { command: process.execPath, args: [...args] };
}

/** Puts a process that runs on a core, with all its threads. */
export function pin(core: number, pid: number | undefined): void {
  const taskset = findProgram('taskset');
  if (taskset && pid !== undefined) execFileSync(taskset, ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
}

/** Seconds of processor time a process has used: what a request costs, however busy the machine is with other things. */
export function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/**
 * Runs a load (`load.ts`, `push-load.ts`) as a process of its own.
 * @throws Error when it fails or does not come to an end; what it said is on standard error
 */
export async function runLoad<Result>(file: string, plan: { readonly seconds: number }): Promise<Result> {
  const { command, args } = pinned(LOAD_CORE, [join(import.meta.dirname, file)]);
  const timeout = (plan.seconds + LOAD_GRACE_S) * 1_000;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], timeout, killSignal: 'SIGKILL' });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(plan));
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  if (text === '') throw new Error('the load failed; see above');
  return JSON.parse(text) as Result;
}
