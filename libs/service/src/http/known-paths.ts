import type { FastifyInstance } from 'fastify';
import { DomainError } from './problems.js';

/** A route as Fastify has it. */
export interface ServedRoute {
  readonly method: string;
  readonly path: string;
  /** Bytes; undefined: what the app sets for all. */
  readonly bodyLimit: number | undefined;
  /** What whoever made a route of Fastify itself says of it. */
  readonly config: unknown;
}

const served = new WeakMap<FastifyInstance, ServedRoute[]>();

/** Every route of a server, whoever made it; only of one that refuses other methods. */
export const servedBy = (server: FastifyInstance): readonly ServedRoute[] => served.get(server) ?? [];

interface KnownPath {
  readonly matches: RegExp;
  readonly methods: Set<string>;
}

/** A path that is there, asked with a method it does not have, answers 405 and says which it has, instead of "no such route". */
export function refuseOtherMethods(server: FastifyInstance): void {
  const paths = new Map<string, KnownPath>();
  const routes: ServedRoute[] = [];
  served.set(server, routes);
  server.addHook('onRoute', ({ url, method, bodyLimit, config }) => {
    routes.push(...[method].flat().map((each) => ({ method: each, path: url, bodyLimit, config })));
    const known = paths.get(url) ?? { matches: patternOf(url), methods: new Set() };
    for (const each of [method].flat()) known.methods.add(each);
    paths.set(url, known);
  });
  server.addHook('onRequest', (request, _reply, done) => {
    if (!request.is404) return done();
    const path = request.url.split(/[?#]/, 1)[0]!;
    const methods = new Set(
      [...paths.values()].filter(({ matches }) => matches.test(path)).flatMap((known) => [...known.methods]),
    );
    // With a method that it has, a path is not found for another reason.
    if (methods.size === 0 || methods.has(request.method)) return done();
    const allow = [...methods].sort();
    done(new DomainError('method-not-allowed', `This path has no ${request.method}; it has ${allow.join(', ')}.`, { allow }));
  });
}

/** A route of Fastify as a regular expression: `:name` is one part of a path, `*` the rest. */
function patternOf(route: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const parts = route.split(/(:\w+|\*)/).map((part) => (part === '*' ? '.*' : part.startsWith(':') ? '[^/]+' : literal(part)));
  return new RegExp(`^${parts.join('')}$`);
}
