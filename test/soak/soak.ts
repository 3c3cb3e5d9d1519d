import { setTimeout as sleep } from 'node:timers/promises';
import { Chaos, type Disturbance } from './chaos.ts';
import { checkAuthorizers, checkPushes, checkQueues, checkReleases, openJobs, type Verdict } from './checks.ts';
import { Leaks } from './leaks.ts';
import { Load } from './load.ts';
import { MEMORY_BOUND, Memory } from './memory.ts';
import type { SoakOptions } from './options.ts';
import { RolloutDriver } from './rollouts.ts';
import { Subscriber } from './subscriber.ts';
import type { TokenVerdict } from './tokens.ts';
import { World } from './world.ts';

export interface SoakPlan extends Omit<SoakOptions, 'keep'> {
  /** Everything of the run is written here. */
  readonly folder: string;
  readonly releaseReplicas: 1 | 2;
  /** Seconds that a token of WeChat lives. */
  readonly tokenS: number;
  /** Seconds that a review of WeChat takes. */
  readonly auditS: number;
  /** In place of what the seed draws. */
  readonly script?: readonly Disturbance[];
  /** How long the system may take to come to rest. */
  readonly settleMs: number;
  /** Told how to stop everything at once, for an interruption. */
  readonly started?: (stop: () => Promise<void>) => void;
  readonly report: (line: string) => void;
  readonly progress: (line: string) => void;
  readonly progressMs: number;
}

export interface SoakResult {
  readonly verdicts: readonly Verdict[];
  /** What went wrong on purpose: how often. */
  readonly disturbances: ReadonlyMap<string, number>;
  readonly summary: string;
}

/** How a token ended before its time. */
const WHY = {
  hand: 'killed',
  cancellation: 'cancelled',
  reauthorization: 'authorized anew',
  newer: 'replaced twice',
  expiry: 'expired',
  overlap: 'replaced',
} as const;
const number = (value: number) => value.toLocaleString('en');

/** Load, chaos, rest, proof. Leaves nothing running. @throws Error when the rig itself does not work */
export async function soak(plan: SoakPlan): Promise<SoakResult> {
  const subscriber = new Subscriber();
  const subscriberUrl = await subscriber.start();
  let world: World | undefined;
  try {
    world = await World.start({
      folder: plan.folder,
      releaseReplicas: plan.releaseReplicas,
      logLevel: 'debug',
      report: plan.report,
      created: (made) => plan.started?.(() => made.stop()),
      sandboxSettings: {
        component_token_s: plan.tokenS,
        authorizer_token_s: plan.tokenS,
        privacy_scan_s: 1,
        audit_mode: 'auto',
        audit_after_s: plan.auditS,
        audit_reject_share: 0.15,
        audit_delay_share: 0.1,
      },
    });
    return await new Soak(plan, world, subscriber).run(subscriberUrl);
  } finally {
    await world?.stop();
    await subscriber.stop();
  }
}

class Soak {
  readonly #plan: SoakPlan;
  readonly #world: World;
  readonly #subscriber: Subscriber;
  readonly #load: Load;
  readonly #chaos: Chaos;
  readonly #leaks: Leaks;
  readonly #memory = new Memory();
  readonly #rollouts: readonly RolloutDriver[];
  readonly #begunMs = Date.now();
  #phase = 'authorizing';
  #watching = true;

  constructor(plan: SoakPlan, world: World, subscriber: Subscriber) {
    this.#plan = plan;
    this.#world = world;
    this.#subscriber = subscriber;
    this.#load = new Load(world, plan);
    this.#chaos = new Chaos(world);
    this.#leaks = new Leaks(world);
    const half = this.#load.steady.length / 2;
    this.#rollouts = [
      new RolloutDriver(world, 'a', this.#load.steady.slice(0, half)),
      new RolloutDriver(world, 'b', this.#load.steady.slice(half)),
    ];
  }

  async run(subscriberUrl: string): Promise<SoakResult> {
    const { report, minutes, seed, script } = this.#plan;
    const subscription = await this.#world.api<{ subscription_id: string }>('ingestion', 'POST', '/v1/subscriptions', {
      name: 'soak',
      url: `${subscriberUrl}/events`,
      kinds: ['*'],
    });
    if (subscription.status !== 201) throw new Error(`no subscription: ${JSON.stringify(subscription.body)}`);
    const subscriptionId = subscription.body.subscription_id;
    // Replicas read the list of subscriptions once a second.
    await sleep(1_500);
    await this.#load.prepare();
    await this.#settled(30_000, subscriptionId);

    report(`under load for ${minutes} min; chaos seed ${seed}`);
    this.#phase = 'load';
    const watch = this.#watch();
    const endMs = Date.now() + minutes * 60_000;
    const load = this.#load.run();
    const rollouts = Promise.all(this.#rollouts.map((driver) => driver.run()));
    // A rollout that WeChat refuses is a failure of the rig: it is told at once.
    let failed: unknown;
    rollouts.catch((error: unknown) => {
      failed = error;
    });
    if (script) await Promise.race([this.#chaos.script(script, 700), load]);
    else await this.#chaos.run(seed, endMs);
    while (Date.now() < endMs && !failed) await sleep(200);
    const loadEndMs = Date.now();

    this.#phase = 'coming to rest';
    this.#load.stop();
    for (const driver of this.#rollouts) driver.stop();
    this.#subscriber.behave();
    await Promise.all([load, rollouts]);
    await this.#world.control.delete('/faults');
    await this.#world.control.delete('/push-faults');
    report('faults have ended; waiting for everything to come to rest');
    const restBegunMs = Date.now();
    await this.#askAgain();
    const open = await this.#settled(this.#plan.settleMs, subscriptionId);
    const restMs = Date.now() - restBegunMs;
    this.#watching = false;
    await watch;

    report('proving');
    const verdicts = await this.#prove(subscriptionId, loadEndMs, open);
    const disturbances = new Map<string, number>();
    for (const { name } of this.#chaos.history) disturbances.set(name, (disturbances.get(name) ?? 0) + 1);
    return {
      verdicts,
      disturbances,
      summary: `${minutes} min under load, seed ${seed}, ${this.#chaos.history.length} disturbances; at rest after ${(restMs / 1_000).toFixed(1)} s`,
    };
  }

  /** Merchants whose authorization never reached us do what a merchant does then: they authorize again. */
  async #askAgain(): Promise<void> {
    const codes = new Set<string>();
    for (const { event } of this.#world.ingress.acknowledged.values())
      if (event.kind === 'authorized' || event.kind === 'updateauthorized')
        codes.add(`${event.AuthorizerAppid} ${event.CreateTime}`);
    const { authorizations } = await this.#world.control.get<{
      authorizations: { authorizer_appid: string; exchanged: boolean; auth_time: number }[];
    }>(`/components/${this.#world.component}/authorizations?limit=1000`);
    const known = new Set(authorizations.map(({ authorizer_appid }) => authorizer_appid));
    const unheard = authorizations.filter(
      ({ authorizer_appid: appid, exchanged }) => !exchanged && ![...codes].some((code) => code.startsWith(appid)),
    );
    const missing = this.#load.restless.filter((appid) => !known.has(appid));
    for (const appid of [...unheard.map(({ authorizer_appid }) => authorizer_appid), ...missing])
      await this.#load.authorize(appid);
    await this.#world.api('broker', 'POST', this.#world.path('/authorizers/sync'));
  }

  /** @returns what is still open after `timeoutMs`; nothing when it came to rest. */
  async #settled(timeoutMs: number, subscriptionId: string): Promise<string[]> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const open = await this.#open(subscriptionId).catch((error: Error) => [error.message]);
      if (open.length === 0 || Date.now() > deadline) return open;
      await sleep(300);
    }
  }

  async #open(subscriptionId: string): Promise<string[]> {
    const world = this.#world;
    const n = async (what: string, sql: string, values: string[] = []) => {
      const [row] = await world.rows<{ n: number }>(sql, values);
      return Number(row?.n) > 0 ? [`${row?.n} ${what}`] : [];
    };
    const replicas = (['ingestion', 'broker', 'release'] as const).flatMap((app) => world.replicas(app)).length;
    const jobs = Object.entries(await openJobs(world)).filter(([, number]) => number > 0);
    return [
      ...(world.running.size < replicas ? [`${replicas - world.running.size} replicas do not run`] : []),
      ...(await n('events are not handed over', "SELECT COUNT(*) AS n FROM f_wechat_event WHERE state = 'received'")),
      ...(await n(
        'deliveries are open',
        "SELECT COUNT(*) AS n FROM f_wechat_delivery WHERE state = 'pending' AND subscription_id = ?",
        [subscriptionId],
      )),
      ...(await n(
        'releases move',
        "SELECT COUNT(*) AS n FROM f_wechat_submitaudit WHERE state IN ('created', 'scanning', 'auditing', 'approved', 'graying') OR intent IS NOT NULL",
      )),
      ...(await n('rollouts run', "SELECT COUNT(*) AS n FROM f_wechat_rollout WHERE state IN ('running', 'waiting')")),
      ...(await n('syncs run', "SELECT COUNT(*) AS n FROM f_wechat_sync WHERE state IN ('waiting', 'running')")),
      ...jobs.map(([name, number]) => `${number} jobs in ${name}`),
    ];
  }

  /** Samples, collects and tells while the rest goes on. */
  async #watch(): Promise<void> {
    let nextProgressMs = Date.now() + this.#plan.progressMs;
    let nextCollectMs = 0;
    while (this.#watching) {
      this.#memory.sample(this.#world);
      if (Date.now() >= nextCollectMs) {
        await this.#leaks.collect().catch(() => {});
        nextCollectMs = Date.now() + 30_000;
      }
      if (Date.now() >= nextProgressMs) {
        nextProgressMs += this.#plan.progressMs;
        this.#plan.progress(this.#progressLine());
      }
      await sleep(1_000);
    }
  }

  #progressLine(): string {
    const { ingress } = this.#world;
    const { reads, failedReads, reports } = this.#load.tokens;
    const seconds = Math.round((Date.now() - this.#begunMs) / 1_000);
    const at = `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
    const rollouts = this.#rollouts.reduce((sum, driver) => sum + driver.started.length, 0);
    return [
      `${at} ${this.#phase}`,
      `pushes ${number(ingress.acknowledged.size)} acknowledged, ${number(ingress.refused)} refused`,
      `reads ${number(reads)}, ${number(failedReads)} failed, ${number(reports)} reports`,
      `${rollouts} rollouts`,
      `wrong now: ${this.#chaos.now.join(', ') || '-'}`,
    ].join(' · ');
  }

  async #prove(subscriptionId: string, endMs: number, open: readonly string[]): Promise<Verdict[]> {
    const world = this.#world;
    const appids = [...this.#load.steady, ...this.#load.restless];
    const authorizers = await checkAuthorizers(world, appids);
    const [lost, double] = await checkPushes(world, subscriptionId);
    const repeated = [...this.#subscriber.got.values()].filter((times) => times > 1).length;
    await this.#leaks.collect();
    const leaks = await this.#leaks.search();
    return [
      lost,
      {
        ...double,
        counts: `${double.counts}; ${repeated} of ${number(this.#subscriber.got.size)} deliveries came again (at least once is the promise)`,
      },
      this.#tokenRow(await this.#load.tokens.judge(this.#chaos.history)),
      authorizers,
      await checkReleases(world, this.#load.steady, this.#rollouts.map(({ refused }) => refused).find(Boolean)),
      this.#memoryRow(endMs),
      await checkQueues(world),
      {
        invariant: 'no secret in any log',
        ok: leaks.found.length === 0 && this.#leaks.size > 50,
        counts: `${number(this.#leaks.size)} secrets looked for in ${number(leaks.lines)} lines`,
        wrong: leaks.found,
      },
      {
        invariant: 'came to rest, nothing ended by itself',
        ok: open.length + world.crashes.length + this.#chaos.problems.length === 0,
        counts: `${world.crashes.length} crashes`,
        wrong: [...open, ...world.crashes, ...this.#chaos.problems],
      },
    ];
  }

  #tokenRow({ tokens, handOuts, dead, again, shortLived, unknowable }: TokenVerdict): Verdict {
    const { reads, failedReads, reports } = this.#load.tokens;
    const late = [...unknowable.values()].reduce((sum, times) => sum + times, 0);
    const whys = [...unknowable].map(([why, times]) => `${WHY[why]} ${number(times)}`).join(', ');
    return {
      invariant: 'no dead token handed out',
      ok: dead.length + again.length + shortLived.length === 0 && handOuts > 0,
      counts: `${number(handOuts)} hand-outs of ${number(tokens)} tokens in ${number(reads)} reads (${number(failedReads)} failed) and ${number(reports)} reports; ${number(late)} of tokens that WeChat had ended before we could know${late > 0 ? ` (${whys})` : ''}`,
      wrong: [...dead, ...again, ...shortLived],
    };
  }

  #memoryRow(endMs: number): Verdict {
    const verdicts = this.#memory.judge(endMs);
    if (!verdicts)
      return { invariant: 'memory flat', ok: true, counts: 'not judged: the run was shorter than 5 minutes', wrong: [] };
    const told = verdicts.map(({ name, firstMb, lastMb }) => `${name} ${firstMb.toFixed(0)} → ${lastMb.toFixed(0)} MB`);
    return {
      invariant: 'memory flat',
      ok: verdicts.every(({ flat }) => flat),
      counts: `${told.join(', ')} (bound: first third × ${MEMORY_BOUND.factor} + ${MEMORY_BOUND.moreMb} MB)`,
      wrong: verdicts
        .filter(({ flat }) => !flat)
        .map(({ name, boundMb, lastMb }) => `${name}: ${lastMb.toFixed(0)} MB, bound ${boundMb.toFixed(0)} MB`),
    };
  }
}
