import { OPERATIONS, type OperationId } from '../../../src/operations/operations.ts';
import type { Answers } from './types.ts';

export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance?: string;
  readonly remedy?: string | { readonly en: string; readonly zh: string };
  readonly step_up?: boolean;
  readonly fault?: string;
}

/** An answer that is no success; 0: there was none. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem | undefined,
  ) {
    super(problem?.detail ?? problem?.title ?? `HTTP ${status}`);
  }

  /** What support asks for. */
  get requestId(): string | undefined {
    return this.problem?.instance?.replace('urn:wxplane:request:', '');
  }
}

export interface Request {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** The path of an operation, as its app has it. */
export function pathOf(id: OperationId, { path = {}, query = {} }: Request): string {
  const filled = OPERATIONS[id].path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name] ?? '')));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? filled : `${filled}?${search}`;
}

export const ownPathOf = (id: OperationId, request: Request): string => `/api/${OPERATIONS[id].app}${pathOf(id, request)}`;

/** @throws ApiError */
export async function call<Id extends OperationId>(id: Id, request: Request = {}, signal?: AbortSignal): Promise<Answers[Id]> {
  const { method } = OPERATIONS[id];
  return ask<Answers[Id]>(method, ownPathOf(id, request), request.body ?? (method === 'GET' ? undefined : {}), signal);
}

/** For what the console itself answers. @throws ApiError */
export async function ask<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        // A click that is sent twice takes effect once.
        ...(method === 'POST' && url.includes('/v1/') ? { 'idempotency-key': crypto.randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, undefined);
  }
  const text = await response.text();
  const value =
    /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? (JSON.parse(text) as unknown) : undefined;
  if (!response.ok) {
    if (response.status === 401 && !location.pathname.startsWith('/sign-in')) leaveForSignIn();
    throw new ApiError(response.status, value as Problem | undefined);
  }
  return value as T;
}

let leaving = false;

/** To the sign-in page, and back to where somebody was; once, however many questions were refused. */
export function leaveForSignIn(): void {
  if (leaving) return;
  leaving = true;
  location.assign(`/sign-in?return=${encodeURIComponent(location.pathname + location.search)}`);
}
