import { constants, createCipheriv, createDecipheriv, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { App } from '../testing/app.js';
import { Harness } from '../testing/harness.js';
import type { SecuredAccount } from './api-security.store.js';

const PATH = '/cgi-bin/openapi/quota/get';
const URL_PATH = `https://api.weixin.qq.com${PATH}`;
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

/** API security (fleet reference §7, checklist 10), by hand: nothing of the product is used. */
describe('API security', () => {
  let harness: Harness;
  let app: App;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    await harness.setUp();
    app = await App.create(harness);
  });
  afterAll(() => harness.close());

  const secure = async (mode: string, renew = false) =>
    (await harness.control('POST', `api-security/${app.appid}`, { mode, renew })) as unknown as SecuredAccount;
  const plainly = () => app.post(PATH, { cgi_path: '/wxa/commit' });

  /** As §7 says it, line by line. */
  async function sealed(keys: SecuredAccount, { at = Math.floor(Date.now() / 1_000), appid = app.appid, body = '' } = {}) {
    const plain = JSON.stringify({
      ...{ cgi_path: '/wxa/commit', _n: randomBytes(16).toString('base64'), _appid: app.appid, _timestamp: at },
    });
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(keys.symmetric_key, 'base64'), iv);
    cipher.setAAD(Buffer.from(`${URL_PATH}|${app.appid}|${at}|${keys.symmetric_sn}`));
    const data = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64');
    const sent = body || JSON.stringify({ iv: iv.toString('base64'), data, authtag: cipher.getAuthTag().toString('base64') });
    const signature = sign('sha256', Buffer.from(`${URL_PATH}\n${app.appid}\n${at}\n${sent}`), {
      key: keys.application_private_key,
      ...PSS,
    });
    const response = await fetch(`${harness.url}${PATH}?access_token=${app.token}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'Wechatmp-Appid': appid,
        'Wechatmp-TimeStamp': String(at),
        'Wechatmp-Signature': signature.toString('base64'),
      },
      body: sent,
    });
    const text = await response.text();
    return { headers: response.headers, text, answer: JSON.parse(text) as Record<string, unknown> };
  }

  it('off: in clear; optional: both ways; required: 40232 in clear', async () => {
    expect(await plainly()).toMatchObject({ errcode: 0 });
    await secure('optional');
    expect(await plainly()).toMatchObject({ errcode: 0 });
    await secure('required');
    expect(await plainly()).toMatchObject({ errcode: 40232 });
    expect(await app.get('/wxa/getversioninfo')).not.toMatchObject({ errcode: 40232 });
  });

  it('an answer is encrypted and signed by the certificate of the console, and by the one before while they change', async () => {
    const first = await secure('required');
    const keys = await secure('required', true);
    const { headers, text, answer } = await sealed(keys);
    const at = headers.get('wechatmp-timestamp')!;
    const signed = Buffer.from(`${URL_PATH}\n${app.appid}\n${at}\n${text}`);
    for (const [serial, signature, certificate, sn] of [
      ['wechatmp-serial', 'wechatmp-signature', keys.platform_certificate, keys.platform_sn],
      ['wechatmp-serial-deprecated', 'wechatmp-signature-deprecated', first.platform_certificate, first.platform_sn],
    ] as const) {
      expect(headers.get(serial)).toBe(sn);
      const key = { key: createPublicKey(certificate), ...PSS };
      expect(verify('sha256', signed, key, Buffer.from(headers.get(signature)!, 'base64'))).toBe(true);
    }
    const { iv, data, authtag } = answer as Record<string, string>;
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(keys.symmetric_key, 'base64'), Buffer.from(iv!, 'base64'));
    decipher.setAAD(Buffer.from(`${URL_PATH}|${app.appid}|${at}|${keys.symmetric_sn}`));
    decipher.setAuthTag(Buffer.from(authtag!, 'base64'));
    const plain = Buffer.concat([decipher.update(Buffer.from(data!, 'base64')), decipher.final()]).toString();
    expect(JSON.parse(plain)).toMatchObject({ errcode: 0, _appid: app.appid, _timestamp: Number(at) });
  });

  it('refuses by their codes: another appid, an old time, another key, another ciphertext', async () => {
    const keys = await secure('required');
    const errcode = async (more: Parameters<typeof sealed>[1], with_ = keys) => (await sealed(with_, more)).answer['errcode'];
    expect(await errcode({ appid: 'wx0000000000000000' })).toBe(40237);
    expect(await errcode({ at: Math.floor(Date.now() / 1_000) - 600 })).toBe(40240);
    expect(await errcode({ body: '{"iv":"AAAA","data":"AAAA","authtag":"AAAA"}' })).toBe(40235);
    const others = await secure('required');
    expect(await errcode({}, { ...keys, symmetric_key: others.symmetric_key })).toBe(40234);
  });
});
