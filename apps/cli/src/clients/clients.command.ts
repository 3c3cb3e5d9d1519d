import { Command, InvalidArgumentError, Option } from 'commander';
import type { EntityManager } from 'typeorm';
import {
  ClientStore,
  DomainError,
  endOf,
  NEW_CLIENT_RATE_PER_S,
  newClientOptions,
  POWERFUL_DAYS,
  SCOPES,
  type Scope,
} from '#base';
import { CallerEntity, ClientEntity, inTransaction } from '#persistence';
import { date, examples, list, rate, whole } from '../shell/arguments.js';
import { audit } from '../shell/audit.js';
import { confirm, yesOption } from '../shell/confirm.js';
import { withDatabase } from '../shell/database.js';
import { CliError, wrongUse } from '../shell/failure.js';
import { facts, localTime, show, table } from '../shell/output.js';
import { keepKey } from './key-file.js';

const DAY_S = 86_400;
const ONCE = 'The key is not shown again';

const keyFileOption = () => new Option('--key-file <path>', 'write the key to this new file (mode 0600) instead of printing it');

interface CreateOptions {
  readonly name: string;
  readonly scopes: Scope[];
  readonly authorizers?: string[];
  readonly components?: string[];
  readonly expires?: Date;
  readonly returnHosts?: string[];
  readonly rateLimit: number;
  readonly keyFile?: string;
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
    .option('--components <appids>', 'only these components, joined by commas (default: all)', list)
    .option(
      '--return-hosts <hosts>',
      'where its authorization links may lead back to, joined by commas; "*": any (default: nowhere)',
      list,
    )
    .option('--rate-limit <per second>', 'requests per second, averaged over ten seconds', rate, NEW_CLIENT_RATE_PER_S)
    .option(
      '--expires <date>',
      `ISO date or time after which the key is refused (default: never; of great power, such as admin: in ${POWERFUL_DAYS} days, at most)`,
      date,
    )
    .addOption(keyFileOption())
    .addHelpText('after', examples('clients create --name shop-backend --scopes authorizer-token,authorizers:read'))
    .action(create);
  clients
    .command('list')
    .description('all clients, without their keys')
    .addHelpText('after', examples('clients list'))
    .action(listAll);
  clients
    .command('show')
    .description('one client, without its key')
    .argument('<client_id>')
    .addHelpText('after', examples('clients show 0123456789abcdef'))
    .action(showOne);
  clients
    .command('rotate')
    .description('make a new key for a client and print it, once; the former one works on for the overlap')
    .argument('<client_id>')
    .option('--overlap <seconds>', 'how long the former key works on; 0: no longer', whole, DAY_S)
    .addOption(keyFileOption())
    .addHelpText('after', examples('clients rotate 0123456789abcdef', 'clients rotate 0123456789abcdef --overlap 0'))
    .action(rotate);
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
  checkEnd(options);
  const { made, shown } = await keepKey(options.keyFile, () =>
    together(async (db) => {
      const created = await new ClientStore(db).create({
        name: options.name,
        scopes: options.scopes,
        authorizers: options.authorizers,
        options: newClientOptions({
          rate_limit_per_s: options.rateLimit,
          ...(options.components ? { components: options.components } : {}),
          ...(options.returnHosts ? { return_hosts: options.returnHosts } : {}),
        }),
        expiresAt: options.expires,
      });
      await audit(db, 'client.create', created.clientId);
      return created;
    }),
  );
  const expires = made.expiresAt?.toISOString() ?? null;
  show(options, { client_id: made.clientId, ...shown, expires_at: expires }, () =>
    [
      facts([['client', `${made.clientId} (${options.name})`], keyFact(shown), ['expires', localTime(expires ?? 'never')]]),
      `${ONCE}.\n`,
    ].join(''),
  );
}

async function listAll(options: { json?: boolean }): Promise<void> {
  const { rows, used } = await withDatabase(async (dataSource) => ({
    rows: await dataSource.getRepository(ClientEntity).find({ order: { createdAt: 'ASC' } }),
    used: await lastUses(dataSource),
  }));
  const items = rows.map((row) => describe(row, used.get(row.clientId)));
  show(options, { items }, () =>
    table(
      ['client', 'state', 'last used', 'name', 'scopes'],
      items.map((item) => [
        item.client_id,
        stateOf(item),
        localTime(item.last_used_at ?? 'never'),
        item.name,
        item.scopes.join(','),
      ]),
      'no clients yet: make one with "clients create"',
    ),
  );
}

async function showOne(clientId: string, options: { json?: boolean }): Promise<void> {
  const client = await withDatabase(async (dataSource) =>
    describe(await find(dataSource, clientId), (await lastUses(dataSource)).get(clientId)),
  );
  show(options, client, () =>
    facts([
      ['client', `${client.client_id} (${client.name})`],
      ['state', stateOf(client)],
      ['scopes', client.scopes.join(', ')],
      ['authorizers', client.authorizers?.join(', ') ?? 'all'],
      ['components', client.components?.join(', ') ?? 'all'],
      ['returns to', client.return_hosts?.join(', ') ?? 'where RETURN_HOSTS of the broker says'],
      ['expires', localTime(client.expires_at ?? 'never')],
      ['last used', localTime(client.last_used_at ?? 'never')],
      ['former key works until', client.former_key_until],
      ['created', localTime(client.created_at)],
    ]),
  );
}

async function rotate(clientId: string, options: { overlap: number; keyFile?: string; json?: boolean }): Promise<void> {
  const { made, shown } = await keepKey(options.keyFile, () =>
    together(async (db) => {
      const client = await find(db, clientId);
      if (client.revokedAt)
        throw new CliError(`client ${clientId} is revoked`, { remedy: 'Make a new one with "clients create".' });
      const rotated = await new ClientStore(db).rotate(client, options.overlap);
      if (!rotated)
        throw new CliError(`client ${clientId} was revoked or got another key at the same moment`, {
          remedy: `Look at it with "clients show ${clientId}".`,
        });
      await audit(db, 'client.rotate', clientId);
      return rotated;
    }),
  );
  const until = made.formerUntil;
  show(options, { client_id: clientId, ...shown, former_key_until: until?.toISOString() ?? null }, () =>
    [
      facts([['client', clientId], keyFact(shown)]),
      `${ONCE}; every replica knows it within ten seconds. The former one works ${until ? `until ${until.toISOString()}` : 'no longer'}.\n`,
    ].join(''),
  );
}

const keyFact = (shown: { key: string } | { key_file: string }): [string, string] =>
  'key' in shown ? ['key', shown.key] : ['key in', shown.key_file];

/** A change and its audit entry are there together or not at all: a key that was not shown must not count. */
const together = <T>(work: (db: EntityManager) => Promise<T>): Promise<T> =>
  withDatabase((dataSource) => inTransaction(dataSource, work));

/** @throws CliError when there is none */
async function find(db: Pick<EntityManager, 'getRepository'>, clientId: string): Promise<ClientEntity> {
  const client = await db.getRepository(ClientEntity).findOneBy({ clientId });
  if (!client) throw unknownClient(clientId);
  return client;
}

const unknownClient = (clientId: string) =>
  new CliError(`there is no client ${clientId}`, { remedy: '"clients list" shows them all.' });

/** In which hour each was last here. */
async function lastUses(db: Pick<EntityManager, 'getRepository'>): Promise<ReadonlyMap<string, Date>> {
  const rows = await db.getRepository(CallerEntity).find();
  return new Map(rows.map(({ callerId, lastUsedAt }) => [callerId, lastUsedAt]));
}

/** @throws CliError wrong use: a key of great power would live too long */
function checkEnd({ scopes, expires }: CreateOptions): void {
  try {
    endOf(scopes, expires);
  } catch (error) {
    if (error instanceof DomainError) throw wrongUse(`--expires: ${error.detail}`);
    throw error;
  }
}

const describe = (row: ClientEntity, lastUsedAt: Date | undefined) => ({
  client_id: row.clientId,
  name: row.name,
  scopes: row.scopes,
  authorizers: row.authorizers,
  components: row.options?.components ?? null,
  return_hosts: row.options?.return_hosts ?? null,
  last_used_at: lastUsedAt?.toISOString() ?? null,
  expires_at: row.expiresAt?.toISOString() ?? null,
  former_key_until: row.previousExpiresAt && row.previousExpiresAt > new Date() ? row.previousExpiresAt.toISOString() : null,
  revoked_at: row.revokedAt?.toISOString() ?? null,
  created_at: row.createdAt.toISOString(),
});

function stateOf({ revoked_at, expires_at }: ReturnType<typeof describe>): string {
  if (revoked_at) return 'revoked';
  return expires_at && expires_at <= new Date().toISOString() ? 'expired' : 'live';
}

async function revoke(clientId: string, options: { json?: boolean; yes?: boolean }): Promise<void> {
  await confirm(options, `Refuse the key of client ${clientId} from now on?`);
  const now = new Date();
  const revoked = await together(async (db) => {
    if (!(await new ClientStore(db).change(clientId, { revokedAt: now }))) return false;
    await audit(db, 'client.revoke', clientId);
    return true;
  });
  if (!revoked) throw unknownClient(clientId);
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
