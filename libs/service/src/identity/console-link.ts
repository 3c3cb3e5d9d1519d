import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID, sign, verify } from 'node:crypto';

/** What a one-time link says, and nothing else that the console signs may say. */
const PURPOSE = 'wxplane-console-link';
const LINK = /^[\w-]{20,2000}\.[\w-]{86}$/;

/** A private key as the console and the command line hold it, with what may be told of it. */
export interface ConsoleKey {
  readonly privateKey: KeyObject;
  /** As the `keys` of an issuer in the identity file have it. */
  readonly jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly kid: string; readonly alg: string };
}

/** Whom a link signs in. */
export interface LinkClaims {
  readonly name: string;
  readonly groups: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** No two links have the same. */
  readonly id: string;
}

/**
 * @param pem a private Ed25519 key: `openssl genpkey -algorithm ed25519`
 * @throws Error that says what is wrong, and never what is in it
 */
export function consoleKeyOf(pem: string): ConsoleKey {
  let privateKey: KeyObject;
  try {
    // A setting of one line has \\n where a file has line breaks.
    privateKey = createPrivateKey(pem.replaceAll('\\n', '\n'));
  } catch {
    throw new Error('holds no private key in PEM form');
  }
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new Error('holds no Ed25519 key; make one with: openssl genpkey -algorithm ed25519');
  const { crv, x } = createPublicKey(privateKey).export({ format: 'jwk' }) as { crv: string; x: string };
  // RFC 7638: a name that anybody can make of the key.
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv, kty: 'OKP', x }))
    .digest('base64url');
  return { privateKey, jwk: { kty: 'OKP', crv, x, kid, alg: 'EdDSA' } };
}

/** The fragment of a one-time link: it stands behind `#`, which browsers keep to themselves. */
export function makeLink(key: ConsoleKey, who: Pick<LinkClaims, 'name' | 'groups'>, livesS: number, now = Date.now()): string {
  const claims: LinkClaims = { name: who.name, groups: who.groups, expiresAt: now + livesS * 1_000, id: randomUUID() };
  const payload = Buffer.from(JSON.stringify({ purpose: PURPOSE, ...claims })).toString('base64url');
  return `${payload}.${sign(null, signedText(payload), key.privateKey).toString('base64url')}`;
}

/** @returns `undefined`: it was not made with this key, or is over */
export function readLink(key: ConsoleKey, link: string, now = Date.now()): LinkClaims | undefined {
  if (!LINK.test(link)) return undefined;
  const [payload, signature] = link.split('.') as [string, string];
  if (!verify(null, signedText(payload), createPublicKey(key.privateKey), Buffer.from(signature, 'base64url'))) return undefined;
  const { purpose, name, groups, expiresAt, id } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  return purpose === PURPOSE && expiresAt > now ? { name, groups, expiresAt, id } : undefined;
}

/** Not the form of a token: no signature of one can be taken for the other's. */
const signedText = (payload: string): Buffer => Buffer.from(`${PURPOSE}\n${payload}`);
