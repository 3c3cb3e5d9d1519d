import { afterEach, beforeEach, expect, it } from 'vitest';
import { Issuer } from '../../testing/issuer.js';
import type { IssuerSettings } from './identity-file.js';
import { TokenVerifier } from './token-verifier.js';

const HOUR_MS = 3_600_000;
let issuer: Issuer;
let clockMs: number;
let verifier: TokenVerifier;

beforeEach(async () => {
  issuer = new Issuer();
  issuer.addKey('k1');
  await issuer.start();
  clockMs = 0;
  const settings = {
    name: 'one',
    issuer: issuer.issuer,
    kind: 'ci',
    jwks_uri: issuer.jwksUri,
    audiences: ['wxplane'],
    algorithms: ['RS256'],
    max_life_s: 3_600,
    groups: 'groups',
  } as IssuerSettings;
  verifier = new TokenVerifier([settings], () => clockMs);
});
afterEach(() => issuer.stop());

const verify = (kid = 'k1') =>
  verifier.verify(issuer.token({}, {}, kid)).then(
    () => 'right',
    (error: Error) => error.message,
  );
const UNKNOWN = 'unauthenticated: The token is signed with a key that its issuer does not have.';
const AWAY = 'unavailable: The keys of the issuer one cannot be read at this moment.';

it('a key that is new is fetched at once, but the issuer is asked at most every 30 seconds', async () => {
  expect(await verify()).toBe('right');
  issuer.addKey('k2');
  expect(await verify('k2')).toBe(UNKNOWN);
  expect(issuer.asked).toBe(1);
  clockMs += 29_999;
  expect(await verify('k2')).toBe(UNKNOWN);
  clockMs += 1;
  expect(await verify('k2')).toBe('right');
  expect(issuer.asked).toBe(2);
});

it('a key that was taken back is forgotten within ten minutes of use', async () => {
  expect(await verify()).toBe('right');
  const token = issuer.token();
  issuer.addKey('k2');
  issuer.keys.delete('k1');
  clockMs += 10 * 60_000 + 1;
  // This one is judged by what is known; the keys are read behind it.
  await verifier.verify(token);
  await expect
    .poll(() =>
      verifier.verify(token).then(
        () => 'right',
        (error: Error) => error.message,
      ),
    )
    .toBe(UNKNOWN);
});

it.each([0, 500])('an issuer that is away (%i) is believed for a day, and no longer; then it is asked again', async (status) => {
  expect(await verify()).toBe('right');
  issuer.status = status;
  clockMs += 24 * HOUR_MS - 1;
  expect(await verify()).toBe('right');
  clockMs += 30_001;
  expect(await verify()).toBe(AWAY);
  issuer.status = 200;
  clockMs += 30_001;
  await expect.poll(() => verify()).toBe('right');
});
