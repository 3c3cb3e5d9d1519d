import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceName } from '../../scripts/lib/suite.ts';
import type { ProxyMode } from './fault-proxy.ts';
import { seededRandom } from './options.ts';
import type { ServerName, Side, World } from './world.ts';

/** One thing that goes wrong, for a while. */
export interface Disturbance {
  readonly name: string;
  readonly touches: readonly ('app' | ServerName | 'wechat')[];
  /** What is done; the answer undoes it. */
  begin(world: World): Promise<() => Promise<void>>;
  /** From its beginning to its undoing. */
  readonly ms: number;
}

/** When each disturbance was there, for the judges. */
export interface Disturbed {
  readonly name: string;
  readonly touches: readonly string[];
  readonly fromMs: number;
  untilMs: number;
}

const APPS: readonly ServiceName[] = ['ingestion', 'broker', 'release'];
const TOKEN_APIS = '/cgi-bin/component/*';
const CODE_APIS = '/wxa/*';

export const kill = (app: ServiceName, side: Side, downMs: number): Disturbance => ({
  name: `${app} ${side} killed`,
  touches: ['app'],
  ms: downMs,
  begin: async (world) => {
    await world.killApp(app, side);
    return () => world.startApp(app, side);
  },
});

export const killAll = (app: ServiceName, downMs: number): Disturbance => ({
  name: `all ${app} killed`,
  touches: ['app'],
  ms: downMs,
  begin: async (world) => {
    await Promise.all(world.replicas(app).map((side) => world.killApp(app, side)));
    return async () => {
      await Promise.all(world.replicas(app).map((side) => world.startApp(app, side)));
    };
  },
});

export const down = (server: ServerName, how: 'kill' | 'stop', downMs: number): Disturbance => ({
  name: `${server} ${how === 'kill' ? 'killed' : 'stopped'}`,
  touches: [server],
  ms: downMs,
  begin: async (world) => {
    await world.stopServer(server, how);
    return () => world.startServer(server);
  },
});

/** @param sides whose network to that server breaks. */
export const broken = (
  server: ServerName,
  mode: Exclude<ProxyMode, 'pass'>,
  sides: readonly Side[],
  ms: number,
): Disturbance => ({
  name: `${server} ${{ cut: 'cut off', stall: 'stalled', refuse: 'refuses' }[mode]} for ${sides.length === 2 ? 'all' : `side ${sides[0]}`}`,
  touches: [server],
  ms,
  begin: async (world) => {
    for (const side of sides) world.proxies[server][side].set(mode);
    return async () => {
      for (const side of sides) world.proxies[server][side].set('pass');
    };
  },
});

/** It is there, and does nothing: swapping, frozen with its machine. */
export const silent = (server: ServerName, ms: number): Disturbance => ({
  name: `${server} silent`,
  touches: [server],
  ms,
  begin: async (world) => {
    const { child } = world.servers[server];
    child.signal('SIGSTOP');
    return async () => {
      child.signal('SIGCONT');
    };
  },
});

/** The present connections are silent for good, new ones work. */
export const halfOpen = (server: ServerName, sides: readonly Side[], ms: number): Disturbance => ({
  name: `${server} half-open for ${sides.length === 2 ? 'all' : `side ${sides[0]}`}`,
  touches: [server],
  ms,
  begin: async (world) => {
    for (const side of sides) world.proxies[server][side].strand();
    return async () => {};
  },
});

/** Emptied. Not while anything else is away: what only Redis and the memory of one process have, it must not lose together with them. */
export const flushed = (): Disturbance => ({
  name: 'redis flushed',
  touches: ['redis', 'mariadb', 'app'],
  ms: 1_000,
  begin: async (world) => {
    await world.redis('flushall');
    return async () => {};
  },
});

const REFUSALS = {
  'out of memory': [
    ['config', 'set', 'maxmemory', '1'],
    ['config', 'set', 'maxmemory', '0'],
  ],
  'without enough replicas': [
    ['config', 'set', 'min-replicas-to-write', '1'],
    ['config', 'set', 'min-replicas-to-write', '0'],
  ],
  // A master that was demoted: of a server that is not there.
  'read-only': [
    ['replicaof', '127.0.0.1', '1'],
    ['replicaof', 'no', 'one'],
  ],
  'without rights to channels': [
    ['acl', 'setuser', 'default', 'resetchannels'],
    ['acl', 'setuser', 'default', 'allchannels'],
  ],
  'without rights to scripts': [
    ['acl', 'setuser', 'default', '-@scripting'],
    ['acl', 'setuser', 'default', '+@scripting'],
  ],
} as const;

/** It answers, and refuses what changes something. */
export const refusing = (how: keyof typeof REFUSALS, ms: number): Disturbance => ({
  name: `redis ${how}`,
  touches: ['redis'],
  ms,
  begin: async (world) => {
    const [begin, end] = REFUSALS[how];
    await world.redis(...begin);
    return async () => {
      await world.redis(...end);
    };
  },
});

/** Statements end with an error now and then, as when somebody kills the slow ones. */
export const interrupted = (ms: number): Disturbance => ({
  name: 'mariadb interrupted',
  touches: ['mariadb'],
  ms,
  begin: async (world) => {
    const killing = setInterval(() => void world.killStatements().catch(() => {}), 100);
    return async () => clearInterval(killing);
  },
});

/** As a primary that was demoted answers. By triggers, since the rights of the suite's user are above the server's own switch. */
export const readOnly = (ms: number): Disturbance => ({
  name: 'mariadb read-only',
  touches: ['mariadb'],
  ms,
  begin: async (world) => {
    const each = async (run: (name: string, table: string, when: string) => string) => {
      for (const table of ['f_wechat_event', 'f_wechat_eventeffect', 'f_wechat_delivery', 'f_wechat_accesstoken'])
        for (const when of ['INSERT', 'UPDATE']) await world.rows(run(`read_only_${table}_${when}`, table, when));
    };
    await each(
      (name, table, when) =>
        `CREATE OR REPLACE TRIGGER ${name} BEFORE ${when} ON ${table} FOR EACH ROW
           SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1290, MESSAGE_TEXT = 'The MariaDB server is running with the --read-only option so it cannot execute this statement'`,
    );
    return () => each((name) => `DROP TRIGGER IF EXISTS ${name}`);
  },
});

/** The clock of the machine that sends pushes is a day ahead, and a ticket of tomorrow is none. */
export const ahead = (ms: number): Disturbance => ({
  name: 'clock of pushes a day ahead',
  touches: ['wechat'],
  ms,
  begin: async (world) => {
    world.ingress.aheadS = 86_400;
    await world.control.post('/pushes', {
      component_appid: world.component,
      info_type: 'component_verify_ticket',
      fields: { ComponentVerifyTicket: `ticket@@@of-tomorrow-${Date.now()}` },
    });
    return async () => {
      world.ingress.aheadS = 0;
    };
  },
});

export const wechat = (name: string, fault: Readonly<Record<string, unknown>>, ms: number): Disturbance => ({
  name: `WeChat ${name}`,
  touches: ['wechat'],
  ms,
  begin: async (world) => {
    const { id } = await world.control.post<{ id: number }>('/faults', { times: 0, ...fault });
    return async () => {
      await world.control.delete(`/faults/${id}`).catch(() => {});
    };
  },
});

export const pushFault = (name: string, fault: Readonly<Record<string, unknown>>): Disturbance => ({
  name: `pushes ${name}`,
  touches: ['wechat'],
  ms: 0,
  begin: async (world) => {
    await world.control.post('/push-faults', fault);
    return async () => {};
  },
});

/** What may go wrong, each as often as its weight. */
const MENU: readonly (readonly [number, (random: () => number) => Disturbance])[] = [
  [6, (r) => kill(pick(r, APPS), 1, span(r, 500, 6_000))],
  [2, (r) => down('mariadb', r() < 0.6 ? 'kill' : 'stop', span(r, 1_000, 10_000))],
  [2, (r) => down('redis', r() < 0.6 ? 'kill' : 'stop', span(r, 1_000, 10_000))],
  [5, (r) => broken(pick(r, SERVERS), pick(r, ['cut', 'stall', 'refuse']), pick(r, [[0], [1], [0, 1]]), span(r, 1_000, 12_000))],
  [2, (r) => silent(pick(r, SERVERS), span(r, 2_000, 12_000))],
  [3, (r) => halfOpen(pick(r, SERVERS), pick(r, [[0], [1], [0, 1]]), span(r, 3_000, 12_000))],
  [3, () => flushed()],
  [4, (r) => refusing(pick(r, REFUSES), span(r, 3_000, 12_000))],
  [2, (r) => interrupted(span(r, 2_000, 8_000))],
  [1, (r) => readOnly(span(r, 2_000, 8_000))],
  [2, (r) => ahead(span(r, 3_000, 10_000))],
  [2, (r) => wechat('answers 502', { path: '*', action: 'status', status: 502, share: 0.5 }, span(r, 3_000, 15_000))],
  [2, (r) => wechat('answers -1', { path: '*', action: 'errcode', errcode: -1, share: 0.5 }, span(r, 3_000, 15_000))],
  [2, (r) => wechat('is slow', { path: '*', action: 'delay', delay_ms: 2_500, share: 0.6 }, span(r, 3_000, 15_000))],
  [1, (r) => wechat('is unreachable', { path: '*', action: 'cut' }, span(r, 3_000, 12_000))],
  [
    1,
    (r) =>
      wechat('does not answer', { path: pick(r, [TOKEN_APIS, CODE_APIS]), action: 'hang', share: 0.4 }, span(r, 3_000, 10_000)),
  ],
  [
    2,
    (r) =>
      wechat('answers broken JSON', { path: '*', action: 'body', body: '{"errcode":0,"aut', share: 0.4 }, span(r, 3_000, 10_000)),
  ],
  [1, (r) => wechat('answers HTML', { path: '*', action: 'html', share: 0.4 }, span(r, 3_000, 10_000))],
  [
    3,
    (r) =>
      wechat(
        'acts, its answer is lost',
        { path: pick(r, [TOKEN_APIS, CODE_APIS]), action: 'cut', after: true, share: 0.3 },
        span(r, 3_000, 10_000),
      ),
  ],
  [1, () => pushFault('come twice', { action: 'double', times: 10 })],
  [1, () => pushFault('come late', { action: 'delay', delay_ms: 1_500, times: 10 })],
  [1, () => pushFault('of audits are lost', { action: 'drop', kind: 'weapp_audit_success', times: 2 })],
];
const SERVERS: readonly ServerName[] = ['mariadb', 'redis'];
const REFUSES = Object.keys(REFUSALS) as (keyof typeof REFUSALS)[];

const span = (random: () => number, from: number, to: number): number => Math.round(from + random() * (to - from));
const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** Lets things go wrong, one or two at a time, in an order that the seed decides. */
export class Chaos {
  readonly history: Disturbed[] = [];
  readonly problems: string[] = [];
  readonly #world: World;
  /** How many disturbances touch it now. */
  readonly #busy = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** What is wrong right now. */
  get now(): string[] {
    return this.history.filter(({ untilMs }) => untilMs === Number.POSITIVE_INFINITY).map(({ name }) => name);
  }

  /** Runs until `endMs`, and undoes everything. Once, early: all replicas of an app at once; later side 0 is spared kills, so that its memory tells something. */
  async run(seed: number, endMs: number): Promise<void> {
    const random = seededRandom(seed);
    const open: Promise<void>[] = [];
    for (const app of APPS) open.push((await this.#start(killAll(app, span(random, 500, 3_000)), endMs)).ended);
    while (Date.now() < endMs - 5_000) {
      // Now and then a calm: what is promised for calm times is seen only then.
      await sleep(random() < 0.06 ? Math.min(span(random, 35_000, 50_000), endMs - Date.now()) : span(random, 1_500, 9_000));
      const disturbance = draw(random);
      // Two of the same kind at once would undo each other.
      if (disturbance.touches.some((touched) => (this.#busy.get(touched) ?? 0) > 0)) continue;
      open.push((await this.#start(disturbance, endMs)).ended);
    }
    await Promise.all(open);
  }

  /** In a given order; a replica that starts again does not hold up the next. */
  async script(disturbances: readonly Disturbance[], pauseMs: number): Promise<void> {
    const open: Promise<void>[] = [];
    for (const disturbance of disturbances) {
      const { ended } = await this.#start(disturbance, Number.POSITIVE_INFINITY);
      open.push(ended);
      await (disturbance.touches.includes('app') ? sleep(disturbance.ms) : ended);
      await sleep(pauseMs);
    }
    await Promise.all(open);
  }

  async #start(disturbance: Disturbance, endMs: number): Promise<{ readonly ended: Promise<void> }> {
    const record: Disturbed = {
      name: disturbance.name,
      touches: disturbance.touches,
      fromMs: Date.now(),
      untilMs: Number.POSITIVE_INFINITY,
    };
    this.history.push(record);
    for (const touched of disturbance.touches) this.#busy.set(touched, (this.#busy.get(touched) ?? 0) + 1);
    const undo = await disturbance.begin(this.#world);
    const end = async () => {
      await sleep(Math.max(0, Math.min(disturbance.ms, endMs - Date.now())));
      try {
        await undo();
      } catch (error) {
        this.problems.push(`${disturbance.name}: ${(error as Error).message.split('\n')[0]}`);
      }
      record.untilMs = Date.now();
      for (const touched of disturbance.touches) this.#busy.set(touched, (this.#busy.get(touched) ?? 1) - 1);
    };
    return { ended: end() };
  }
}

function draw(random: () => number): Disturbance {
  let left = random() * MENU.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of MENU) {
    left -= weight;
    if (left < 0) return make(random);
  }
  return MENU[0]![1](random);
}
