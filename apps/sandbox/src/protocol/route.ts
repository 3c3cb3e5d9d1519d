import type { IncomingHttpHeaders } from 'node:http';
import type { Authorization, Component, Merchant } from '../world/model.js';

export type Json = Record<string, unknown>;

/** A file as an answer, e.g. a QR code. */
export class Binary {
  constructor(
    readonly contentType: string,
    readonly bytes: Buffer,
    readonly filename: string,
  ) {}
}

export type ApiAnswer = Json | Binary;

export interface ApiCall {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** parsed JSON object; `{}` where the API takes no JSON */
  readonly body: Json;
  readonly raw: Buffer;
  readonly contentType: string;
  readonly ip: string;
  /** Where the caller reached the sandbox, as `http://host:port`: pages of answers are there. */
  readonly origin: string;
}

export interface ComponentCall extends ApiCall {
  readonly component: Component;
}

export interface AuthorizerCall extends ComponentCall {
  readonly authorization: Authorization;
  readonly merchant: Merchant;
}

export interface EitherCall extends ComponentCall {
  readonly authorization: Authorization | undefined;
}

interface RouteRules {
  /** one of these permission sets must have been granted */
  readonly sets?: readonly number[];
  /** changes the app: one at a time (9402202) */
  readonly write?: true;
  /** refuses `\uXXXX` escapes (47002) */
  readonly rawText?: true;
  /** `json` for POST and `none` for GET unless said otherwise; `file` = multipart */
  readonly body?: 'json' | 'none' | 'file';
  /** sns paths: the token parameter has another name, JSON comes as text/plain, no daily quota */
  readonly sns?: true;
  /** answered for a token of the wrong kind: 61014 for component APIs, 48001 for the others */
  readonly wrongKind?: number;
}

interface RouteOf<Kind extends string, Call> extends RouteRules {
  readonly method: 'GET' | 'POST' | 'ANY';
  readonly path: string;
  readonly token: Kind;
  handle(call: Call): ApiAnswer | Promise<ApiAnswer>;
}

export type ApiRoute =
  | RouteOf<'none', ApiCall>
  | RouteOf<'component', ComponentCall>
  | RouteOf<'authorizer', AuthorizerCall>
  | RouteOf<'either', EitherCall>;

export const OK: Json = Object.freeze({ errcode: 0, errmsg: 'ok' });

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const strings = (value: unknown): string[] => list(value).filter((item): item is string => typeof item === 'string');
export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
