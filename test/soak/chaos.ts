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
