import { Inject, Injectable } from '@nestjs/common';
import * as client from 'openid-client';
import { CLOCK, type Clock, callerId, LOGGER, type Logger } from '#service';
import { ConsoleConfig } from '../config/console.config.js';
import type { Person } from '../sessions/person.js';

/** What the browser keeps of a sign-in under way, sealed. */
export interface SignInUnderWay {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  /** Of somebody who is signed in already and has to show that it is still them: SHA-256 of who that is. */
  readonly stepUpOf: string | null;
  readonly begunAt: number;
}

/** Why nobody is signed in; the sign-in page has a text for each. */
export type SignInFault =
  | 'issuer-away'
  | 'refused'
  | 'not-yours'
  | 'expired'
  | 'other-person'
  | 'link-used'
  | 'link-invalid'
  | 'too-often';

export class SignInError extends Error {
  constructor(
    readonly fault: SignInFault,
    cause?: unknown,
  ) {
    super(fault, { cause });
  }
}

const ANSWERS_WITHIN_S = 8;
const SKEW_S = 30;
/** What the issuer says of itself is read again after this: keys and addresses change. */
const KNOWN_MS = 10 * 60_000;
const MOST_GROUPS = 200;
const TEXT = /^[^\p{Cc}]{1,255}$/u;

/** Sign-in by OpenID Connect: authorization code with PKCE, state and nonce, against whatever issuer is configured. */
@Injectable()
export class OidcService {
  private known: { readonly at: number; readonly issuer: Promise<client.Configuration> } | undefined;

  constructor(
    private readonly config: ConsoleConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get isConfigured(): boolean {
    return this.config.CONSOLE_OIDC_ISSUER !== undefined;
  }

  private get redirectUri(): string {
    return `${this.config.CONSOLE_URL}/auth/callback`;
  }

  /**
   * @param stepUpOf who has to sign in again, though the issuer still knows them
   * @throws SignInError `issuer-away`
   */
  async begin(returnTo: string, stepUpOf: string | null): Promise<{ readonly url: string; readonly underWay: SignInUnderWay }> {
    const issuer = await this.issuer();
    const verifier = client.randomPKCECodeVerifier();
    const underWay: SignInUnderWay = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier,
      returnTo,
      stepUpOf,
      begunAt: this.clock.now(),
    };
    const url = client.buildAuthorizationUrl(issuer, {
      redirect_uri: this.redirectUri,
      scope: this.config.CONSOLE_OIDC_SCOPES.join(' '),
      state: underWay.state,
      nonce: underWay.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(stepUpOf === null ? {} : { max_age: '0', prompt: 'login' }),
    });
    return { url: url.href, underWay };
  }

  /**
   * Who came back from the issuer.
   * @param query as it came, without the `?`
   * @throws SignInError
   */
  async finish(query: string, { state, nonce, verifier, stepUpOf }: SignInUnderWay): Promise<Person> {
    const issuer = await this.issuer();
    let claims: client.IDToken;
    try {
      const tokens = await client.authorizationCodeGrant(issuer, new URL(`${this.redirectUri}?${query}`), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
        ...(stepUpOf === null ? {} : { maxAge: this.config.CONSOLE_STEP_UP_S }),
      });
      claims = tokens.claims()!;
    } catch (error) {
      this.logger.warn({ event: 'sign-in.refused', problem: reasonOf(error) }, 'A sign-in was refused');
      // Keys may have changed since the issuer was read: the next sign-in reads it anew.
      this.known = undefined;
      throw new SignInError(isAway(error) ? 'issuer-away' : 'refused', error);
    }
    return this.personOf(claims);
  }

  private personOf(claims: client.IDToken): Person {
    const { iss, sub, name, preferred_username: login, auth_time: authTime, amr } = claims;
    const groups = claims[this.config.CONSOLE_OIDC_GROUPS_CLAIM];
    const { CONSOLE_OIDC_PERSON_CLAIM: personClaim } = this.config;
    const person = personClaim === undefined ? callerId(iss, sub) : claims[personClaim];
    if (!TEXT.test(sub) || typeof person !== 'string' || !TEXT.test(person)) throw new SignInError('refused');
    const shown = [name, login].find((one): one is string => typeof one === 'string' && TEXT.test(one)) ?? sub;
    return {
      issuer: iss,
      // Behind it stands `oidc:`.
      subject: sub.slice(0, 250),
      personId: person,
      name: shown.slice(0, 128),
      groups: texts(groups).slice(0, MOST_GROUPS),
      amr: texts(amr).slice(0, 16),
      authTime: typeof authTime === 'number' ? authTime * 1_000 : null,
    };
  }

  private async issuer(): Promise<client.Configuration> {
    const now = this.clock.now();
    if (this.known === undefined || now - this.known.at > KNOWN_MS) this.known = { at: now, issuer: this.discover() };
    const { issuer } = this.known;
    try {
      return await issuer;
    } catch (error) {
      if (this.known?.issuer === issuer) this.known = undefined;
      this.logger.warn({ event: 'sign-in.issuer-away', problem: reasonOf(error) }, 'The issuer does not answer');
      throw new SignInError('issuer-away', error);
    }
  }

  private async discover(): Promise<client.Configuration> {
    const { CONSOLE_OIDC_ISSUER: issuer, CONSOLE_OIDC_CLIENT_ID: id, CONSOLE_OIDC_CLIENT_SECRET: secret } = this.config;
    const url = new URL(issuer!);
    const found = await client.discovery(
      url,
      id!,
      { [client.clockTolerance]: SKEW_S, ...(secret === undefined ? {} : { client_secret: secret }) },
      secret === undefined ? client.None() : client.ClientSecretBasic(secret),
      {
        timeout: ANSWERS_WITHIN_S,
        execute: [
          // Also where TLS to the issuer would be enough: who stands between signs nobody in.
          client.enableNonRepudiationChecks,
          // The configuration allows plain http for this machine itself only.
          ...(url.protocol === 'http:' ? [client.allowInsecureRequests] : []),
        ],
      },
    );
    return found;
  }
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).filter((one): one is string => typeof one === 'string' && TEXT.test(one));

/** Names and codes only: a message may quote what the issuer sent. */
function reasonOf(error: unknown): string {
  const { name, code, error: said } = error as { name?: string; code?: string; error?: string };
  return [name, code, typeof said === 'string' ? said.slice(0, 64) : undefined].filter(Boolean).join(' ');
}

/** The issuer could not be asked, or broke down: what says so may stand behind other errors. */
function isAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false;
  const { name, code, status, cause } = error as { name?: string; code?: string; status?: number; cause?: unknown };
  if (['TypeError', 'TimeoutError', 'AbortError'].includes(name ?? '') || code === 'OAUTH_TIMEOUT') return true;
  return (status ?? 0) >= 500 || isAway(cause, depth + 1);
}
