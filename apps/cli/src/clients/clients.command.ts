import { Command, InvalidArgumentError } from 'commander';
import { ClientEntity } from '#persistence';
import { ClientStore, SCOPES, type Scope } from '#service';
import { withDatabase } from '../database.js';
import { date, examples, list } from '../shell/arguments.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { CliError } from '../shell/failure.js';
import { facts, show, table } from '../shell/output.js';

interface CreateOptions {
  readonly name: string;
  readonly scopes: Scope[];
  readonly authorizers?: string[];
  readonly expires?: Date;
  readonly json?: boolean;
}

/** `wxplane clients …`: the keys of calling teams. The first admin key can only be made here. */
export function clientsCommand(): Command {
  const clients = new Command('clients').description('keys of calling teams (reads the database)');
  clients
    .command('create')
    .description('make a client and print its key, once')
    .requiredOption('--name <name>', 'who calls, for example "shop-backend"')
    .requiredOption('--scopes <list>', `joined by commas: ${SCOPES.join(', ')}`, parseScopes)
    .option('--authorizers <appids>', 'only these authorizers, joined by commas (default: all)', list)
    .option('--expires <date>', 'ISO date or time after which the key is refused', date)
    .addHelpText('after', examples('clients create --name shop-backend --scopes authorizer-token,authorizers:read'))
    .action(create);
  clients
    .command('list')
    .description('all clients, without their keys')
    .addHelpText('after', examples('clients list'))
    .action(listAll);
  clients
    .command('revoke')
    .description('refuse a key from now on')
    .argument('<client_id>')
    .addOption(yesOption())
    .addHelpText('after', examples('clients revoke 0123456789abcdef --yes'))
    .action(revoke);
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
  show(options, { client_id: clientId, key }, () =>
    [
      facts([
        ['client', `${clientId} (${options.name})`],
        ['key', key],
      ]),
      'The key is not shown again.\n',
    ].join(''),
  );
}

async function listAll(options: { json?: boolean }): Promise<void> {
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
  const now = new Date().toISOString();
  const stateOf = (item: (typeof items)[number]) =>
    item.revoked_at ? 'revoked' : item.expires_at && item.expires_at <= now ? 'expired' : 'live';
  show(options, { items }, () =>
    table(
      ['client', 'state', 'name', 'scopes'],
      items.map((item) => [item.client_id, stateOf(item), item.name, item.scopes.join(',')]),
      'no clients yet: make one with "clients create"',
    ),
  );
}

async function revoke(clientId: string, options: { json?: boolean; yes?: boolean }): Promise<void> {
  await confirm(options, `Refuse the key of client ${clientId} from now on?`);
  const now = new Date();
  const affected = await withDatabase(async (dataSource) => {
    const result = await dataSource.getRepository(ClientEntity).update({ clientId }, { revokedAt: now, updatedAt: now });
    return result.affected ?? 0;
  });
  if (affected === 0) throw new CliError(`there is no client ${clientId}`, { remedy: '"clients list" shows them all.' });
  show(
    options,
    { client_id: clientId, revoked_at: now.toISOString() },
    `client ${clientId} is revoked; every replica knows within ten seconds\n`,
  );
}

function parseScopes(text: string): Scope[] {
  return list(text).map((scope) => {
    if ((SCOPES as readonly string[]).includes(scope)) return scope as Scope;
    throw new InvalidArgumentError(`"${scope}" is not a scope. There are: ${SCOPES.join(', ')}.`);
  });
}
