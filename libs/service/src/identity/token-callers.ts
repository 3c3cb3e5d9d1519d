import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isIn, parseNetworks } from '../config/caller-address.js';
import { BUILT_IN_ROLES, isScope, type Permission } from '../permissions/permissions.js';
import { type Caller, type Grant, withGrants } from './caller.js';
import type { BindingSettings, IdentityFile } from './identity-file.js';
import type { Monotonic } from './key-set.js';
import { fits } from './pattern.js';
import { type Principal, TokenVerifier } from './token-verifier.js';

export { looksLikeToken } from './token-verifier.js';

/** A token that was found right is asked about again after this, at the latest. */
const BELIEVED_MS = 60_000;
/** Which merchants have a tag is believed for so long. */
const TAGS_BELIEVED_MS = 30_000;

/** Which mini programs have one of these tags now, in one of these components; `undefined`: in any. */
export type MerchantsWith = (tags: readonly string[], components: readonly string[] | undefined) => Promise<ReadonlySet<string>>;

/** What is kept of somebody, to know later what he may do then. */
export type KnownPrincipal = Pick<Principal, 'subject' | 'name' | 'personId' | 'groups' | 'mfa' | 'issuedAt'> & {
  readonly issuer: string;
};

export interface Admitted {
  readonly caller: Caller;
  readonly principal: KnownPrincipal;
  /** By the wall clock, and how long from now. */
  readonly until: number;
  readonly believedMs: number;
  /** It depends on where the request comes from: each is to be looked at. */
  readonly byAddress: boolean;
}

interface Binding extends BindingSettings {
  readonly permissions: ReadonlySet<Permission>;
}

/** Callers that show a token of a trusted issuer: who they are by it, and what the bindings of the file give them. */
export class TokenCallers {
  private readonly verifier: TokenVerifier;
  private readonly bindings: readonly Binding[];
  private readonly tagged = new LRUCache<string, ReadonlySet<string>>({ max: 1_000, ttl: TAGS_BELIEVED_MS });

  /** @throws ConfigError when a file of keys cannot be used */
  constructor(
    private readonly file: IdentityFile,
    private readonly merchantsWith: MerchantsWith,
    now?: Monotonic,
  ) {
    this.verifier = new TokenVerifier(file.issuers, now);
    this.bindings = file.bindings.map((binding) => ({
      ...binding,
      permissions: new Set(binding.roles.flatMap((role) => permissionsOfRole(file, role))),
    }));
  }

  /** Whether persons are known by more than their keys. */
  get hasPersons(): boolean {
    return this.file.issuers.some(({ kind }) => kind === 'oidc');
  }

  /**
   * Whose token it is.
   * @param address where the request comes from; `undefined`: not asked
   * @throws DomainError `unauthenticated`, `unavailable`
   */
  async admit(token: string, address: string | undefined): Promise<Admitted> {
    const verified = await this.verifier.verify(token);
    const principal: KnownPrincipal = {
      issuer: verified.issuer.issuer,
      subject: verified.subject,
      name: verified.name,
      personId: verified.personId,
      groups: verified.groups,
      mfa: verified.mfa,
      issuedAt: verified.issuedAt,
    };
    const mine = this.bindings.filter((binding) => isFor(binding, verified.issuer.name, principal));
    const now = Date.now();
    const ends = mine.map(({ condition }) =>
      condition?.until === undefined ? Number.POSITIVE_INFINITY : Date.parse(condition.until),
    );
    return {
      caller: await this.callerOf(verified.issuer.name, principal, { address }),
      principal,
      until: Math.min(verified.expiresAt * 1_000, ...ends.filter((end) => end > now)),
      believedMs: BELIEVED_MS,
      byAddress: mine.some(({ condition }) => condition?.networks !== undefined),
    };
  }

  /** What somebody who was here before may do now. @returns `undefined`: his issuer is trusted no longer */
  async presentRights(principal: KnownPrincipal): Promise<Caller | undefined> {
    const issuer = this.file.issuers.find((one) => one.issuer === principal.issuer);
    return issuer && this.callerOf(issuer.name, principal, { now: true });
  }

  /** @param now also of tags what is so now, and not a moment ago */
  private async callerOf(
    issuerName: string,
    principal: KnownPrincipal,
    { address, now = false }: { readonly address?: string | undefined; readonly now?: boolean },
  ): Promise<Caller> {
    const { issuer, subject, name, personId } = principal;
    const settings = this.file.issuers.find((one) => one.name === issuerName)!;
    const clientId = callerId(issuer, subject);
    const grants: Grant[] = [];
    for (const binding of this.bindings)
      if (isFor(binding, issuerName, principal) && holdsNow(binding, principal, address))
        grants.push(await this.grantOf(binding, now));
    const kind = settings.kind === 'oidc' ? 'person' : 'workload';
    return withGrants(
      {
        clientId,
        name,
        actor: { kind, id: clientId, name, issuer, subject, ...(personId === undefined ? {} : { personId }) },
        rateLimitPerS: settings.rate_limit_per_s,
        proxyPaths: undefined,
        returnHosts: undefined,
      },
      grants,
    );
  }

  private async grantOf({ permissions, boundary: { components, merchants, tags } = {} }: Binding, now: boolean): Promise<Grant> {
    const tagged = tags ? await this.withTags(tags, components, now) : [];
    return {
      permissions,
      components: components && new Set(components),
      authorizers: merchants || tags ? new Set([...(merchants ?? []), ...tagged]) : undefined,
    };
  }

  /** A tag that an account has in another component counts as little as a stranger's: others may have put it there. */
  private async withTags(
    tags: readonly string[],
    components: readonly string[] | undefined,
    now: boolean,
  ): Promise<ReadonlySet<string>> {
    const key = JSON.stringify([tags, components]);
    const known = now ? undefined : this.tagged.get(key);
    if (known) return known;
    const found = await this.merchantsWith(tags, components);
    this.tagged.set(key, found);
    return found;
  }
}

/** Whose objects, limits and entries these are: the same for all tokens of one subject. As long as the column of a client's id. */
export const callerId = (issuer: string, subject: string): string =>
  `jwt_${createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('hex')
    .slice(0, 28)}`;

export const isCallerId = (id: string): boolean => id.startsWith('jwt_');

function permissionsOfRole(file: IdentityFile, role: string): readonly Permission[] {
  return isScope(role) ? BUILT_IN_ROLES[role] : ((file.roles?.[role] ?? []) as Permission[]);
}

const isFor = ({ who }: Binding, issuerName: string, { subject, groups }: KnownPrincipal): boolean =>
  who.issuer === issuerName &&
  ((who.subjects?.some((pattern) => fits(pattern, subject)) ?? false) ||
    (who.groups?.some((group) => groups.includes(group)) ?? false));

function holdsNow({ condition = {} }: Binding, { mfa }: KnownPrincipal, address: string | undefined): boolean {
  if (condition.mfa && !mfa) return false;
  if (condition.until !== undefined && Date.parse(condition.until) <= Date.now()) return false;
  return condition.networks === undefined || address === undefined || isIn(parseNetworks(condition.networks)!, address);
}
