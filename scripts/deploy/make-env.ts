import { randomBytes } from 'node:crypto';
import { keysFor, newEncryptionKeys } from '../lib/encryption-keys.ts';

/** Prints a fresh `.env` for docker-compose.yml: `node scripts/deploy/make-env.ts > .env`. Every call makes other secrets. */
const password = () => randomBytes(24).toString('base64url');
const root = password();
const keys = newEncryptionKeys('k1');
process.stdout.write(`# Made by scripts/deploy/make-env.ts. Keep it: without WXPLANE_ENCRYPTION_KEYS the secrets in the database cannot be read.
MARIADB_PASSWORD=${password()}
# Each app has an account of the database of its own, which migrations make.
MARIADB_ROOT_PASSWORD=${root}
MIGRATE_DATABASE_ACCOUNT=root:${root}
INGESTION_DATABASE_ACCOUNT=wxplane_ingestion:${password()}
BROKER_DATABASE_ACCOUNT=wxplane_broker:${password()}
RELEASE_DATABASE_ACCOUNT=wxplane_release:${password()}
CONSOLE_DATABASE_ACCOUNT=wxplane_console:${password()}
CLI_DATABASE_ACCOUNT=wxplane_cli:${password()}
RETENTION_DATABASE_ACCOUNT=wxplane_retention:${password()}
REDIS_PASSWORD=${password()}
# One key for each kind of secret: all of them for the command line, and for each app those that it needs.
WXPLANE_ENCRYPTION_KEYS=${keys}
INGESTION_ENCRYPTION_KEYS=${keysFor('ingestion', keys)}
BROKER_ENCRYPTION_KEYS=${keysFor('broker', keys)}
RELEASE_ENCRYPTION_KEYS=${keysFor('release', keys)}
# Nothing of an older release is here: see .env.example.
SECRETS_WRITE=v2
# Scheme and host where merchants open the launch page (授权发起页域名).
PUBLIC_BASE_URL=http://127.0.0.1:3002
`);
