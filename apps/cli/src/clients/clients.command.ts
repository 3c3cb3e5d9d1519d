import { Command, InvalidArgumentError, Option } from 'commander';
import { ClientEntity } from '#persistence';
import { ClientStore, SCOPES, type Scope } from '#service';
import { withDatabase } from '../database.js';

interface CreateOptions {
  readonly name: string;
  readonly scopes: Scope[];
  readonly authorizers?: string[];
  readonly expires?: Date;
  readonly json?: boolean;
}

/** `wxplane clients …`: the keys of calling teams. The first admin key can only be made here. */
export function clientsCommand(): Command {
  const json = () => new Option('--json', 'print JSON instead of text');
  const clients = new Command('clients').description('keys of calling teams');
  clients
    .command('create')
    .description('make a client and print its key, once')
    .requiredOption('--name <name>', 'who calls, for example "shop-backend"')
    .requiredOption('--scopes <list>', `joined by commas: ${SCOPES.join(', ')}`, parseScopes)
    .option('--authorizers <appids>', 'only these authorizers, joined by commas (default: all)', parseList)
    .option('--expires <date>', 'ISO date or time after which the key is refused', parseDate)
    .addOption(json())
    .addHelpText(
      'after',
      '\nExample:\n  npm run wxplane -- clients create --name shop-backend --scopes authorizer-token,authorizers:read\n',
    )
    .action(create);
  clients.command('list').description('all clients, without their keys').addOption(json()).action(list);
  clients.command('revoke').description('refuse a key from now on').argument('<client_id>').addOption(json()).action(revoke);
  return clients;
}

async function create(options: CreateOptions): Promise<void> {
  const { clientId, key } = await withDatabase((dataSource) =>
    new ClientStore(dataSource).create({
      name: options.name,
      scopes: options.scopes,
      authorizers: options.authorizers,
      expiresAt: options.expires,
    }),
  );
  if (options.json) return print({ client_id: clientId, key });
  process.stdout.write(`client ${clientId} (${options.name})\nkey    ${key}\nThe key is not shown again.\n`);
}

async function list(options: { json?: boolean }): Promise<void> {
  const rows = await withDatabase((dataSource) => dataSource.getRepository(ClientEntity).find({ order: { createdAt: 'ASC' } }));
  const items = rows.map((row) => ({
    client_id: row.clientId,
    name: row.name,
    scopes: row.scopes,
    authorizers: row.authorizers,
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
  }));
  if (options.json) return print({ items });
  if (items.length === 0) process.stdout.write('no clients yet: make one with "clients create"\n');
  for (const item of items) {
    const state = item.revoked_at ? 'revoked' : 'live';
    process.stdout.write(`${item.client_id}  ${state.padEnd(7)}  ${item.name.padEnd(24)}  ${item.scopes.join(',')}\n`);
  }
}

async function revoke(clientId: string, options: { json?: boolean }): Promise<void> {
  const now = new Date();
  const affected = await withDatabase(async (dataSource) => {
    const result = await dataSource.getRepository(ClientEntity).update({ clientId }, { revokedAt: now, updatedAt: now });
    return result.affected ?? 0;
  });
  if (affected === 0) throw new Error(`there is no client ${clientId}`);
  if (options.json) return print({ client_id: clientId, revoked_at: now.toISOString() });
  process.stdout.write(`client ${clientId} is revoked; every replica knows within five seconds\n`);
}

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

function parseScopes(text: string): Scope[] {
  return parseList(text).map((scope) => {
    if ((SCOPES as readonly string[]).includes(scope)) return scope as Scope;
    throw new InvalidArgumentError(`"${scope}" is not a scope. There are: ${SCOPES.join(', ')}.`);
  });
}

function parseList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

function parseDate(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new InvalidArgumentError('is not an ISO date.');
  return date;
}
