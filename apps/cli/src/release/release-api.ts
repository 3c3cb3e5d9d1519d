import { IsUrl, Matches } from 'class-validator';
import { fetch } from 'undici';
import { loadConfig } from '#service';

/** Where the release app is, for the commands that talk to it. */
export class ReleaseApiConfig {
  @IsUrl({ protocols: ['http', 'https'], require_tld: false, require_protocol: true }) readonly RELEASE_URL!: string;
  @Matches(/^wxp_[0-9a-zA-Z]+_[0-9a-zA-Z_-]+$/, { message: 'must look like wxp_<id>_<secret>' })
  readonly RELEASE_CLIENT_KEY!: string;
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly wechat?: { readonly errcode?: number; readonly rid?: string };
  readonly remedy?: string | { readonly en?: string; readonly zh?: string };
}

/** The HTTP API of the release app, as far as the commands need it. */
export class ReleaseApi {
  private readonly config: ReleaseApiConfig;

  constructor() {
    // biome-ignore lint/style/noProcessEnv: the one place where these commands read their environment
    this.config = loadConfig(ReleaseApiConfig, process.env);
  }

  /** @throws Error with what a person can act on */
  async json<T>(method: 'GET' | 'POST', path: string, body?: unknown, idempotencyKey?: string): Promise<T> {
    const response = await fetch(new URL(path, this.config.RELEASE_URL), {
      method,
      headers: {
        ...this.headers(),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(describe(response.status, text));
    return (text ? JSON.parse(text) : {}) as T;
  }

  /** The `data` of Server-Sent Events, until the server ends the stream. */
  async *events<T>(path: string): AsyncGenerator<T> {
    const response = await fetch(new URL(path, this.config.RELEASE_URL), { headers: this.headers() });
    if (!response.ok || !response.body) throw new Error(describe(response.status, await response.text()));
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = block.split('\n').find((line) => line.startsWith('data: '));
        if (data) yield JSON.parse(data.slice(6)) as T;
      }
    }
  }

  private headers(): Record<string, string> {
    return { authorization: `Bearer ${this.config.RELEASE_CLIENT_KEY}` };
  }
}

function describe(status: number, text: string): string {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    return `the release app answered HTTP ${status}`;
  }
  const remedy =
    typeof problem.remedy === 'object' ? [problem.remedy.en, problem.remedy.zh].filter(Boolean).join('\n') : problem.remedy;
  const rid = problem.wechat?.rid ? ` (errcode ${problem.wechat.errcode}, rid ${problem.wechat.rid})` : '';
  return `${problem.detail ?? problem.title ?? `HTTP ${status}`}${rid}${remedy ? `\n${remedy}` : ''}`;
}
