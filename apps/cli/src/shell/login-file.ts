import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LoginConfig } from './cli.config.js';
import { configured } from './environment.js';

/** Who has logged in on this machine, and the token that shows it. */
export interface Login {
  readonly issuer: string;
  readonly client_id: string;
  readonly subject: string;
  readonly name: string;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

/** A little before the end: the request has its way to go. */
const MARGIN_MS = 10_000;

export const loginPath = (): string =>
  join(configured(LoginConfig).XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'wxplane', 'login.json');

/** @returns `undefined`: nobody has, or the file is none */
export function readLogin(path = loginPath()): Login | undefined {
  try {
    const login = JSON.parse(readFileSync(path, 'utf8')) as Login;
    return typeof login.token === 'string' && typeof login.expires_at === 'number' ? login : undefined;
  } catch {
    return undefined;
  }
}

export const isOver = ({ expires_at }: Login): boolean => expires_at - MARGIN_MS <= Date.now();

/** For its owner's eyes, also when it was there before with other rights. */
export function writeLogin(login: Login, path = loginPath()): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(login)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
}

/** @returns whether there was one */
export function forgetLogin(path = loginPath()): boolean {
  const there = readLogin(path) !== undefined;
  rmSync(path, { force: true });
  return there;
}
