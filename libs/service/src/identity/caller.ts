import type { Permission } from '../permissions/permissions.js';

/** Who acts, as the audit log and approvals name it. */
export interface Actor {
  readonly kind: 'key' | 'person' | 'workload' | 'tool' | 'app';
  /** Of a key: its client id. Of the others: what `Caller.clientId` is. */
  readonly id: string;
  readonly name: string;
  readonly issuer?: string;
  readonly subject?: string;
  /** The same for all accounts of one person. */
  readonly personId?: string;
}

/** What one binding gives. */
export interface Grant {
  readonly permissions: ReadonlySet<Permission>;
  readonly components: ReadonlySet<string> | undefined;
  readonly authorizers: ReadonlySet<string> | undefined;
}

/** Whose request it is, and what it may do, as far as it matters to the apps. */
export interface Caller {
  /** Whose limits, idempotency keys and objects these are. Of a JWT: made of its issuer and subject. */
  readonly clientId: string;
  readonly name: string;
  readonly actor: Actor;
  readonly permissions: ReadonlySet<Permission>;
  /** Appids of components it may use; `undefined`: all. */
  readonly components: ReadonlySet<string> | undefined;
  /** Appids it may act for; `undefined`: all. */
  readonly authorizers: ReadonlySet<string> | undefined;
  readonly rateLimitPerS: number | undefined;
  readonly proxyPaths: readonly string[] | undefined;
  readonly returnHosts: readonly string[] | undefined;
  /** Hosts its webhooks may have inside the network. */
  readonly webhookHosts?: readonly string[] | undefined;
  /** Only where several bindings give different things within different bounds: `narrowed` says what counts. */
  readonly grants?: readonly Grant[];
}

const narrow = new WeakMap<Caller, Map<string, Caller>>();

/**
 * The caller as far as it may do this one thing: with the bounds of the bindings that allow it.
 * @param componentAppid the component that the route names
 */
export function narrowed(caller: Caller, permission: Permission, componentAppid?: string): Caller {
  if (caller.grants === undefined) return caller;
  const key = `${permission} ${componentAppid ?? ''}`;
  const known = narrow.get(caller) ?? new Map<string, Caller>();
  const result = known.get(key) ?? narrowedBy(caller, caller.grants, permission, componentAppid);
  narrow.set(caller, known.set(key, result));
  return result;
}

function narrowedBy(caller: Caller, grants: readonly Grant[], permission: Permission, componentAppid?: string): Caller {
  const { grants: _, ...rest } = caller;
  const giving = grants.filter(({ permissions }) => permissions.has(permission));
  const here = giving.filter(({ components }) => !componentAppid || !components || components.has(componentAppid));
  const counted = here.length > 0 ? here : giving;
  return {
    ...rest,
    // Something else only where it is allowed within at least these bounds.
    permissions: new Set(
      [...caller.permissions].filter((other) =>
        counted.every((one) => grants.some((grant) => grant.permissions.has(other) && holds(grant, one))),
      ),
    ),
    components: united(counted.map(({ components }) => components)),
    authorizers:
      componentAppid !== undefined || counted.every((one) => equal(one.components, counted[0]?.components))
        ? united(counted.map(({ authorizers }) => authorizers))
        : // Whose merchants are whose is not known here: those that each of them allows.
          common(counted.map(({ authorizers }) => authorizers)),
  };
}

type Bound = ReadonlySet<string> | undefined;

const within = (inner: Bound, outer: Bound): boolean =>
  outer === undefined || (inner !== undefined && [...inner].every((one) => outer.has(one)));
const equal = (a: Bound, b: Bound): boolean => within(a, b) && within(b, a);
const holds = (outer: Grant, inner: Grant): boolean =>
  within(inner.components, outer.components) && within(inner.authorizers, outer.authorizers);
const united = (bounds: readonly Bound[]): Bound =>
  bounds.some((bound) => bound === undefined) ? undefined : new Set(bounds.flatMap((bound) => [...(bound ?? [])]));
function common(bounds: readonly Bound[]): Bound {
  const limits = bounds.filter((bound) => bound !== undefined);
  const [first] = limits;
  return first && new Set([...first].filter((one) => limits.every((limit) => limit.has(one))));
}

/** One caller of what several bindings give. */
export function withGrants(caller: Omit<Caller, 'permissions' | 'components' | 'authorizers'>, grants: readonly Grant[]): Caller {
  const permissions = new Set(grants.flatMap((grant) => [...grant.permissions]));
  const [first] = grants;
  const alike = grants.every(
    (grant) => equal(grant.components, first?.components) && equal(grant.authorizers, first?.authorizers),
  );
  return {
    ...caller,
    permissions,
    components: alike ? first?.components : united(grants.map(({ components }) => components)),
    authorizers: alike ? first?.authorizers : united(grants.map(({ authorizers }) => authorizers)),
    ...(alike ? {} : { grants }),
  };
}
