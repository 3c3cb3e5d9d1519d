import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { QUEUES } from '#queues';
import {
  CLOCK,
  type Clock,
  ComponentRegistry,
  HealthRegistry,
  LOGGER,
  type Logger,
  LossWatch,
  Periodic,
  Progress,
  REDIS,
} from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { Queues } from '../queues/queues.service.js';
import { judgeTicket, restartStep, type TicketState } from './ticket-health.domain.js';

const LOOK_EVERY_MS = 15_000;
/** Longer than the longest pause. */
const ASKED_KEPT_S = 86_400;

/** Watches the age of each component's newest ticket, and has WeChat asked to push again when it stopped. */
@Injectable()
export class TicketHealth implements OnApplicationBootstrap {
  /** Milliseconds; a component that is not in it has no ticket. */
  private readonly newest = new Map<string, number>();
  private readonly said = new Map<string, TicketState>();
  private readonly startedMs: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly components: ComponentRegistry,
    private readonly queues: Queues,
    private readonly config: IngestionConfig,
    private readonly health: HealthRegistry,
    private readonly progress: Progress,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly registry: Registry,
    losses: LossWatch,
    periodic: Periodic,
  ) {
    this.startedMs = clock.now();
    losses.onLoss(async ({ atStart }) => {
      if (!atStart) await this.forgetAsking();
    });
    periodic.every('tickets.look', LOOK_EVERY_MS, () => this.look());
  }

  onApplicationBootstrap(): void {
    this.health.register('tickets', () => {
      const facts = this.ages().map(
        ({ component, ageS }) => [component, { age_s: ageS ?? null, state: this.judge(ageS) }] as const,
      );
      const bad = facts.some(([, { state }]) => state === 'alarm' || state === 'missing');
      return { status: bad ? 'degraded' : 'up', components: Object.fromEntries(facts) };
    });
    for (const { componentAppid: component } of this.components.all)
      this.progress.register({
        what: `tickets of ${component}`,
        limitS: this.config.TICKET_ALARM_S,
        remedy: 'WeChat does not push tickets: wxplane doctor.',
        stillS: () => this.ages().find((age) => age.component === component)?.ageS ?? this.waitedS(),
      });
    const overdue = () => this.ages().map(({ component, ageS }) => [component, ageS ?? this.waitedS()] as const);
    new Gauge({
      name: 'wxplane_ticket_age_seconds',
      help: 'Since the newest component verify ticket was pushed, by component; none yet: since this replica started',
      labelNames: ['component'],
      registers: [this.registry],
      collect() {
        for (const [component, seconds] of overdue()) this.set({ component }, seconds);
      },
    });
  }

  async look(): Promise<void> {
    const rows: { component_appid: string; seconds: string | null }[] = await this.dataSource.query(
      `SELECT component_appid, TIMESTAMPDIFF(SECOND, '1970-01-01', MAX(LEAST(pushed_at, create_time))) AS seconds
         FROM f_wechat_verifyticket WHERE component_appid IN (?) GROUP BY component_appid`,
      [this.components.all.map((component) => component.componentAppid)],
    );
    const found = new Map(rows.map((row) => [row.component_appid, row.seconds]));
    for (const { componentAppid: component } of this.components.all) {
      const seconds = found.get(component) ?? undefined;
      if (seconds === undefined) this.newest.delete(component);
      else this.newest.set(component, Number(seconds) * 1_000);
    }
    for (const { component, ageS } of this.ages()) {
      this.say(component, ageS);
      await this.askAgain(component, ageS);
    }
  }

  private ages(): { component: string; ageS: number | undefined }[] {
    const now = this.clock.now();
    return this.components.all.map(({ componentAppid: component }) => {
      const ms = this.newest.get(component);
      return { component, ageS: ms === undefined ? undefined : Math.max(0, Math.round((now - ms) / 1_000)) };
    });
  }

  private judge(ageS: number | undefined): TicketState {
    return judgeTicket(ageS, { warningS: this.config.TICKET_WARNING_S, alarmS: this.config.TICKET_ALARM_S });
  }

  /** One line for each change, not one for each look. */
  private say(component: string, ageS: number | undefined): void {
    const state = this.judge(ageS);
    if (this.said.get(component) === state) return;
    const before = this.said.get(component);
    this.said.set(component, state);
    const fields = { event: `ticket.${state}`, component_appid: component, age_s: ageS ?? null };
    if (state === 'ok') {
      if (before) this.logger.info(fields, 'WeChat pushes tickets again');
    } else if (state === 'warning')
      this.logger.warn(fields, 'WeChat has not pushed a ticket for a while; it does every ten minutes');
    // A fresh installation has none for up to ten minutes: nobody must get up for that.
    else if (ageS === undefined && this.waitedS() < this.config.TICKET_ALARM_S) this.said.delete(component);
    else this.logger.error(fields, 'Tickets have stopped; without one younger than 12 hours no token can be made');
  }

  private async askAgain(component: string, ageS: number | undefined): Promise<void> {
    const step = restartStep(ageS ?? this.waitedS(), this.config.TICKET_RESTART_S);
    if (step === undefined || !this.queues.ready) return;
    const since = Math.round((this.newest.get(component) ?? 0) / 1_000);
    const key = `start-push-ticket-${component}-${since}-${step}`;
    // Outlives this process, and the job: a restart in the middle of a long pause does not begin it anew.
    const asked = askedKey(component);
    if ((await this.redis.get(asked)) === key) return;
    await this.queues.add([
      { queue: QUEUES.brokerCommands, name: 'start-push-ticket', data: { componentAppid: component }, jobId: key },
    ]);
    await this.redis.set(asked, key, 'EX', ASKED_KEPT_S);
    this.logger.warn({ event: 'ticket.ask-again', component_appid: component, step }, 'Having WeChat asked to push tickets');
  }

  /** The question may be lost although the note that it was put is not. The next look puts it again, under the same name. */
  private async forgetAsking(): Promise<void> {
    for (const { componentAppid: component } of this.components.all) await this.redis.del(askedKey(component));
  }

  private waitedS(): number {
    return (this.clock.now() - this.startedMs) / 1_000;
  }
}

const askedKey = (component: string) => `{wxplane}:ingestion:tickets-asked:${component}`;
