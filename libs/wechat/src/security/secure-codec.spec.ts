import { constants, createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ApiSecurityError, type ApiSecurityKeys, openAnswer, sealRequest, toSign } from './secure-codec.js';
import { isSecured, signedUrl } from './secured-apis.js';

/** WeChat's published vector (fleet-duties.md §7.1). */
const APPID = 'wxba6223c06417af7b';
const URL_PATH = 'https://api.weixin.qq.com/wxa/getuserriskrank';
const SENT_AT = 1_635_927_954;
const ANSWERED_AT = 1_635_927_956;
const PLAIN =
  '{"_n":"o89QaPVsRu1yppIZzvSZc4","_appid":"wxba6223c06417af7b","_timestamp":1635927954,"appid":"wxba6223c06417af7b","openid":"oEWzBfmdLqhFS2mTXCo2E4Y9gJAM","scene":0,"client_ip":"127.0.0.1"}';
const BODY =
  '{"iv":"fmW/zNxXlytUZBgj","data":"0IDVdrPtSPF/Oe2CTXCV2vVNPbVJdJlP2WaTMQnoYLh5iCrrSNfQFh25EnStDMf0hLlVNBCZQtf9NaV0m4aRA4AAYIO7oR/Ge+4yY4EmZp5EVPB42xjScgMx5X3D4VdLCfynXIUKUtZHZvk1zmLVE3RauzJgiM1BB1CPmwcENo3MTJ0z8Vfkf5tMv54kOXobDLlV5rfqKdAX7gM/rP82DgZdt9vvZX44ipdbHIjJvw83ZXAFtvftdVw2Qd8=","authtag":"5qeM/2vZv+6KtScN94IpMg=="}';
const SIGNATURE =
  'wcSSWHZunjz9VKl9q+If9deiyECXDAELfAJNZ4+5T+NhFr8zfhkwdQtlgQ7nN5xs99R57La9UjBTRBGge2KYyshWtw7HIMPAqWNsnpHvx0b2f7s6Bt7OpfOQLlIfNgepgTVmUwrqW8/7A12szj7tCe/bRFilwnaX6N0w4duHlfL7ic7IIZXouvy9dLRAa5GtEk1eD/LPWRiKh0SvJ3znPY/pSiQW9zSkXVdj9UGGM8qcKLzPGJ7gSmt3ZOPkFapk9wqFmhJwQj//xN5+hUlr2UiNPMNSHve5Y2ADLsNHqk5t7RfAZ8nW9/8lzhVt4t+toy1FeehxCGIC8qgmjIl1hg==';
const ANSWER =
  '{"iv":"r2WDQt56rEAmMuoR","data":"HExs66Ik3el+iM4IpeQ7SMEN934FRLFYOd3EmeaIrpP4EPTHckoco6O+PaoRZRa3lqaPRZT7r52f7LUok6gLxc6cdR8C4vpIIfh4xfLC4L7FNy9GbuMK1hcoi8b7gkWJcwZMkuCFNEDmqn3T49oWzAQOrY4LZnnnykv6oUJotdAsnKvmoJkLK7hRh7M2B1d2UnTnRuoIyarXc5Iojwoghx4BOvnV","authtag":"z2BFD8QctKXTuBlhICGOjQ=="}';
const ANSWER_PLAIN =
  '{"_n":"ShYZpqdVgY+yQVAxNSWhYg","_appid":"wxba6223c06417af7b","_timestamp":1635927956,"errcode":0,"errmsg":"getuserriskrank succ","risk_rank":0,"unoin_id":2258658297}';
const ANSWER_SIGNATURE =
  'Ht0VfQkkEweJ4hU266C14Aj64H9AXfkwNi5zxUZETCvR2svU1ZYdosDhFX/voLj1TyszqKsVxAlENGt7PPZZ8RQX7jnA4SKhiPUhW4LTbyTenisHJ+ohSfDjYnXavjQsBHspFS+BlPHuSSJ2xyQzw1+HuC6nid09ZL4FnGSYo4OI5MJrSb9xLzIVZMIDuUQchGKi/KaB1KzxECLEZcfjqbAgmxC7qOmuBLyO1WkHYDM95NJrHJWba5xv4wrwPru9yYTJSNRnlM+zrW5w9pOubC4Jtj3szTAEuOz9AcqUmgaAvMLNAIa8hfODLRe3n/cu4SgYlN/ZkNRU4QXVNbPGMg==';
const pem = (spki: string) => `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----`;
const APPLICATION = pem(
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3FoQOmOl5/CF5hF7ta4EzCy2LaU3Eu2k9DBwQ73J82I53Sx9LAgM1DH3IsYohRRx/BESfbdDI2powvr6QYKVIC+4Yavwg7gzhZRxWWmT1HruEADCZAgkUCu+9Il/9FPuitPSoIpBd07NqdkkRe82NBOfrKTdhge/5zd457fl7J81Q5VTIxO8vvq7FSw7k6Jtv+eOjR6SZOWbbUO7f9r4UuUkXmvdGv21qiqtaO1EMw4tUCELzY73M7NpCH3RorlommYX3P6q0VrkDHrCE0/QMhmHsF+46E+IRcJ3wtEj3p/mO1VoCpEhawC1U728ZUTwWNEii8hPEhcNAZTKaQMaTQIDAQAB',
);
const PLATFORM = pem(
  'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzkP2qWQKaTWSvcWkXR72lzeQay/PlEDT9hGfL3E8ojJXZRUwNm9FD6YMeyJBAUTp62DjnsoVhLFMMq0i1t2XqElBUZ4C+DSao9gT1KQdEZN8v8CddFsoEbYYLY5xo9ICmuws56uyNrLaZ772kXxUfJtXxqjHvwA2xTvkb847dXWIQTSzk+aCWqTwMSLD2AH90YnOw19fDO/InKJQ/1m6Nh7HKOxL79kZ1I5SSov+2H7XrIePxqVx3KBrpgZ9YQPJaS3+L8HbxzDHifPCTzGCu6uJ89ou4yTT73AlAsJ8Cf9/vPIesLw9wPVe+9G31UE0wEBJezfvXQ4PLJV/aWQyCQIDAQAB',
);

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const pss = (key: string, text: string, signature: string) =>
  verify(
    'sha256',
    Buffer.from(text),
    { key: createPublicKey(key), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    Buffer.from(signature, 'base64'),
  );
const own = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const KEYS: ApiSecurityKeys = {
  appid: APPID,
  symmetric: { sn: 'fa05fe1e5bcc79b81ad5ad4b58acf787', key: 'otUpngOjU+nVQaWJIC3D/yMLV17RKaP6t4Ot9tbnzLY=' },
  application: { sn: '97845f6ed842ea860df6fdf65941ff56', private_key: own.privateKey },
  platform: [{ sn: '79ba700ea147819f640941bceb38b1d1', certificate: PLATFORM }],
};
const HEADERS = {
  'wechatmp-appid': APPID,
  'wechatmp-timestamp': String(ANSWERED_AT),
  'wechatmp-serial': '79ba700ea147819f640941bceb38b1d1',
  'wechatmp-signature': ANSWER_SIGNATURE,
};

describe('API security', () => {
  it('encrypts the published request to the published body, and signs the published text', () => {
    const { body, headers } = sealRequest(KEYS, URL_PATH, {}, SENT_AT, {
      iv: Buffer.from('fmW/zNxXlytUZBgj', 'base64'),
      plain: PLAIN,
    });
    expect(body).toBe(BODY);
    const text = toSign(URL_PATH, APPID, SENT_AT, BODY);
    expect(sha256(text)).toBe('478d8b106b2fb0a9dcceaf58cd637f51e206fc7685ffcaca57e23205388c1e3b');
    expect(pss(APPLICATION, text, SIGNATURE)).toBe(true);
    expect(pss(own.publicKey, text, headers['wechatmp-signature']!)).toBe(true);
    expect(headers).toMatchObject({ 'wechatmp-appid': APPID, 'wechatmp-timestamp': String(SENT_AT) });
  });

  it('verifies the published answer, and decrypts it', () => {
    expect(sha256(toSign(URL_PATH, APPID, ANSWERED_AT, ANSWER))).toBe(
      'f797cafd9e323df336fb427569fbe67e20d5bc96dd68a3f54d66b54e6e08bb27',
    );
    expect(openAnswer(KEYS, URL_PATH, HEADERS, ANSWER, ANSWERED_AT + 300)).toBe(ANSWER_PLAIN);
    const renewed = {
      ...HEADERS,
      ...{ 'wechatmp-serial': 'new', 'wechatmp-signature': 'bm90aGluZw==' },
      'wechatmp-serial-deprecated': HEADERS['wechatmp-serial'],
      'wechatmp-signature-deprecated': ANSWER_SIGNATURE,
    };
    expect(openAnswer(KEYS, URL_PATH, renewed, ANSWER, ANSWERED_AT)).toBe(ANSWER_PLAIN);
  });

  it('adds what every request has, each time with other random bytes', () => {
    const sealed = () => sealRequest(KEYS, URL_PATH, { openid: 'o1' }, SENT_AT);
    expect(sealed().body).not.toBe(sealed().body);
  });

  it.each([
    ['is not signed', {}, ANSWER, ANSWERED_AT],
    ['is of another account', { ...HEADERS, 'wechatmp-appid': 'wx1' }, ANSWER, ANSWERED_AT],
    ['is too old', HEADERS, ANSWER, ANSWERED_AT + 301],
    ['was changed', HEADERS, ANSWER.replace('HEx', 'HEy'), ANSWERED_AT],
    ['is signed by an unknown certificate', { ...HEADERS, 'wechatmp-serial': 'other' }, ANSWER, ANSWERED_AT],
  ])('refuses an answer that %s', (_, headers, body, now) => {
    expect(() => openAnswer(KEYS, URL_PATH, headers, body, now)).toThrow(ApiSecurityError);
  });

  it('takes a refusal in clear as it is', () => {
    const refusal = '{"errcode":40234,"errmsg":"invalid signature"}';
    expect(openAnswer(KEYS, URL_PATH, {}, refusal, ANSWERED_AT)).toBe(refusal);
  });

  it('knows which calls take part, and what is signed for them', () => {
    expect(['/wxa/getwxacode', '/datacube/getx', '/cgi-bin/clear_quota'].every(isSecured)).toBe(true);
    expect(['/wxa/commit', '/wxa/getwxacodes', '/cgi-bin/clear_quotas'].some(isSecured)).toBe(false);
    expect(signedUrl('http://127.0.0.1:1', '/a')).toBe('https://api.weixin.qq.com/a');
    expect(signedUrl('https://sh.api.weixin.qq.com/', '/a')).toBe('https://sh.api.weixin.qq.com/a');
  });
});
