import type { Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
// @ts-expect-error: the package declares no types for it
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import { APPID } from '../src/config/appid.js';
import { type ServedRoute, servedBy } from '../src/http/known-paths.js';
import { type AppidCheck, CHECKED } from '../src/http/paths.dto.js';
import { CONSUMES, declaresBody } from '../src/http/unwanted-body.guard.js';
import { type Route, routesOf, titleOf } from './routes.js';

interface TypeMetadata {
  findTypeMetadata(type: Type, name: string): { readonly typeFunction?: () => unknown } | undefined;
}

/** A member of a body or query that holds appids. */
export interface AppidMember {
  readonly in: 'body' | 'query';
  /** With those that it is within: `targets.list`. */
  readonly name: string;
  readonly check: AppidCheck | undefined;
}

/** What a route of Fastify itself, or one that comes before it, says in its `config`, since no decorator says it. */
export interface RouteFacts {
  /** `undefined`: it is public. */
  readonly permission?: string;
  readonly audit?: string;
  readonly bodyLimit?: number | 'streams';
}

/** A route as the table shows it, before anybody asks it. */
export interface ListedRoute {
  readonly port: 'http' | 'management';
  readonly method: string;
  readonly path: string;
  /** `public`, or what its caller must be allowed. */
  readonly permission: string;
  readonly audit: string | undefined;
  /** The protected effect that waits for a second person, where the component wants two. */
  readonly effect: string | undefined;
  readonly idempotent: boolean;
  readonly bodyLimit: number | 'streams' | undefined;
  readonly appids: readonly AppidMember[];
}

/** What decorators do not say. */
export interface Said {
  /** Routes that come before the framework. */
  readonly early?: readonly ServedRoute[];
  /** What calls of a route without `@Audited` are called in the audit log, by its title. */
  readonly audited?: Readonly<Record<string, string>>;
  /** The protected effect that a handler brings about. */
  readonly effectOf?: (route: Route) => string | undefined;
  /** What is taken of a body that the app reads by itself, by its type. */
  readonly uploads?: Readonly<Record<string, number>>;
}

/**
 * Every route that a running app serves: of its controllers, of Fastify itself, what comes before both, and the management port, which
 * names its pages to whoever asks for another.
 */
export async function listedRoutes({ app, managementPort }: Serving, said: Said = {}): Promise<ListedRoute[]> {
  const server = app.getHttpAdapter().getInstance();
  const usual = server.initialConfig.bodyLimit!;
  const controllers = new Map(routesOf(app).map((route) => [titleOf(route), route]));
  const http = [...servedBy(server), ...(said.early ?? [])]
    .filter(({ method, path }) => method !== 'HEAD' && !(method === 'OPTIONS' && path === '*') && !isPageOfDocs(path))
    .map((served) => listed(served, controllers.get(titleOf(served)), usual, said))
    .sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
  return [...http, ...(await managementRoutes(managementPort))];
}

/** Files of the pages about the API, which change with the package that they are of; `/docs/*` stands for them. */
const isPageOfDocs = (path: string) => /^\/docs\/./.test(path) && !/\/(\*|openapi\.json)$/.test(path);

type Serving = { readonly app: NestFastifyApplication; readonly managementPort: number };

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function managementRoutes(managementPort: number): Promise<ListedRoute[]> {
  const response = await fetch(`http://127.0.0.1:${managementPort}/nothing`);
  const { title } = (await response.json()) as { title: string };
  const paths = title.match(/\/[\w/]+/g) ?? [];
  const page = { port: 'management', effect: undefined, idempotent: false, bodyLimit: undefined, appids: [] } as const;
  return paths.flatMap((path): ListedRoute[] => {
    if (path !== '/queues') return [{ ...page, method: 'GET', path, permission: 'public', audit: undefined }];
    const closed = { ...page, path: `${path}/*`, permission: 'MANAGEMENT_ADMIN_KEY' };
    return [
      { ...closed, method: 'GET', audit: undefined },
      { ...closed, method: 'PUT', audit: 'queues.write' },
    ];
  });
}

function listed(
  { method, path, bodyLimit, config }: ServedRoute,
  route: Route | undefined,
  usual: number,
  said: Said,
): ListedRoute {
  const { facts = {} } = (config ?? {}) as { facts?: RouteFacts };
  const handler = route && (route.controller.prototype as Record<string, object & { name: string }>)[route.handler]!;
  const takesBody = route && handler ? declaresBody(route.controller, handler) : facts.bodyLimit !== undefined;
  const types: readonly string[] = (handler && Reflect.getMetadata(CONSUMES, handler)) ?? [];
  const upload = types.map((type) => said.uploads?.[type]).find((limit) => limit !== undefined);
  return {
    port: 'http',
    method,
    path,
    permission: route ? (route.public ? 'public' : (route.permission ?? 'nobody')) : (facts.permission ?? 'public'),
    audit: said.audited?.[titleOf({ method, path })] ?? (route ? route.action : facts.audit),
    effect: route && said.effectOf?.(route),
    idempotent: route?.idempotent ?? false,
    bodyLimit: takesBody ? (facts.bodyLimit ?? upload ?? bodyLimit ?? usual) : undefined,
    appids: route ? appidMembersOf(route) : [],
  };
}

/** Those of the classes that a handler takes its body and query as. */
export function appidMembersOf({ controller, handler }: Pick<Route, 'controller' | 'handler'>): AppidMember[] {
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {}) as Record<string, { index: number }>;
  const types = (Reflect.getMetadata('design:paramtypes', controller.prototype, handler) ?? []) as (Type | undefined)[];
  return Object.entries(args).flatMap(([key, { index }]) => {
    const kind = Number(key.split(':')[0]);
    const where = kind === RouteParamtypes.BODY ? 'body' : kind === RouteParamtypes.QUERY ? 'query' : undefined;
    const type = types[index];
    return where === undefined || type === undefined ? [] : membersOf(type, where, '', []);
  });
}

function membersOf(type: Type, where: AppidMember['in'], prefix: string, within: readonly Type[]): AppidMember[] {
  if (within.includes(type)) return [];
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...new Set(rules.map(({ propertyName }) => propertyName))].flatMap((name) => {
    const own = rules.filter(({ propertyName }) => propertyName === name);
    const nested = (defaultMetadataStorage as TypeMetadata).findTypeMetadata(type, name)?.typeFunction?.() as Type | undefined;
    const inner = nested?.prototype ? membersOf(nested, where, `${prefix}${name}.`, [...within, type]) : [];
    const holdsAppids =
      /(?:^|_)appids?$|^authorizers$|^components$/.test(name) ||
      own.some(({ constraints }) => (constraints as unknown[] | undefined)?.some((one) => String(one) === String(APPID)));
    const check = own.find((rule) => rule.name === CHECKED)?.constraints[0] as AppidCheck | undefined;
    return holdsAppids ? [{ in: where, name: `${prefix}${name}`, check }, ...inner] : inner;
  });
}

/** Members that hold appids and do not say how they are checked. */
export const unchecked = (routes: readonly ListedRoute[]): string[] =>
  routes.flatMap(({ method, path, appids }) =>
    appids
      .filter(({ check }) => check === undefined)
      .map(
        (member) =>
          `${method} ${path}: ${member.in} ${member.name} holds appids; say with @Checked(…) at the DTO how they are checked`,
      ),
  );
