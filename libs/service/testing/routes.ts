import type { INestApplication, Type } from '@nestjs/common';
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { Document } from '../../../scripts/lib/openapi-document.ts';
import { AUDITED } from '../src/audit/audited.decorator.js';
import { NEEDS, PUBLIC } from '../src/clients/client.guard.js';
import type { Permission } from '../src/permissions/permissions.js';

export interface Route {
  readonly method: string;
  /** With its parameters as `:name`. */
  readonly path: string;
  /** It needs no client. */
  readonly public: boolean;
  readonly permission: Permission | undefined;
  /** Its calls are in the audit log. */
  readonly audited: boolean;
  /** It takes `Idempotency-Key`: its answers are stored for a day. */
  readonly idempotent: boolean;
  /** What the audit log calls its calls. */
  readonly action: string | undefined;
  readonly controller: Type;
  /** The name of its method. */
  readonly handler: string;
}

type Handler = object & { readonly name: string };

/** Every route of the controllers of a running app, whether its OpenAPI document shows it or not. */
export function routesOf(app: INestApplication): Route[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  const types = new Set(controllers.map(({ metatype }) => metatype).filter((type) => typeof type === 'function'));
  return [...types].flatMap((type) => {
    const prototype = type.prototype as Record<string, Handler>;
    return Object.getOwnPropertyNames(prototype)
      .filter((name) => name !== 'constructor' && Reflect.hasMetadata(METHOD_METADATA, prototype[name]!))
      .map((name) => routeOf(type as Type, prototype[name]!));
  });
}

function routeOf(type: Type, handler: Handler): Route {
  const parts = [Reflect.getMetadata(PATH_METADATA, type), Reflect.getMetadata(PATH_METADATA, handler)];
  return {
    method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number]!,
    path: `/${parts
      .map((part) => String(part ?? '').replace(/^\/+|\/+$/g, ''))
      .filter(Boolean)
      .join('/')}`,
    public: Boolean(Reflect.getMetadata(PUBLIC, handler) ?? Reflect.getMetadata(PUBLIC, type)),
    permission: Reflect.getMetadata(NEEDS, handler) ?? Reflect.getMetadata(NEEDS, type),
    audited: Reflect.hasMetadata(AUDITED, handler),
    action: Reflect.getMetadata(AUDITED, handler)?.action,
    controller: type,
    handler: handler.name,
    idempotent: Reflect.hasMetadata(AUDITED, handler) && Reflect.getMetadata(AUDITED, handler).idempotent !== false,
  };
}

/**
 * The route's path with its parameters filled in.
 * @throws Error for one without a value: a new route wants its parameter named in the test
 */
export function fill(path: string, values: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the test knows no value for ":${name}" of ${path}`);
    return encodeURIComponent(value);
  });
}

/** Routes that nobody may use, since they name no permission; or whose document names another one. */
export const withoutPermission = (routes: readonly Route[], document: Document): string[] =>
  routes
    .filter((route) => !route.public)
    .filter(({ method, path, permission }) => {
      const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase() as 'post'];
      return permission === undefined || (operation as Record<string, unknown> | undefined)?.['x-permission'] !== permission;
    })
    .map(titleOf);

/**
 * Routes that write and leave nothing in the audit log.
 * @param exempt titles of those that need not, with the reason
 * @returns also exemptions that no route needs any more
 */
export function unaudited(routes: readonly Route[], exempt: Readonly<Record<string, string>> = {}): string[] {
  const without = routes.filter(({ method, audited }) => !audited && !['GET', 'HEAD'].includes(method)).map(titleOf);
  const needless = Object.keys(exempt).filter((title) => !without.includes(title));
  return [...without.filter((title) => !(title in exempt)), ...needless.map((title) => `${title}: no exemption is needed`)];
}

/** Routes that the committed document lacks: the tests that go by it would never ask them. */
export function undocumented(routes: readonly Route[], document: Document): string[] {
  const served = routes.filter((route) => !route.public).map(titleOf);
  const named = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  return served.filter((title) => !named.includes(title)).map((title) => `${title} is not in the document: npm run openapi`);
}

/** Names of members that hold secrets. A bare `code` is the word for a reason. */
const SECRET = /(?:^|_)(?:secret|token|ticket|key|password)$|_code$/;

/** Members of answers that are stored for a day, because their route takes `Idempotency-Key`, and that are named like secrets. */
export function storedSecrets(routes: readonly Route[], document: Document): string[] {
  return routes
    .filter(({ idempotent }) => idempotent)
    .flatMap((route) => {
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      const operation = document.paths[path]?.[route.method.toLowerCase() as 'post'];
      const answers = Object.entries(operation?.responses ?? {}).filter(([status]) => status.startsWith('2'));
      return membersOf(answers, document)
        .filter((name) => SECRET.test(name))
        .map((name) => `${titleOf(route)}: ${name}`);
    });
}

/** Names of all members within, those of schemas that are referred to among them. */
function membersOf(node: unknown, document: Document, within: readonly string[] = []): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { $ref: reference, properties } = node as { $ref?: string; properties?: object };
  if (reference !== undefined) {
    const name = reference.slice(reference.lastIndexOf('/') + 1);
    return within.includes(name) ? [] : membersOf(document.components?.schemas?.[name], document, [...within, name]);
  }
  return [...Object.keys(properties ?? {}), ...Object.values(node).flatMap((inner) => membersOf(inner, document, within))];
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Asks every path with a method that it does not have.
 * @param base where the app listens
 * @returns titles of those that answer otherwise than with 405 and their methods
 */
export async function wrongMethods(
  base: string,
  routes: readonly Route[],
  values: Readonly<Record<string, string>>,
): Promise<string[]> {
  const fault = async (path: string): Promise<string[]> => {
    const filled = fill(path, values);
    const here = routes.filter((route) => new RegExp(`^${route.path.replace(/:\w+/g, '[^/]+')}$`).test(filled));
    const method = METHODS.find((each) => !here.some((route) => route.method === each))!;
    const response = await fetch(`${base}${filled}`, { method });
    const { type } = (await response.json()) as { type?: string };
    const allow = response.headers.get('allow')?.split(', ') ?? [];
    const right = response.status === 405 && type === 'urn:wxplane:problem:method-not-allowed';
    const named = here.every((route) => allow.includes(route.method)) && !allow.includes(method);
    return right && named ? [] : [`${method} ${path}: ${response.status} ${type}, Allow: ${allow}`];
  };
  return (await Promise.all([...new Set(routes.map(({ path }) => path))].map(fault))).flat();
}

/**
 * Asks a list for its second page by the cursor it gives, and by the same one as the release before wrote it.
 * @param ask one GET with the path
 * @param former how that release wrote a position
 * @returns both pages: a list of at least two entries has an entry there
 */
export async function secondPages(
  ask: (path: string) => Promise<unknown>,
  path: string,
  former: (position: string) => string,
): Promise<{ readonly now: readonly unknown[]; readonly before: readonly unknown[] }> {
  type Answer = { readonly items: readonly unknown[]; readonly next_cursor: string };
  const first = `${path}${path.includes('?') ? '&' : '?'}limit=1`;
  const { next_cursor: cursor } = (await ask(first)) as Answer;
  const position = Buffer.from(cursor, 'base64url').toString().split(':').slice(2).join(':');
  const second = async (cursor: string) => ((await ask(`${first}&cursor=${cursor}`)) as Answer).items;
  return { now: await second(cursor), before: await second(former(position)) };
}

export const base64url = (text: string): string => Buffer.from(text).toString('base64url');

export const titleOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;
