import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LOGGER, type Logger, Periodic, traces } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { FanOut } from '../deliveries/fan-out.service.js';
import { InboxWriter } from '../inbox/inbox-writer.service.js';
import { SpoolMover } from '../inbox/spool-mover.service.js';
import { NoticeFanOut } from '../notices/notice-fan-out.service.js';
import { type NewJob, Queues } from '../queues/queues.service.js';
import { type Candidate, decide, type Handover, jobIdOf } from './dispatch.domain.js';
import { DispatchRepository } from './dispatch.repository.js';
import { EventInterest } from './event-interest.service.js';

const BATCH = 200;

/**
 * Hands events to the queues after they were answered. Runs when a push was stored, and every few seconds for whatever was left
 * behind; replicas take different rows.
 */
@Injectable()
export class Dispatcher implements BeforeApplicationShutdown {
  private running: Promise<void> | undefined;
  private readonly passes = new Set<Promise<unknown>>();
  private again = false;
  /** Said already. */
  private failing = false;
  private stopped = false;

  constructor(
    private readonly repository: DispatchRepository,
    private readonly queues: Queues,
    private readonly fanOut: FanOut,
    private readonly notices: NoticeFanOut,
    private readonly accounts: EventInterest,
    writer: InboxWriter,
    mover: SpoolMover,
    config: IngestionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    periodic: Periodic,
  ) {
    writer.onStored(() => this.kick());
    mover.onStored(() => this.kick());
    periodic.every('handover.sweep', config.SWEEP_INTERVAL_MS, async () => this.kick());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  /** Looks for waiting rows soon. */
  kick(): void {
    this.again = true;
    // Of many pushes at once: each job goes on with the trace of its own, not with that of the push that happened to come first.
    this.running ??= traces
      .continue(undefined, () => this.loop())
      .finally(() => {
        this.running = undefined;
      });
  }

  /** What this replica was handing over at the time of the call is settled: its rows say so, or say that they wait. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.passes);
  }

  private async loop(): Promise<void> {
    // Let the answers go out first, and let a few more pushes join.
    await new Promise((resolve) => setTimeout(resolve, 5));
    while (this.again && !this.stopped) {
      this.again = false;
      try {
        if ((await this.handOver()) === BATCH) this.again = true;
        this.failing = false;
      } catch (error) {
        this.logger[this.failing ? 'debug' : 'warn'](
          { event: 'handover.failed', code: (error as { code?: string }).code, err: error },
          'The sweeper will try again',
        );
        this.failing = true;
        return;
      }
    }
  }

  /** @returns how many rows were taken. */
  handOver(): Promise<number> {
    const pass = this.pass().finally(() => this.passes.delete(pass));
    this.passes.add(pass);
    return pass;
  }

  private async pass(): Promise<number> {
    // Without the queues consumers take what is theirs from the inbox: it is decided here whose it is, and handed over later.
    const direct = !this.queues.ready;
    let wake: string[] = [];
    const work = async (rows: Candidate[], manager: EntityManager) => {
      for (const row of rows) this.accounts.learn(row);
      const decided = rows.map((row) => ({ row, handover: decide(row) }));
      for (const { row, handover } of decided) {
        if (handover.state === 'mismatch') {
          this.logger.warn(
            { event: 'push.mismatch', event_id: row.eventId, component_appid: row.componentAppid, kind: row.kind },
            'An event came over the path of another account; it is kept and not acted on',
          );
          await this.repository.markMismatch(manager, row.eventId, handover.note ?? '');
        }
      }
      const good = decided.filter(({ handover }) => handover.state === 'queued');
      // An event that is handed over again goes to our own consumers only.
      const fresh = good.filter(({ row, handover }) => handover.forward && row.handedOverAtMs === null).map(({ row }) => row);
      wake = await this.fanOut.add(manager, fresh);
      await this.notices.add(manager, fresh);
      if (!direct) await this.queues.add(good.flatMap(jobsOf));
      const [ended, waiting] = direct ? split(good) : [good, []];
      for (const group of alike(ended)) await this.repository.markQueued(manager, idsOf(group), group[0].handover);
      for (const group of alike(waiting)) await this.repository.markDecided(manager, idsOf(group), group[0].handover);
      return rows.length;
    };
    const taken = await this.repository.claim(BATCH, work, '0', direct);
    if (!direct) await this.fanOut.wake(wake);
    return taken;
  }
}

interface Decided {
  readonly row: Candidate;
  readonly handover: Handover;
}

const idsOf = (decided: readonly Decided[]) => decided.map(({ row }) => row.eventId);

/** By what their rows are to say. */
const alike = (decided: readonly Decided[]) =>
  [...Map.groupBy(decided, ({ handover }) => `${handover.route} ${handover.note}`).values()] as [Decided, ...Decided[]][];

/** Those that nobody consumes need nothing more; the others wait for theirs. */
function split(decided: readonly Decided[]): [Decided[], Decided[]] {
  const ended = decided.filter(({ handover }) => handover.consumers.length === 0);
  return [ended, decided.filter((one) => !ended.includes(one))];
}

function jobsOf({ row, handover }: { row: Candidate; handover: Handover }): NewJob[] {
  return handover.consumers.map(({ queue, job }) => ({
    queue,
    name: job,
    data: { eventId: row.eventId },
    traceparent: row.traceparent,
    jobId: jobIdOf(row),
  }));
}
