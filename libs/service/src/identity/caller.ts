import type { Permission } from './permissions.js';

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
}
