import type { QueryValue } from '../wire/urls.js';
import type { ApiCall, BinaryAnswer, CallContext, JsonAnswer, WechatTransport } from './transport.js';

/** Success of a call that answers nothing else. */
export type Done = JsonAnswer;

interface More {
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly requires?: readonly string[];
  readonly ids?: readonly string[];
}

/** Most calls: a path named after the API, one `access_token` in the query. */
export class TokenCaller {
  constructor(protected readonly transport: WechatTransport) {}

  protected get<T = Done>(path: string, token: string, context?: CallContext, more: More = {}): Promise<T> {
    return this.transport.json<T>(this.call('GET', path, token, more), context);
  }

  /** Without a body `{}` is sent. */
  protected post<T = Done>(path: string, token: string, body?: unknown, context?: CallContext, more: More = {}): Promise<T> {
    return this.transport.json<T>({ ...this.call('POST', path, token, more), body }, context);
  }

  protected getFile(path: string, token: string, context?: CallContext, more: More = {}): Promise<BinaryAnswer> {
    return this.transport.binary(this.call('GET', path, token, more), context);
  }

  protected call(method: ApiCall['method'], path: string, token: string, { query, requires, ids }: More): ApiCall {
    return {
      api: path.slice(path.lastIndexOf('/') + 1),
      method,
      path,
      query: { access_token: token, ...query },
      secrets: [token],
      ...(requires ? { requires } : {}),
      ...(ids ? { ids } : {}),
    };
  }
}
