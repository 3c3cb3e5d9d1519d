import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createWriteStream, readFileSync, rmSync, type WriteStream, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Output kept in memory per process; the beginning is dropped first. */
const OUTPUT_LIMIT_CHARS = 4_000_000;

export interface ChildOptions {
  /** Shown in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** All output is appended here as well. */
  readonly logFile?: string;
  /** Holds the process id while the process runs, so that a later start finds what an earlier one left behind. */
  readonly pidFile?: string;
  /** Output goes straight to ours instead of being kept. */
  readonly inherit?: boolean;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * A long-running child process in a process group of its own: Ctrl-C in the terminal reaches only the parent,
 * which then stops its children in the right order.
 */
export class Child {
  readonly name: string;
  readonly logFile: string | undefined;
  /** Resolves when the process is gone, also when it could not be started (code 127). */
  readonly exited: Promise<ChildExit>;
  /** Set once the process is gone. */
  exit: ChildExit | undefined;

  readonly #process: ChildProcess;
  readonly #log: WriteStream | undefined;
  #output = '';
  #listener: ((chunk: string) => void) | undefined;

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.#log = options.logFile ? createWriteStream(options.logFile, { flags: 'a', mode: 0o600 }) : undefined;
    this.#log?.on('error', () => {});
    this.#process = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: options.inherit ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.#keep(chunk));
    this.#process.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.#keep(chunk));
    if (options.pidFile && this.#process.pid !== undefined) writeFileSync(options.pidFile, `${this.#process.pid}\n`);
    this.exited = new Promise((resolve) => {
      const done = (exit: ChildExit) => {
        this.exit ??= exit;
        if (options.pidFile) rmSync(options.pidFile, { force: true });
        this.#log?.end();
        resolve(this.exit);
      };
      this.#process.once('error', (error) => {
        this.#keep(`${error.message}\n`);
        if (this.#process.pid === undefined) done({ code: 127, signal: null });
      });
      this.#process.once('close', (code, signal) => done({ code, signal }));
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get running(): boolean {
    return this.exit === undefined;
  }

  /** Standard output and standard error, interleaved as they came; at most the last 4 million characters. */
  output(): string {
    return this.#output;
  }

  /** Tells each further line of output, as it comes. */
  onLine(tell: (line: string) => void): void {
    let rest = '';
    this.#listener = (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) tell(line);
    };
  }

  /** The last lines of the output, for an error message. */
  tail(lines = 15): string {
    return this.#output.trimEnd().split('\n').slice(-lines).join('\n');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#process.kill(signal);
  }

  /** Asks the process to stop (SIGTERM), and ends it by force when it has not gone after `graceMs`. */
  async stop(graceMs = 15_000): Promise<ChildExit> {
    if (this.running) {
      this.#process.kill('SIGTERM');
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), graceMs);
      await this.exited;
      clearTimeout(timer);
    }
    return this.exited;
  }

  /** Ends the process at once (SIGKILL), as a crash would. */
  async kill(): Promise<ChildExit> {
    if (this.running) this.#process.kill('SIGKILL');
    return this.exited;
  }

  /**
   * Waits until `ready` says true; asks every `everyMs`.
   * @throws Error with the end of the output when the process ends first or `timeoutMs` passes.
   */
  async waitUntil(ready: () => Promise<boolean>, timeoutMs: number, everyMs = 100): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      if (this.exit) throw new Error(`${this.name} ended at start (${describeExit(this.exit)})${this.#evidence()}`);
      if (await ready()) return;
      if (Date.now() > deadline)
        throw new Error(`${this.name} was not ready after ${Math.round(timeoutMs / 1000)} s${this.#evidence()}`);
      await sleep(everyMs);
    }
  }

  #keep(chunk: string): void {
    this.#log?.write(chunk);
    this.#listener?.(chunk);
    this.#output += chunk;
    if (this.#output.length > OUTPUT_LIMIT_CHARS) this.#output = this.#output.slice(-OUTPUT_LIMIT_CHARS / 2);
  }

  #evidence(): string {
    const tail = this.tail();
    return `${this.logFile ? `; log: ${this.logFile}` : ''}${tail ? `\n${tail}` : ''}`;
  }
}

export function describeExit(exit: ChildExit): string {
  return exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`;
}

/**
 * True when the URL answers with a 2xx status within two seconds.
 * @param pid of the process that must have answered: somebody else's may have taken the port meanwhile.
 */
export async function answersOk(url: string, pid?: number): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'manual' });
    await response.arrayBuffer();
    return response.ok && (pid === undefined || response.headers.get('x-process-id') === String(pid));
  } catch {
    return false;
  }
}

/** True when a process with this id exists (also one of another user). */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Stops what an earlier, killed run left behind: the process named in `pidFile`, and only if its command line contains `mark`,
 * since the id may belong to somebody else by now.
 * @returns true when there was such a process.
 */
export async function stopLeftover(pidFile: string, mark: string): Promise<boolean> {
  const pid = readPid(pidFile);
  if (pid === undefined) return false;
  const ours = processExists(pid) && commandLine(pid).includes(mark);
  if (ours) {
    process.kill(pid, 'SIGTERM');
    for (let waited = 0; waited < 30_000 && processExists(pid); waited += 100) await sleep(100);
    if (processExists(pid)) process.kill(pid, 'SIGKILL');
  }
  rmSync(pidFile, { force: true });
  return ours;
}

/** The command line of a process, or '' when it cannot be read. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    try {
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch {
      return '';
    }
  }
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}
