import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { COMPILED } from '../../../scripts/lib/suite.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = 'dist/apps/sandbox/src/main.js';

/** The sandbox as a process of its own, reached over HTTP only. */
export class SandboxProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<SandboxProcess> {
    const child = spawn(process.execPath, [MAIN], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILED, SANDBOX_PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const match = /listening on (http:\/\/\S+)/.exec(output);
        if (match?.[1]) resolve(match[1]);
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.once('exit', (code) => reject(new Error(`The sandbox ended (${code}): ${output}`)));
    });
    return new SandboxProcess(child, url);
  }

  /** One call of the control API. @throws Error unless it answers 2xx */
  async control<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    method = body === undefined ? 'GET' : 'POST',
  ): Promise<T> {
    const response = await fetch(`${this.url}/_control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** One call of WeChat's side. */
  async wechat<T = Record<string, unknown>>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }

  /** How often a path was called, for one account or for all. */
  async calls(path: string, appid?: string): Promise<number> {
    if (appid === undefined) {
      const { counts } = await this.control<{ counts: Record<string, number> }>(`/calls/counts?path=${path}`);
      return counts[path] ?? 0;
    }
    const { counts } = await this.control<{ counts: Record<string, Record<string, number>> }>(
      `/calls/counts?by=appid&path=${path}`,
    );
    return counts[path]?.[appid] ?? 0;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await gone;
  }
}
