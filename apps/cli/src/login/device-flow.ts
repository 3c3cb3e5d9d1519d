import { setTimeout as sleep } from 'node:timers/promises';
import { fetch } from 'undici';
import { isLocal } from '#base';
import { CliError } from '../shell/failure.js';
import type { Login } from '../shell/login-file.js';

const TIMEOUT_MS = 15_000;
/** RFC 8628 says five where the issuer says nothing, and five more at `slow_down`. */
const INTERVAL_S = 5;

export interface LoginSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  /** Which of the tokens is sent to the apps. */
  readonly send: 'access' | 'id';
}

interface Started {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete?: string;
  readonly expires_in: number;
  readonly interval?: number;
}

type Answer = Readonly<Record<string, unknown>>;

/**
 * Logs a person in by a browser that need not be on this machine (RFC 8628).
 * @param show tells where to go and what to type there
 * @throws CliError
 */
export async function logIn(
  { issuer, clientId, scope, send }: LoginSettings,
  show: (started: Started) => void,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<Login> {
  const found = (await ask(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)).answer;
  if (found['issuer'] !== issuer)
    throw new CliError(`the issuer calls itself ${String(found['issuer'])}, not ${issuer}`, {
      remedy: 'Set WXPLANE_LOGIN_ISSUER to exactly what it says, its last slash included.',
    });
  const { device_authorization_endpoint: device, token_endpoint: endpoint } = found;
  if (typeof device !== 'string' || typeof endpoint !== 'string')
    throw new CliError('the issuer offers no login by device', {
      remedy: 'Switch its device authorization grant on for this client.',
    });
  const begun = await ask(device, { client_id: clientId, scope });
  if (!begun.ok) throw refused(begun.answer);
  const started = begun.answer as unknown as Started;
  show(started);
  const until = Date.now() + started.expires_in * 1_000;
  let intervalS = started.interval ?? INTERVAL_S;
  while (Date.now() < until) {
    await pause(intervalS * 1_000);
    const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: started.device_code };
    const { ok, answer } = await ask(endpoint, { ...grant, client_id: clientId });
    if (ok) return loginOf(issuer, clientId, answer[`${send}_token`]);
    if (answer['error'] === 'slow_down') intervalS += INTERVAL_S;
    else if (answer['error'] !== 'authorization_pending') throw refused(answer);
  }
  throw new CliError('nobody has confirmed the login in time', { remedy: 'Run "wxplane login" again.' });
}

/** What the token says of itself: the apps check it; here it is only shown. */
function loginOf(issuer: string, clientId: string, token: unknown): Login {
  try {
    const claims = JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString('utf8')) as Answer;
    const { sub, exp, email, preferred_username: username } = claims;
    if (typeof token === 'string' && typeof sub === 'string' && typeof exp === 'number') {
      const name = [email, username, sub].find((text) => typeof text === 'string') as string;
      return { issuer, client_id: clientId, subject: sub, name, token, expires_at: exp * 1_000 };
    }
  } catch {
    // No JWT.
  }
  throw new CliError('the issuer gave no token that can be sent to the apps', {
    remedy: 'WXPLANE_LOGIN_TOKEN=id sends the other one; docs/operations.md says how an issuer is set up.',
  });
}

async function ask(url: string, form?: Readonly<Record<string, string>>): Promise<{ ok: boolean; answer: Answer }> {
  if (!URL.canParse(url) || (new URL(url).protocol !== 'https:' && !isLocal(new URL(url))))
    throw new CliError(`${url} is not https`, { remedy: 'Whoever listens on the way could log in instead.' });
  try {
    const response = await fetch(url, {
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { ok: response.ok, answer: (await response.json()) as Answer };
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    throw new CliError(`${new URL(url).origin} does not answer (${cause?.code ?? (error as Error).name})`);
  }
}

const refused = ({ error, error_description: why }: Answer) =>
  new CliError(`the issuer refused the login: ${String(error ?? 'no reason')}${why ? ` (${String(why)})` : ''}`);
