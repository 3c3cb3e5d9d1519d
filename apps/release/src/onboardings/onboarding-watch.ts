import { Injectable } from '@nestjs/common';
import { type Observable, takeWhile } from 'rxjs';
import { HealthRegistry } from '#service';
import { Streams } from '../streams/streams.js';
import type { OnboardingSummary, OnboardingView } from './onboarding.dto.js';
import { OnboardingService } from './onboarding.service.js';

const WATCH_MS = 1_000;
const OVER: readonly string[] = ['done', 'failed', 'cancelled'];

/** Streams of progress of orders. */
@Injectable()
export class OnboardingWatch {
  readonly streams: Streams;

  constructor(
    private readonly onboardings: OnboardingService,
    health: HealthRegistry,
  ) {
    this.streams = new Streams(health, WATCH_MS, 'End one.');
  }

  /** Ends when the order has: done, failed or cancelled. */
  ofOrder(componentAppid: string, onboardingId: string): Observable<OnboardingView> {
    const said = ({ state, step, task, problem }: OnboardingView) => JSON.stringify([state, step, task, problem]);
    return this.streams
      .changes(`${componentAppid} ${onboardingId}`, () => this.onboardings.get(componentAppid, onboardingId), said)
      .pipe(takeWhile(({ state }) => !OVER.includes(state), true));
  }

  /** Ends when nothing goes on any more. */
  ofAll(componentAppid: string): Observable<OnboardingSummary> {
    return this.streams
      .changes(componentAppid, () => this.onboardings.summary(componentAppid), JSON.stringify)
      .pipe(takeWhile(({ running, waiting }) => running + waiting > 0, true));
  }
}
