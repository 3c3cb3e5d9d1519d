import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { redact } from './redact.js';

const opaque = randomBytes(80).toString('base64url');
const secret = 'S3cretValue';

const texts: [string, string][] = [
  ['a ticket', `ticket@@@${secret}`],
  ['a refresh token', `got refreshtoken@@@${secret} from WeChat`],
  ['a pre-auth code', `preauthcode@@@${secret}`],
  ['an authorization code', `queryauthcode@@@${secret}`],
  ['a client key', `Bearer wxp_0123456789abcdef_${secret}`],
  ['a webhook secret', `whsec_${secret}`],
  ['an access token in a URL', `GET /cgi-bin/x?access_token=${secret}&b=1`],
  ['a component token in a URL', `/x?component_access_token=${secret}`],
  ['a code in a URL', `/authorize/callback?auth_code=${secret}&expires_in=600`],
  ['a JSON body', `{"authorizer_refresh_token":"${secret}","a":1}`],
  ['the password of a database URL', `connect mysql://wxplane:${secret}@db:3306/wxplane failed`],
  ['the password of Redis', `rediss://:${secret}@redis:6379`],
  ['basic credentials', `authorization: Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`],
  ['an EncodingAESKey', `key ${secret}${'a'.repeat(43 - secret.length)} of`],
  ['an encryption key', `k1:${secret}${'a'.repeat(43 - secret.length)}=,k0`],
  ['a JSON secret', `{"component_appsecret": "${secret}"}`],
];

describe('redact', () => {
  it.each(texts)('hides %s', (_, text) => {
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain('***');
  });

  it('hides any long opaque run', () => {
    expect(redact(`token ${opaque}!`)).toBe('token ***!');
  });

  it('leaves the id of a client key, and words that only begin like credentials', () => {
    expect(redact(`Bearer wxp_0123456789abcdef_${secret}`)).toBe('Bearer wxp_0123456789abcdef_***');
    expect(redact('Bearer realm="wxplane", https://host/a@b')).toBe('Bearer realm="wxplane", https://host/a@b');
  });

  it('leaves what operators need: appids, ids, hashes, routes', () => {
    const line =
      'wx1234567890abcdef gh_0123456789ab event 42 f_wechat_event rid: 65a1b2c3-0a1b2c3d-11223344 /v1/components/wx1234567890abcdef/token';
    expect(redact(line)).toBe(line);
  });
});

describe('createLogger', () => {
  it('lets no secret through, wherever in the record it stands', async () => {
    let out = '';
    const destination = new Writable({
      write(chunk, _, done) {
        out += chunk;
        done();
      },
    });
    const logger = await createLogger({ app: 'test', level: 'info', destination });
    for (const [, text] of texts) logger.info({ nested: { deep: text }, authorization: text }, text);
    logger.error({ err: new Error(`failed with ${texts[0]![1]}`, { cause: new Error(texts[1]![1]) }) }, 'failed');
    logger.info({ token: 'short-one' }, 'x');
    expect(out).not.toContain(secret);
    expect(out).not.toContain('short-one');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).level),
    ).toContain('error');
  });
});
