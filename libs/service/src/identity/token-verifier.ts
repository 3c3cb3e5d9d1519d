import { errors, type JWTPayload, jwtVerify } from 'jose';
import { DomainError } from '../http/problems.js';
import type { IssuerSettings } from './identity-file.js';
import { hasTwins } from './json-names.js';
import { KeySet, type Monotonic } from './key-set.js';
import { fits } from './pattern.js';

/** Clocks of others may be wrong by so much. */
const SKEW_S = 60;
const MOST_CHARACTERS = 8_192;
/** Not a JWS in JSON, not a JWE, which has five parts. */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** What a token may say that it is: not, for example, the notice of a logout. */
const TYPES = [undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt'];
/** Nothing that breaks a line of the log. */
const TEXT = /^[^\p{Cc}]{1,255}$/u;
const SECOND_FACTORS = ['mfa', 'otp', 'hwk'];

/** Whom a token stands for. */
export interface Principal {
  readonly issuer: IssuerSettings;
  readonly subject: string;
  readonly name: string;
  readonly personId: string | undefined;
  readonly groups: readonly string[];
  readonly mfa: boolean;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

interface Claims extends JWTPayload {
  readonly exp: number;
  readonly iat: number;
}

/** Whether this may be a JWT, rather than a client key. */
export const looksLikeToken = (text: string): boolean => text.includes('.');

/** Takes the tokens of trusted issuers, and no others. As strict as SPIFFE is with its own. */
export class TokenVerifier {
  private readonly issuers: ReadonlyMap<string, { readonly settings: IssuerSettings; readonly keys: KeySet }>;

  /** @throws ConfigError when a file of keys cannot be used */
  constructor(issuers: readonly IssuerSettings[], now?: Monotonic) {
    this.issuers = new Map(issuers.map((settings) => [settings.issuer, { settings, keys: new KeySet(settings, now) }]));
  }

  /** @throws DomainError `unauthenticated`, `unavailable` */
  async verify(token: string): Promise<Principal> {
    if (token.length > MOST_CHARACTERS) throw refused(`is longer than ${MOST_CHARACTERS} characters`);
    if (!COMPACT.test(token)) throw refused('is not a JWS of three parts');
    const [header, payload] = token.split('.').slice(0, 2).map(readPart);
    if (!header || !payload) throw refused('is not made of JSON objects that name each member once');
    // Of what else a header may hold, such as keys and where to find them, nothing is looked at.
    const { alg, kid, typ } = header;
    if ('crit' in header || 'b64' in header) throw refused('wants something of its header understood that is not');
    if (!TYPES.includes(typ as string)) throw refused(`is a ${String(typ).slice(0, 32)}, not a JWT`);
    const issuer = typeof payload['iss'] === 'string' ? this.issuers.get(payload['iss']) : undefined;
    if (!issuer) throw refused('is of an issuer that is not trusted');
    const { settings } = issuer;
    if (typeof alg !== 'string' || !settings.algorithms.includes(alg))
      throw refused(`is signed in a way that the issuer ${settings.name} may not use`);
    if (typeof kid !== 'string' || kid === '') throw refused('names no key (kid)');
    let claims: Claims;
    try {
      const verified = await jwtVerify<Claims>(token, (protectedHeader) => issuer.keys.keyFor(protectedHeader), {
        algorithms: [...settings.algorithms],
        issuer: settings.issuer,
        clockTolerance: SKEW_S,
        requiredClaims: ['exp', 'iat', 'aud', 'sub'],
      });
      claims = verified.payload;
    } catch (error) {
      if (error instanceof DomainError) throw error;
      throw refused(reasonOf(error));
    }
    return principalOf(settings, claims);
  }
}

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    // Fatal: what is no UTF-8 would be read differently by others.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && !hasTwins(text))
      return value as Record<string, unknown>;
  } catch {
    // Not JSON.
  }
  return undefined;
}

/** @throws DomainError `unauthenticated` */
function principalOf(issuer: IssuerSettings, claims: Claims): Principal {
  const { aud, exp, iat } = claims;
  const audience = Array.isArray(aud) ? (aud.length === 1 ? aud[0] : undefined) : aud;
  if (typeof audience !== 'string' || !issuer.audiences.includes(audience))
    throw refused('is not for this deployment alone: its audience is another one, or there are several');
  if (iat > Date.now() / 1_000 + SKEW_S) throw refused('was made in the future');
  if (exp <= iat || exp - iat > issuer.max_life_s) throw refused(`lives longer than ${issuer.max_life_s} seconds`);
  for (const [claim, pattern] of Object.entries(issuer.require ?? {}))
    if (!fits(pattern, textOf(claims, claim) ?? '') || textOf(claims, claim) === undefined)
      throw refused(`has not the ${claim} that is wanted`);
  const subject = (issuer.subject ?? '{sub}').replace(/\{([\w.:/-]+)\}/g, (_, claim: string) => {
    const value = textOf(claims, claim);
    if (value === undefined) throw refused(`has no ${claim}, of which its subject is made`);
    return value;
  });
  if (!TEXT.test(subject)) throw refused('has a subject that is too long, or is no text');
  const personId = issuer.person_id === undefined ? undefined : textOf(claims, issuer.person_id);
  if (issuer.person_id !== undefined && (personId === undefined || !TEXT.test(personId)))
    throw refused(`has no ${issuer.person_id}, which tells whose account it is`);
  const named = issuer.display_name === undefined ? undefined : textOf(claims, issuer.display_name);
  const groups = Object.hasOwn(claims, issuer.groups) ? claims[issuer.groups] : [];
  return {
    issuer,
    subject,
    name: (named !== undefined && TEXT.test(named) ? named : subject).slice(0, 128),
    personId,
    groups: Array.isArray(groups) ? groups.filter((group): group is string => typeof group === 'string' && TEXT.test(group)) : [],
    mfa: issuer.kind === 'oidc' && hasSecondFactor(issuer, claims),
    issuedAt: iat,
    expiresAt: exp,
  };
}

function hasSecondFactor(issuer: IssuerSettings, claims: Claims): boolean {
  const fitsOne = (claim: string, test: (text: string) => boolean): boolean => {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return (Array.isArray(value) ? value : [value]).some((entry) => typeof entry === 'string' && test(entry));
  };
  if (issuer.mfa === undefined) return fitsOne('amr', (text) => SECOND_FACTORS.includes(text));
  return Object.entries(issuer.mfa).every(([claim, pattern]) => fitsOne(claim, (text) => fits(pattern, text)));
}

/** A claim as a text: GitLab writes `"ref_protected": "true"`, others a boolean. */
function textOf(claims: Claims, claim: string): string | undefined {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'has expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.reason === 'missing' ? `has no ${error.claim}` : `has a ${error.claim} that does not fit, or not yet`;
  if (error instanceof errors.JWKSNoMatchingKey) return 'is signed with a key that its issuer does not have';
  return 'is not signed by its issuer';
}

const refused = (why: string) => new DomainError('unauthenticated', `The token ${why}.`);
