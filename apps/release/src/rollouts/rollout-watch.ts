import { Injectable } from '@nestjs/common';
import { type Observable, takeWhile } from 'rxjs';
import { HealthRegistry } from '#service';
import { Streams } from '../streams/streams.js';
import { RolloutRepository } from './rollout.repository.js';
import { toRolloutView } from './rollout.view.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';
import type { RolloutView } from './rollout-views.dto.js';

const WATCH_MS = 500;

/** Streams of progress of rollouts. */
@Injectable()
export class RolloutWatch {
  readonly streams: Streams;

  constructor(
    private readonly rows: RolloutRepository,
    private readonly targets: RolloutTargetRepository,
    health: HealthRegistry,
  ) {
    this.streams = new Streams(health, WATCH_MS, 'End one, or ask GET /v1/rollouts/{rollout_id} now and then.');
  }

  /** How many rollouts are read at the moment. */
  get watched(): number {
    return this.streams.watched;
  }

  /** Ends with the rollout. */
  progressOf(rolloutId: number): Observable<RolloutView> {
    const read = async () => toRolloutView(await this.rows.get(rolloutId), (await this.targets.counts(rolloutId)).all);
    return this.streams
      .changes(String(rolloutId), read, ({ state, counts }) => `${state} ${JSON.stringify(counts)}`)
      .pipe(takeWhile(({ state }) => state !== 'completed' && state !== 'aborted', true));
  }
}
