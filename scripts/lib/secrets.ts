import { createHash, generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DatabaseAccounts, newAccounts } from './accounts.ts';
import { newEncryptionKeys } from './encryption-keys.ts';

/** A component as the sandbox and the apps are told of it: the same values on both sides. */
export interface ComponentSecrets {
  readonly component_appid: string;
  readonly component_appsecret: string;
  readonly push_token: string;
  readonly encoding_aes_key: string;
}

/** Everything secret that a local run needs; random, made once per checkout. */
export interface DevSecrets {
  readonly component: ComponentSecrets;
  /** Of all apps: see encryption-keys.ts. A file of an earlier start has one for everything. */
  readonly encryption_keys: string;
  /** Keys of clients by name; they hold for the database they were made in and are made again when refused. */
  readonly client_keys: Record<string, string>;
  /** What the keys of clients were made for; a file of an earlier start has none. */
  client_scopes?: string;
  /** Opens the pages of the queues; a file of an earlier start has none. */
  readonly management_admin_key?: string;
  /** Of the apps, in a database of our own; a file of an earlier start has none. */
  readonly database_accounts?: DatabaseAccounts;
  /** Signs the broker's checkpoints of the audit log: Ed25519 as PEM; a file of an earlier start has none. */
  readonly audit_signing_key?: string;
  /** Signs who acts at the console: Ed25519 as PEM; a file of an earlier start has none. */
  readonly console_signing_key?: string;
}

export function newDevSecrets(): DevSecrets {
  return {
    component: {
      component_appid: newAppid(),
      component_appsecret: randomBytes(16).toString('hex'),
      push_token: randomText(24),
      encoding_aes_key: randomText(43),
    },
    encryption_keys: newEncryptionKeys(`local-${randomBytes(3).toString('hex')}`),
    client_keys: {},
    audit_signing_key: newSigningKey(),
    console_signing_key: newSigningKey(),
  };
}

const newSigningKey = (): string => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

/** `wx` and 16 hexadecimal digits, the form of an appid. */
export function newAppid(): string {
  return `wx${randomBytes(8).toString('hex')}`;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** Reads the file, or makes it; only its owner may read it. */
export function loadDevSecrets(file: string): DevSecrets {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return complete(file, newDevSecrets());
  }
  chmodSync(file, 0o600);
  const secrets = JSON.parse(text) as DevSecrets;
  const { management_admin_key, database_accounts, audit_signing_key, console_signing_key } = secrets;
  const whole = management_admin_key && database_accounts?.console && audit_signing_key && console_signing_key;
  return whole ? secrets : complete(file, secrets);
}

function complete(file: string, secrets: DevSecrets): DevSecrets {
  const whole = {
    management_admin_key: randomText(32),
    audit_signing_key: newSigningKey(),
    console_signing_key: newSigningKey(),
    ...secrets,
    // A file of an earlier start may lack one of an app that is newer.
    database_accounts: { ...newAccounts('wxplane'), ...secrets.database_accounts },
  };
  saveDevSecrets(file, whole);
  return whole;
}

export function saveDevSecrets(file: string, secrets: DevSecrets): void {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.new`;
  writeFileSync(fresh, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}

/** What may be shown of a secret: enough to recognise it, too little to use it. */
export function masked(secret: string): string {
  const fingerprint = createHash('sha256').update(secret).digest('hex').slice(0, 6);
  const head = secret.startsWith('ticket@@@') ? 'ticket@@@' : secret.slice(0, secret.length >= 32 ? 4 : 0);
  return `${head}${'•'.repeat(6)} (${secret.length} characters, sha256 ${fingerprint}…)`;
}
