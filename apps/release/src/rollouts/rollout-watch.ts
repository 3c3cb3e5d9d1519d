import { Injectable } from '@nestjs/common';
import { distinctUntilChanged, exhaustMap, finalize, map, Observable, share, takeUntil, takeWhile, timer } from 'rxjs';
import { DomainError, HealthRegistry } from '#service';
import { RolloutRepository } from './rollout.repository.js';
import { toRolloutView } from './rollout.view.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';
import type { RolloutView } from './rollout-views.dto.js';

const WATCH_MS = 500;
/** Proxies and clients end a connection on which nothing comes for a minute. */
const HEARTBEAT_MS = 20_000;
/** Of one client, in one replica. */
const STREAMS_EACH = 20;

/** Streams of progress: one reading for all who watch a rollout, and a bounded number of watchers of each client. */
@Injectable()
export class RolloutWatch {
  private readonly rollouts = new Map<number, Observable<RolloutView>>();
  private readonly streams = new Map<string, number>();

  constructor(
    private readonly rows: RolloutRepository,
    private readonly targets: RolloutTargetRepository,
    private readonly health: HealthRegistry,
  ) {}

  /** How many rollouts are read at the moment. */
  get watched(): number {
    return this.rollouts.size;
  }

  /** @returns gives the place back. @throws DomainError `rate-limited` when the client has too many streams */
  enter({ clientId, name }: { readonly clientId: string; readonly name: string }): () => void {
    const open = this.streams.get(clientId) ?? 0;
    if (open >= STREAMS_EACH)
      throw new DomainError(
        'rate-limited',
        `Client "${name}" has ${STREAMS_EACH} streams open on this replica. End one, or ask GET /v1/rollouts/{rollout_id} now and then.`,
        { retryAfterS: 10 },
      );
    this.streams.set(clientId, open + 1);
    return () => {
      const left = (this.streams.get(clientId) ?? 1) - 1;
      if (left === 0) this.streams.delete(clientId);
      else this.streams.set(clientId, left);
    };
  }

  /** Each change, and something now and then; ends with the rollout, or when this replica is about to stop. */
  progressOf(rolloutId: number): Observable<RolloutView> {
    return new Observable<RolloutView>((subscriber) => {
      // Who joins later is not told of the last change again: its own first reading is.
      return this.readingsOf(rolloutId)
        .pipe(
          map((view) => ({
            view,
            said: `${view.state} ${JSON.stringify(view.counts)} ${Math.floor(performance.now() / HEARTBEAT_MS)}`,
          })),
          distinctUntilChanged((a, b) => a.said === b.said),
          map(({ view }) => view),
          takeWhile((view) => view.state !== 'completed' && view.state !== 'aborted', true),
          takeUntil(aborted(this.health.draining)),
        )
        .subscribe(subscriber);
    });
  }

  private readingsOf(rolloutId: number): Observable<RolloutView> {
    const running = this.rollouts.get(rolloutId);
    if (running !== undefined) return running;
    const readings = timer(0, WATCH_MS).pipe(
      // A slow read is waited for, not begun anew.
      exhaustMap(async () => toRolloutView(await this.rows.get(rolloutId), (await this.targets.counts(rolloutId)).all)),
      finalize(() => this.rollouts.delete(rolloutId)),
      share(),
    );
    this.rollouts.set(rolloutId, readings);
    return readings;
  }
}

/** Emits once, when or if it has been aborted. */
function aborted(signal: AbortSignal): Observable<void> {
  return new Observable((subscriber) => {
    const emit = () => subscriber.next();
    if (signal.aborted) emit();
    signal.addEventListener('abort', emit, { once: true });
    return () => signal.removeEventListener('abort', emit);
  });
}
