import { AuthorizerEntity, AuthorizerPermissionEntity } from '#persistence';
import type { RolloutFailures, RolloutSummary, RolloutView } from '../../src/rollouts/rollout-views.dto.js';
import type { ReleaseWorld } from '../release-world.js';
import { RolloutsOf } from '../rollouts.js';
import { COMPONENT } from '../stand-ins.js';
import { Slots } from './slots.js';

const DAY_S = 86_400;
const BEIJING_MS = 8 * 3_600_000;
const ENDED = ['completed', 'aborted'];

export interface MonthOptions {
  /** Up to four; fewer are the last ones of the month. */
  readonly weeks: number;
  /** Merchants at its beginning. */
  readonly merchants: number;
  /** Merchants that join each week; as many leave. */
  readonly changing: number;
  /** Merchants that have not granted permission set 18: nothing can be sent for them, and the preview knows. */
  readonly barred: number;
  /** Submissions of the month, for each merchant of its beginning. */
  readonly quota: number;
}

export interface Started {
  readonly rolloutId: number;
  readonly version: string;
  /** Who was there. */
  readonly audience: readonly string[];
}

/**
 * A month of a platform: each Monday a template for everybody, each Thursday a hotfix, each of which takes over what is not through, each Saturday
 * somebody who tries an older version; reviewers who reject some, merchants who come and go, and fewer submissions than are needed.
 * Days pass by the sandbox's clock.
 */
export class Month {
  readonly rollouts: RolloutsOf;
  readonly slots: Slots;
  readonly started: Started[] = [];
  readonly barred: string[] = [];
  readonly left = new Set<string>();
  /** What a day of it brings besides, such as a replica that is killed. */
  onDay: (day: number) => Promise<void> = () => Promise.resolve();
  readonly #templates = new Map<string, number>();
  #newest: Started | undefined;
  readonly #merchants: string[] = [];
  /** The oldest are asked to leave first. */
  #living: string[] = [];

  constructor(
    private readonly world: ReleaseWorld,
    private readonly options: MonthOptions,
  ) {
    this.rollouts = new RolloutsOf(world);
    this.slots = new Slots(world.sandbox);
  }

  /** The last one of which everybody is to have the version. */
  get newest(): Started {
    if (!this.#newest) throw new Error('nothing was started yet');
    return this.#newest;
  }

  get merchants(): readonly string[] {
    return this.#merchants;
  }

  /** Its weeks; then days pass until every rollout has ended. */
  async run(): Promise<void> {
    await this.open();
    for (let day = 1; day <= 7 * this.options.weeks; day += 1) {
      const [week, weekday] = [Math.ceil(day / 7), (day - 1) % 7];
      if (weekday === 0) await this.weekly(week);
      if (weekday === 3) await this.hotfix(week);
      if (weekday === 5 && week > 1) await this.olderVersion(week - 1);
      if (weekday === 6) await this.comeAndGo();
      await this.onDay(day);
      await this.passDay();
      await this.retryRejected();
      if (weekday % 3 === 2) await this.slots.read(this.#merchants);
    }
    // What a killed replica had taken is taken up again by the other one within seconds, and not within days.
    for (const deadline = Date.now() + 240_000; !(await this.allEnded()) && Date.now() < deadline; ) {
      await this.passDay();
      await this.retryRejected();
    }
    await this.slots.read(this.#merchants);
  }

  private async open(): Promise<void> {
    const { sandbox } = this.world;
    const settings = { audit_mode: 'auto', audit_after_s: 3_600, audit_reject_share: 0.06, audit_delay_share: 0.03 };
    await sandbox.control('/settings', settings, 'PATCH');
    await sandbox.control(`/components/${COMPONENT}`, { ticket_interval_s: 21_600 }, 'PATCH');
    const { now_ms } = await sandbox.control<{ now_ms: number }>('/clock');
    const beijing = new Date(now_ms + BEIJING_MS);
    const begin = Date.UTC(beijing.getUTCFullYear(), beijing.getUTCMonth() + 1, 29 - 7 * this.options.weeks, 9) - BEIJING_MS;
    await this.jump(Math.ceil((begin - now_ms) / 1_000));
    const limit = Math.round(this.options.merchants * this.options.quota);
    await sandbox.control('/quotas', { component_appid: COMPONENT, submit_limit: limit });
    await this.come(this.options.merchants);
    this.barred.push(...(await this.world.authorize(this.options.barred)));
    const permissions = this.world.database.dataSource.getRepository(AuthorizerPermissionEntity);
    for (const authorizerAppid of this.barred) await permissions.delete({ authorizerAppid, funcscopeId: 18 });
  }

  private async come(count: number): Promise<void> {
    const appids = await this.world.authorize(count);
    this.#merchants.push(...appids);
    this.#living.push(...appids);
  }

  private weekly(week: number): Promise<void> {
    return this.start(`${week}.0.0`, { options: { canary_size: 3, canary_success_share: 0 } });
  }

  private hotfix(week: number): Promise<void> {
    return this.start(`${week}.0.1`);
  }

  /** Without `allow_older` nobody goes back; and while another rollout has them, these are left alone. */
  private async olderVersion(week: number): Promise<void> {
    const targets = { list: this.#living.slice(0, 5) };
    await this.start(`${week}.0.0`, { take_over: false, targets }, `again ${week}.0.0`).catch((error: Error) => {
      if (!error.message.includes('overlaps')) throw error;
    });
  }

  private async start(
    version: string,
    more: { options?: object; [member: string]: unknown } = {},
    name = version,
  ): Promise<void> {
    const spec = {
      name,
      targets: { all: true },
      template_id: await this.templateOf(version),
      user_version: version,
      user_desc: `what ${name} brings`,
      take_over: true,
      ...more,
      options: {
        per_minute: 100_000,
        concurrency: 50,
        max_failures: 100_000,
        max_failure_share: 1,
        quota_reserve: 0,
        ...more.options,
      },
    };
    const { rollout_id } = await this.startAsPreviewed(spec);
    const begun = { rolloutId: rollout_id, version, audience: [...this.#living] };
    this.started.push(begun);
    if (name === version) this.#newest = begun;
  }

  /** Results come in between a preview and the start: then what would be sent has changed, and is looked at once more. */
  private async startAsPreviewed(spec: Record<string, unknown>): Promise<RolloutView> {
    for (let tries = 1; ; tries += 1) {
      const { hash } = (await this.rollouts.preview(spec)).body;
      const answer = await this.world.call<RolloutView & { overlaps?: unknown }>(this.world.component('/rollouts'), {
        ...spec,
        preview_hash: hash,
      });
      if (answer.status === 201) return answer.body;
      if (answer.body.overlaps || answer.status !== 409 || tries === 20)
        throw new Error(`not started: ${JSON.stringify(answer.body)}`);
    }
  }

  private async templateOf(version: string): Promise<number> {
    const known = this.#templates.get(version) ?? (await this.world.template({ user_version: version }));
    this.#templates.set(version, known);
    return known;
  }

  private async comeAndGo(): Promise<void> {
    await this.come(this.options.changing);
    for (const appid of this.#living.splice(0, this.options.changing)) {
      this.left.add(appid);
      await this.world.sandbox.control('/authorizations/cancel', {
        component_appid: COMPONENT,
        merchant_appid: appid,
        push: 'drop',
      });
      this.world.around.cancelled.add(appid);
      const authorizers = this.world.database.dataSource.getRepository(AuthorizerEntity);
      await authorizers.update({ authorizerAppid: appid }, { state: 'cancelled' });
      const fields = `<AppId>${COMPONENT}</AppId><CreateTime>${Math.floor(Date.now() / 1_000)}</CreateTime>`;
      const xml = `<xml>${fields}<InfoType>unauthorized</InfoType><AuthorizerAppid>${appid}</AuthorizerAppid></xml>`;
      await this.world.events.consume(await this.world.record(appid, xml));
    }
  }

  /** What reviewers rejected in the newest rollout goes to them again. */
  private async retryRejected(): Promise<void> {
    const rolloutId = this.newest.rolloutId;
    if ((await this.summary(rolloutId)).rollout.state === 'waiting') return;
    const { items } = await this.world.ok<RolloutFailures>(`/v1/rollouts/${rolloutId}/failures`);
    const causes = items.map(({ cause }) => cause).filter((cause) => cause.startsWith('rejected'));
    if (causes.length > 0) await this.world.ok<RolloutView>(`/v1/rollouts/${rolloutId}/retry`, { causes });
  }

  private async passDay(): Promise<void> {
    await this.quiet();
    await this.jump(DAY_S);
    await this.quiet();
  }

  private async jump(seconds: number): Promise<void> {
    await this.world.sandbox.control('/clock', { jump_s: seconds });
    this.world.around.forgetTokens();
  }

  /** Until everything that can be begun is with the reviewers, or waits for what only days bring; a day may end before that. */
  private async quiet(): Promise<void> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
      const { total: pending } = await this.world.sandbox.control<{ total: number }>('/audits?status=2&limit=1');
      const { total: delayed } = await this.world.sandbox.control<{ total: number }>('/audits?status=4&limit=1');
      const going = await Promise.all(this.started.map(({ rolloutId }) => this.summary(rolloutId)));
      const inReview = going.reduce((sum, { stages }) => sum + stages.in_review, 0);
      if (inReview <= pending + delayed && !going.some(isBusy)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private async allEnded(): Promise<boolean> {
    const states = await Promise.all(this.started.map(async ({ rolloutId }) => (await this.summary(rolloutId)).rollout.state));
    return states.every((state) => ENDED.includes(state));
  }

  summary(rolloutId: number): Promise<RolloutSummary> {
    return this.world.ok<RolloutSummary>(`/v1/rollouts/${rolloutId}/summary`);
  }
}

function isBusy({ rollout: { state, stage, counts }, stages }: RolloutSummary): boolean {
  if (ENDED.includes(state) || state === 'waiting') return false;
  const begins = state === 'running' && stage === 'full' && stages.pending > 0;
  return begins || stages.approved + stages.preparing > counts.waiting;
}
