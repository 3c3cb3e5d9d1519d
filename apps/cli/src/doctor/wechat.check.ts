import type { DataSource } from 'typeorm';
import { request } from 'undici';
import type { Component } from '#base';
import { BINDINGS, type SecretBox } from '#persistence';
import { describeErrcode, ERRCODE, WechatApi, WechatApiError } from '#wechat';
import type { DoctorConfig } from '../shell/cli.config.js';
import { compareClocks } from './clock.domain.js';
import { type Finding, fail, LASTING, ok, warn } from './finding.js';

const AREA = 'wechat';
const TIMEOUT_MS = 8_000;
/** Of a call that sends the AppSecret and no token. */
const WRONG_SECRET: ReadonlySet<number> = new Set([
  ERRCODE.INVALID_CREDENTIAL,
  ERRCODE.INVALID_APP_SECRET,
  ERRCODE.APP_SECRET_MISSING,
]);

/** Whether WeChat answers at all, and what its clock shows. Sends nothing that counts. */
export async function checkReach(config: DoctorConfig): Promise<Finding[]> {
  // The base may have a path of its own, such as that of a gateway.
  const url = new URL(`${config.WECHAT_API_BASE_URL.replace(/\/+$/, '')}/cgi-bin/getcallbackip`);
  const askedAt = Date.now();
  let date: string;
  try {
    const { statusCode, headers, body } = await request(url, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    const text = await body.text();
    if (!isWechat(statusCode, text))
      return [
        fail(
          AREA,
          `${url.origin}${url.pathname} answers HTTP ${statusCode}, and not as WeChat's API does`,
          'Is WECHAT_API_BASE_URL right, its path included? A gateway, a proxy or a login page may answer in its place.',
        ),
      ];
    date = String(headers['date'] ?? '');
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    return [
      fail(
        AREA,
        `${url.host} cannot be reached (${code ?? name})`,
        'Look at the outgoing network: DNS, NAT gateway, the NetworkPolicy, a proxy.',
      ),
    ];
  }
  const findings = [ok(AREA, `${url.host} answers in ${Date.now() - askedAt} ms`)];
  const theirs = Date.parse(date);
  if (!Number.isNaN(theirs)) findings.push(compareClocks('WeChat’s clock', theirs, askedAt, Date.now(), 1_000));
  return findings;
}

/** Without a token it refuses, with 200 and a number of its own. */
export function isWechat(status: number, text: string): boolean {
  if (status !== 200) return false;
  try {
    const answer = JSON.parse(text) as { errcode?: unknown; ip_list?: unknown } | null;
    return typeof answer?.errcode === 'number' || Array.isArray(answer?.ip_list);
  } catch {
    return false;
  }
}

/** Whoever sets a proxy expects it to be used. @param env of this process; the apps' is most likely the same */
export function checkProxy(env: Readonly<Record<string, string | undefined>>): Finding[] {
  const name = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].find((key) => env[key]);
  if (!name) return [];
  return [
    warn(
      'egress',
      `${name} is set, and the apps do not use it: WeChat and subscribers are called directly`,
      'Let the network route them (NAT with a fixed address); or name a gateway that forwards to WeChat in WECHAT_API_BASE_URL.',
    ),
  ];
}

/** The address that the internet sees us under, if somebody was named who tells. */
export async function checkEgress(config: DoctorConfig): Promise<Finding[]> {
  if (!config.EGRESS_ECHO_URL) return [];
  try {
    const { address, statusCode } = await askEgress(config.EGRESS_ECHO_URL);
    if (address) return [ok('egress', `our address is ${address}; it must be on the IP whitelist`)];
    return [
      warn(
        'egress',
        `EGRESS_ECHO_URL answered HTTP ${statusCode} without an address`,
        'Name a service that answers the caller’s address as text.',
      ),
    ];
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    return [warn('egress', `EGRESS_ECHO_URL cannot be reached (${code ?? name})`, 'Name another service, or leave it out.')];
  }
}

async function askEgress(url: string): Promise<{ address: string | undefined; statusCode: number }> {
  const { body, statusCode } = await request(url, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  const text = await body.text();
  return { statusCode, address: statusCode === 200 ? addressIn(text) : undefined };
}

/** The same, as an address; undefined: nobody tells. */
export async function egressAddress({ EGRESS_ECHO_URL }: Pick<DoctorConfig, 'EGRESS_ECHO_URL'>): Promise<string | undefined> {
  return EGRESS_ECHO_URL ? (await askEgress(EGRESS_ECHO_URL).catch(() => undefined))?.address : undefined;
}

/** Secret, token and whitelist of one component, by a call that changes nothing. */
export async function checkComponent(
  config: DoctorConfig,
  component: Component,
  db: DataSource,
  box: SecretBox,
): Promise<Finding[]> {
  const { componentAppid } = component;
  const more = { component_appid: componentAppid };
  const stored = await readToken(db, box, componentAppid);
  const wechat = new WechatApi({ apiBaseUrl: config.WECHAT_API_BASE_URL, timeoutMs: TIMEOUT_MS });
  try {
    if (stored.token) {
      await wechat.diagnosis.getCallbackIps(stored.token, { componentAppid });
      return [ok(AREA, 'takes our address and the component token', more)];
    }
    if (component.appSecret === '')
      return [ok(AREA, 'the AppSecret is not in this tool’s components file, so it was not tried', more)];
    // Starts what runs already, and needs appid and secret alone.
    await wechat.component.apiStartPushTicket({ component_appid: componentAppid, component_secret: component.appSecret });
    if (stored.failure)
      return [
        isListing(stored.failure.errcode)
          ? notListed(stored.failure.errmsg ?? '', componentAppid)
          : warn(
              AREA,
              `takes the AppSecret, and refused the last component token: ${describe(stored.failure)}`,
              'The broker tries again by itself; look at the ticket.',
              more,
            ),
      ];
    return [ok(AREA, 'takes the AppSecret; no component token lives yet, the first reader makes one', more)];
  } catch (error) {
    if (!(error instanceof WechatApiError)) throw error;
    if (isListing(error.errcode)) return [notListed(error.errmsg, componentAppid)];
    if (stored.token && error.refusal?.tokenRefused)
      return [
        warn(
          AREA,
          `refuses the stored component token (${error.errcode})`,
          'The broker replaces it at the next refusal. Again and again: somebody else refreshes it with the same secret.',
          more,
        ),
      ];
    if (!stored.token && WRONG_SECRET.has(error.errcode ?? 0))
      return [
        fail(
          AREA,
          `refuses the AppSecret (${error.errcode})`,
          'It was reset in the console: put the new one into components.json.',
          { ...more, ...LASTING },
        ),
      ];
    return [fail(AREA, `${error.api}: ${describe(error)}`, error.remedy.en, more)];
  } finally {
    await wechat.close();
  }
}

const isListing = (errcode: number | undefined) => errcode !== undefined && describeErrcode(errcode).addressRefused;

const describe = ({ errcode, errmsg, rid }: { errcode?: number | undefined; errmsg?: string; rid?: string | undefined }) =>
  [errcode, errmsg, rid && !errmsg?.includes(rid) ? `rid ${rid}` : undefined].filter(Boolean).join(' ');

/** WeChat's refusal names the address it saw. */
function notListed(errmsg: string, component_appid: string): Finding {
  const address = addressIn(errmsg);
  return fail(
    'egress',
    `${address ? `our address ${address}` : 'our address'} is not on the IP whitelist`,
    `Enter ${address ?? 'it'} in the console (白名单IP地址列表) of this component, and release it if the console asks. It acts within minutes.`,
    { component_appid },
  );
}

export function addressIn(text: string): string | undefined {
  const v4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/.exec(text)?.[0];
  return v4 ?? /(?<![0-9a-f:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}/i.exec(text)?.[0];
}

interface StoredToken {
  readonly token?: string;
  readonly failure?: { readonly errcode?: number; readonly errmsg?: string; readonly rid?: string };
}

async function readToken(db: DataSource, box: SecretBox, component: string): Promise<StoredToken> {
  const [row] = await db.query(
    `SELECT access_token AS sealed, generation, expires_at > UTC_TIMESTAMP(3) AS live, failures, failure
       FROM f_wechat_accesstoken WHERE component_appid = ? AND authorizer_appid = '' AND kind = 'component'`,
    [component],
  );
  if (!row) return {};
  if (row.sealed && Number(row.live) === 1) {
    try {
      return { token: box.open(row.sealed, BINDINGS.accessToken(component, '', 'component', row.generation)) };
    } catch {
      // The keys are looked at elsewhere.
      return {};
    }
  }
  return Number(row.failures) > 0 && row.failure ? { failure: JSON.parse(row.failure) } : {};
}
