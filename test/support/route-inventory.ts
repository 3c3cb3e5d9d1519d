import { readFileSync, writeFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { ClientEntity } from '#persistence';
import {
  AccessLog,
  ClientStore,
  type Permission,
  permissionsOf,
  type RunningService,
  SCOPES,
  type Scope,
  scopesWith,
} from '#service';
import { type AppidMember, type ListedRoute, unchecked } from '../../libs/service/testing/inventory.js';
import { fill } from '../../libs/service/testing/routes.js';
import type { Document } from '../../scripts/lib/openapi-document.ts';
import { bodyLimitFaults } from './body-limits.js';
import { type Known, rightRequests, type SentRequest } from './route-refusals.js';

/** Why a route is open to a caller with another merchant or component. docs/routes.md says what each means. */
export const OPEN = ['own only', 'component’s', 'deployment’s', 'managers', 'component’s token'] as const;
export type Openness = (typeof OPEN)[number];
export type Boundary = 'merchant' | 'component';

/** The key of the management port, for the app that is asked. */
export const MANAGEMENT_KEY = 'the-key-of-the-management-port';

export interface Inventoried {
  readonly name: 'ingestion' | 'broker' | 'release';
  readonly service: RunningService;
  /** Of an account that may make clients and read the audit log. */
  readonly dataSource: DataSource;
  readonly routes: readonly ListedRoute[];
  readonly document: Document;
  /** Paths name what is another merchant's, and of the component. */
  readonly known: Known;
  readonly component: string;
  /** The merchant that limited callers may act for, and the one whose things paths name. */
  readonly mine: string;
  readonly other: string;
  /** By a route's title. */
  readonly open: Readonly<Record<Boundary, Readonly<Record<string, Openness>>>>;
}

/** Who asks. The last two come last, since what they ask for is done. */
const CALLERS = [
  'no key',
  'unknown key',
  'wrong role',
  'foreign merchant',
  'foreign component',
  'revoked',
  'expired',
  'too fast',
  'allowed',
] as const;
type Who = (typeof CALLERS)[number];
const DOING: readonly Who[] = ['too fast', 'allowed'];
/** What the table has a column for; all strangers are answered alike, and how fast is too fast depends on the machine. */
const SHOWN: readonly Who[] = ['allowed', 'no key', 'wrong role', 'foreign merchant', 'foreign component', 'revoked', 'expired'];

const FOREIGN: Partial<Record<Who, Boundary>> = { 'foreign merchant': 'merchant', 'foreign component': 'component' };
const STATUSES: Partial<Record<Who, number>> = {
  'no key': 401,
  'unknown key': 401,
  revoked: 401,
  expired: 401,
  'wrong role': 403,
};
/** Answers of the doors: each is an entry. */
const REFUSALS = [401, 403, 429];

/** Things that are somebody's, by the parameter that names them; with the id of one that is not there. */
const THINGS: Readonly<Record<string, string>> = {
  event_id: '999999999',
  delivery_id: '999999999',
  subscription_id: `sub_${'f'.repeat(20)}`,
  release_id: '999999999',
  client_id: 'f'.repeat(16),
  rollout_id: '999999999',
  sync_id: '999999999',
  link_id: 'f'.repeat(32),
  approval_id: 'r999999999',
};

interface Entry {
  readonly request_id: string;
  readonly outcome: string;
  readonly client_id: string | null;
  readonly actor_kind: string | null;
  readonly reason: string | null;
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly requestId: string;
}

interface Asked extends Reply {
  readonly route: ListedRoute;
  readonly who: Who;
  /** After a 404 of somebody's thing: what was said of it, and of one that is not there. */
  readonly said?: readonly [theirs: string, absent: string];
}

interface Judged extends Asked {
  readonly entries: readonly Entry[];
}

/**
 * Asks every route of a running app as every kind of caller, and looks up what each left in the audit log.
 * @returns the table, and what must not be whatever the committed one says
 */
export async function inventoryOf(one: Inventoried): Promise<{ readonly text: string; readonly faults: readonly string[] }> {
  const asking = new Asking(one, await Keys.make(one));
  const sizes = await asking.sizes();
  const asked = await asking.all();
  await one.service.app.get(AccessLog, { strict: false }).flush();
  const rows: Entry[] = await one.dataSource.query(
    'SELECT request_id, outcome, client_id, actor_kind, reason FROM f_wechat_accesslog WHERE request_id IS NOT NULL',
  );
  const judged = asked.map((each) => ({ ...each, entries: rows.filter((row) => row.request_id === each.requestId) }));
  return { text: tableOf(one, judged), faults: [...unchecked(one.routes), ...sizes, ...faultsOf(one, judged)] };
}

const fileOf = (app: string) => new URL(`../../openapi/${app}.routes.md`, import.meta.url);

/** The table as it is committed; written first when `npm run routes` asks for it. */
export function committedInventory(app: string, present: string): string {
  if (process.env['UPDATE_ROUTES'] === '1') writeFileSync(fileOf(app), present);
  return readFileSync(fileOf(app), 'utf8');
}

const titleOf = ({ method, path }: Pick<ListedRoute, 'method' | 'path'>) => `${method} ${path}`;

const leastWith = (permission: Permission): Scope =>
  [...scopesWith(permission)].sort((a, b) => permissionsOf([a]).size - permissionsOf([b]).size)[0]!;

/** A key of each kind of caller. */
class Keys {
  private readonly made = new Map<string, Promise<string>>();

  private constructor(
    private readonly clients: ClientStore,
    private readonly ended: Readonly<Partial<Record<Who, string>>>,
    private readonly mine: string,
  ) {}

  static async make({ dataSource, mine }: Inventoried): Promise<Keys> {
    const clients = new ClientStore(dataSource);
    const revoked = await clients.create({ name: 'revoked', scopes: SCOPES });
    await dataSource.getRepository(ClientEntity).update({ clientId: revoked.clientId }, { revokedAt: new Date() });
    const expired = await clients.create({ name: 'expired', scopes: SCOPES, expiresAt: new Date(0) });
    const ended = { revoked: revoked.key, expired: expired.key, 'unknown key': `wxp_${'0'.repeat(15)}1_${'0'.repeat(48)}` };
    return new Keys(clients, ended, mine);
  }

  /** @returns `undefined`: none */
  of(who: Who, permission: string): Promise<string | undefined> | string | undefined {
    const without = SCOPES.filter((scope) => !permissionsOf([scope]).has(permission as Permission));
    switch (who) {
      case 'wrong role':
        return this.once(`without ${permission}`, { scopes: without });
      // With the least of the roles that let it in: what others made is open to an administrator, and every merchant to who has the
      // component's token.
      case 'foreign merchant':
        return this.once(`${who} ${permission}`, { scopes: [leastWith(permission as Permission)], authorizers: [this.mine] });
      case 'foreign component':
        return this.once(who, { scopes: SCOPES, options: { components: ['wx00000000000000fc'] } });
      case 'too fast':
        return this.once(who, { scopes: SCOPES, options: { rate_limit_per_s: 0.001 } });
      case 'allowed':
        return this.once(who, { scopes: SCOPES });
      default:
        return this.ended[who];
    }
  }

  private once(name: string, request: Omit<Parameters<ClientStore['create']>[0], 'name'>): Promise<string> {
    const there = this.made.get(name) ?? this.clients.create({ name, ...request }).then(({ key }) => key);
    this.made.set(name, there);
    return there;
  }
}

/** Those that end what they are asked of, last. */
const ORDER = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'];

class Asking {
  private readonly requests: ReadonlyMap<string, SentRequest>;

  constructor(
    private readonly one: Inventoried,
    private readonly keys: Keys,
  ) {
    this.requests = new Map(
      rightRequests(one.document, one.known).map((request) => {
        const path = request.template.replace(/\{path\}$/, '*').replace(/\{(\w+)\}/g, ':$1');
        return [titleOf({ method: request.method, path }), request];
      }),
    );
  }

  async all(): Promise<Asked[]> {
    const asked: Asked[] = [];
    const ask = async (route: ListedRoute, who: Who) => {
      const one = await this.ask(route, who);
      if (one) asked.push(one);
    };
    for (const route of this.one.routes) for (const who of CALLERS) if (!DOING.includes(who)) await ask(route, who);
    const last = this.one.routes.toSorted((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method));
    for (const who of DOING) for (const route of last) await ask(route, who);
    return asked;
  }

  /** Nothing of it is done: each is refused for its size, or for what it is. */
  sizes(): Promise<string[]> {
    return bodyLimitFaults(this.one.service.httpPort, this.one.routes, async (route) => {
      const { path, contentType = 'application/json' } = this.requests.get(titleOf(route)) ?? { path: this.pathOf(route) };
      const key = route.permission === 'public' ? undefined : await this.keys.of('allowed', route.permission);
      return { method: route.method, path, contentType, authorization: key && `Bearer ${key}` };
    });
  }

  private async ask(route: ListedRoute, who: Who): Promise<Asked | undefined> {
    if (route.port === 'management') return this.askManagement(route, who);
    // Whoever comes there shows no key.
    if (route.permission === 'public' && who !== 'no key') return undefined;
    const right = this.requests.get(titleOf(route)) ?? { method: route.method, path: this.pathOf(route) };
    const boundary = FOREIGN[who];
    const request = boundary ? aboutAnother(route, right, boundary, this.one) : right;
    const key = await this.keys.of(who, route.permission);
    const reply = await this.send(request, key === undefined ? undefined : `Bearer ${key}`);
    const said = boundary && reply.status === 404 ? await this.saidOf(route, request, reply, `Bearer ${key}`) : undefined;
    return { route, who, ...reply, ...(said && { said }) };
  }

  /** What public paths name need not be there. */
  private pathOf({ path, permission }: ListedRoute): string {
    const { path: known } = this.one.known;
    return permission === 'public' ? path.replace(/:(\w+)/g, (_, name: string) => known[name] ?? 'x') : fill(path, known);
  }

  /** What an answer says, and what the same request about a thing that is not there is answered; but for what they name. */
  private async saidOf(
    { path }: ListedRoute,
    request: SentRequest,
    theirs: Reply,
    authorization: string,
  ): Promise<Asked['said']> {
    const name = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!).find((name) => name in THINGS);
    const id = name && this.one.known.path[name];
    if (!id) return undefined;
    const none = THINGS[name]!;
    const absent = await this.send({ ...request, path: request.path.replace(`/${id}`, `/${none}`) }, authorization);
    return [wordsOf(theirs, id), wordsOf(absent, none)];
  }

  private async askManagement(route: ListedRoute, who: Who): Promise<Asked | undefined> {
    const open = route.permission === 'public';
    if (who !== 'no key' && (open || (who !== 'unknown key' && who !== 'allowed'))) return undefined;
    const keys: Partial<Record<Who, string>> = { 'unknown key': 'admin:another', allowed: `admin:${MANAGEMENT_KEY}` };
    const key = keys[who];
    const request = { method: route.method, path: route.path.replace(/\*$/, '') };
    const credentials = key && `Basic ${Buffer.from(key).toString('base64')}`;
    return { route, who, ...(await this.send(request, credentials, this.one.service.managementPort)) };
  }

  private async send(
    { method, path, body, contentType = 'application/json' }: SentRequest,
    authorization: string | undefined,
    port = this.one.service.httpPort,
  ): Promise<Reply> {
    const base = `http://127.0.0.1:${port}`;
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        // Whatever changes a queue must come from the page itself.
        origin: base,
        ...(authorization === undefined ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': contentType }),
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
    });
    const isStream = /event-stream/.test(response.headers.get('content-type') ?? '');
    const text = isStream ? '' : await response.text();
    if (isStream) await response.body?.cancel();
    return { status: response.status, text, requestId: response.headers.get('x-request-id') ?? '' };
  }
}

/** With another's appid in each member that holds some and says that it is checked. */
function aboutAnother(
  route: ListedRoute,
  right: SentRequest,
  boundary: Boundary,
  { component, other }: Inventoried,
): SentRequest {
  const members = membersAbout(route, boundary).filter(({ check }) => !check?.startsWith('none'));
  const theirs = boundary === 'merchant' ? other : component;
  const target = new URL(right.path, 'http://app');
  const json = right.contentType?.includes('json') ? (JSON.parse(right.body ?? '{}') as Record<string, unknown>) : undefined;
  for (const { in: where, name } of members)
    if (where === 'query') target.searchParams.set(name, theirs);
    else if (json) put(json, name.split('.'), theirs);
  return { ...right, path: `${target.pathname}${target.search}`, body: json ? JSON.stringify(json) : right.body };
}

function put(json: Record<string, unknown>, [name = '', ...rest]: readonly string[], appid: string): void {
  if (rest.length === 0) json[name] = /_appid$/.test(name) ? appid : [appid];
  else {
    json[name] ??= {};
    put(json[name] as Record<string, unknown>, rest, appid);
  }
}

const membersAbout = ({ appids }: ListedRoute, boundary: Boundary): AppidMember[] =>
  appids.filter(({ name }) => /component/.test(name) === (boundary === 'component'));

/** What a problem says, but for the id that was asked for. */
function wordsOf({ status, text }: Reply, id: string): string {
  const { type, detail = '' } = JSON.parse(text || '{}') as { type?: string; detail?: string };
  return `${status} ${type} ${detail.replaceAll(id, '…')}`;
}

/** What is wrong whatever the committed table says; each says what to do. */
function faultsOf(one: Inventoried, judged: readonly Judged[]): string[] {
  const spec = `apps/${one.name}/src/routes.int-spec.ts`;
  const of = (route: ListedRoute, who: Who) => judged.find((each) => each.route === route && each.who === who);
  const boundaries = one.routes.flatMap((route) =>
    (['merchant', 'component'] as const).flatMap((boundary) => {
      const reply = of(route, `foreign ${boundary}`);
      return reply ? boundaryFaults(reply, boundary, one, of(route, 'allowed'), spec) : [];
    }),
  );
  const needless = (['merchant', 'component'] as const).flatMap((boundary) =>
    Object.keys(one.open[boundary])
      .filter((title) => !one.routes.some((route) => titleOf(route) === title))
      .map((title) => `${title} is no route any more: take it out of OPEN.${boundary} of ${spec}`),
  );
  const slow = judged.some(({ who, status }) => who === 'too fast' && status === 429) ? [] : ['nobody was too fast'];
  return [...judged.flatMap((reply) => [...statusFaults(reply), ...entryFaults(reply)]), ...boundaries, ...needless, ...slow];
}

function statusFaults({ route, who, status, text }: Judged): string[] {
  const title = titleOf(route);
  const expected = STATUSES[who];
  if (status === 500) return [`${title} as ${who}: 500, which is a fault of the app or of what the test has made`];
  if (route.permission === 'public') return [];
  if (expected !== undefined && status !== expected) return [`${title} as ${who}: ${status}, and not ${expected}`];
  // The other columns show nothing where nobody gets in.
  if (who === 'allowed' && [401, 403].includes(status))
    return [`${title} as allowed: ${status}, so that its refusals prove nothing: ${text.slice(0, 200)}`];
  return [];
}

function entryFaults({ route, who, status, entries }: Judged): string[] {
  if (route.permission === 'public' || route.port === 'management') return [];
  const say = (what: string) => [`${titleOf(route)} as ${who} (${status}): in the audit log is ${what}`];
  const refused = REFUSALS.includes(status);
  const expected = refused || route.audit !== undefined ? 1 : 0;
  if (entries.length !== expected) return say(`${entries.length} entries, and not ${expected}`);
  const [entry] = entries;
  if (!entry || !refused) return [];
  if (entry.outcome !== 'refused' || entry.reason === null) return say(`outcome ${entry.outcome}, reason ${entry.reason}`);
  if ((entry.actor_kind === 'stranger') !== (status === 401)) return say(`actor ${entry.actor_kind}`);
  return (entry.client_id === null) === (who === 'no key') ? [] : say(`client ${entry.client_id}`);
}

function boundaryFaults(
  { route, status, text, said }: Judged,
  boundary: Boundary,
  { open, component, other }: Inventoried,
  allowed: Judged | undefined,
  spec: string,
): string[] {
  const title = titleOf(route);
  const reason = open[boundary][title];
  const members = membersAbout(route, boundary);
  if (status === 403 || status === 404) {
    const needless = reason === undefined ? [] : [`${title} is closed to a foreign ${boundary}: take it out of OPEN of ${spec}`];
    const missing =
      status === 404 && allowed?.status === 404 ? [`${title} is 404 for everybody: make what it names in ${spec}`] : [];
    const telling = said === undefined || said[0] === said[1] ? [] : [`${title} tells what is there: ${said.join('; ')}`];
    return [...needless, ...missing, ...telling];
  }
  if (members.some(({ check }) => check === 'refused' || check === 'all'))
    return [`${title}: ${status} for a foreign ${boundary}, although @Checked of its DTO says that one is refused`];
  const isNarrowed = members.some(({ check }) => check === 'narrowed') || reason === 'own only';
  if (isNarrowed && status < 300 && (text.includes(other) || (boundary === 'component' && text.includes(component))))
    return [`${title} shows a foreign ${boundary}’s, although it is said to be narrowed`];
  if (reason === undefined && !isNarrowed)
    return [
      `${title}: ${status} for a foreign ${boundary}. Check it (requireAuthorizer, requireComponent, …), or say in OPEN.${boundary} of ${spec} why it is open`,
    ];
  return [];
}

const HEAD = ['Route', 'Permission', 'Merchant', 'Component', 'Audit', 'Two persons', 'Key', 'Body', ...SHOWN];

function tableOf(one: Inventoried, judged: readonly Judged[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = one.routes.map((route) => {
    const of = (who: Who) => judged.find((reply) => reply.route === route && reply.who === who);
    const code = (text: string | undefined) => (text === undefined ? '' : `\`${text}\``);
    return row([
      `${route.port === 'management' ? 'management: ' : ''}\`${titleOf(route)}\``,
      route.permission === 'public' ? 'public' : code(route.permission),
      boundaryOf(route, 'merchant', one, of('foreign merchant')),
      boundaryOf(route, 'component', one, of('foreign component')),
      code(route.audit),
      code(route.effect),
      route.idempotent ? 'yes' : '',
      sizeOf(route.bodyLimit),
      ...SHOWN.map((who) => cellOf(of(who), who)),
    ]);
  });
  return [
    `<!-- Written by npm run routes. What the columns mean is in docs/routes.md. -->`,
    `# Routes of ${one.name}`,
    '',
    row(HEAD),
    row(HEAD.map(() => '---')),
    ...lines,
    '',
  ].join('\n');
}

function boundaryOf(route: ListedRoute, boundary: Boundary, { open }: Inventoried, reply: Judged | undefined): string {
  if (!reply) return '';
  if (route.path.includes(boundary === 'merchant' ? ':authorizer_appid' : ':component_appid')) return 'path';
  const reason = open[boundary][titleOf(route)];
  const declared = membersAbout(route, boundary).map((member) => `${member.in} \`${member.name}\` ${member.check}`);
  const found = reply.status === 404 ? ['owner'] : reply.status === 403 && declared.length === 0 ? ['whole'] : [];
  return [...(reason === undefined ? [] : [reason]), ...declared, ...found].join('; ');
}

function sizeOf(limit: ListedRoute['bodyLimit']): string {
  if (limit === undefined || limit === 'streams') return limit ?? '';
  return limit % 1_024 === 0 ? `${limit / 1_024} KiB` : `${limit} B`;
}

/** The status where somebody was refused, or `open`; `+` with an entry in the audit log. */
function cellOf(reply: Judged | undefined, who: Who): string {
  if (!reply) return '';
  const mark = reply.entries.length > 0 ? '+' : '';
  const refused = [401, 403].includes(reply.status) || (reply.status === 404 && who !== 'allowed');
  return refused ? `${reply.status}${mark}` : `open${mark}`;
}
