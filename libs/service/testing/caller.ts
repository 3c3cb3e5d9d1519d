import type { Caller } from '../src/identity/caller.js';
import { permissionsOf, type Scope } from '../src/permissions/permissions.js';

/** The caller that a client's key with these scopes is. */
export const callerWith = (clientId: string, scopes: readonly Scope[], more: Partial<Caller> = {}): Caller => ({
  clientId,
  name: clientId,
  actor: { kind: 'key', id: clientId, name: clientId },
  permissions: permissionsOf(scopes),
  components: undefined,
  authorizers: undefined,
  rateLimitPerS: undefined,
  proxyPaths: undefined,
  returnHosts: undefined,
  ...more,
});
