/** A client of the sandbox's control API (apps/sandbox/README.md). */
export class SandboxControl {
  readonly baseUrl: string;

  /** @param baseUrl of the sandbox, without a path. */
  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  get<T = unknown>(path: string): Promise<T> {
    return this.call('GET', path);
  }

  post<T = unknown>(path: string, body: unknown = {}): Promise<T> {
    return this.call('POST', path, body);
  }

  patch<T = unknown>(path: string, body: unknown): Promise<T> {
    return this.call('PATCH', path, body);
  }

  delete<T = unknown>(path: string): Promise<T> {
    return this.call('DELETE', path);
  }

  /**
   * @param path below `/_control`, such as `/merchants`.
   * @throws Error with the answer, unless it is a 2xx.
   */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.baseUrl}/_control${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`sandbox: ${method} ${path} answered ${response.status}: ${text.slice(0, 500)}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}
