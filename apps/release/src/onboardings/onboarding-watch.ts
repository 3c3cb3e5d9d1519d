import { Injectable } from '@nestjs/common';
import { distinctUntilChanged, exhaustMap, finalize, map, Observable, share, takeUntil, takeWhile, timer } from 'rxjs';
import { DomainError, HealthRegistry } from '#service';
import type { OnboardingSummary, OnboardingView } from './onboarding.dto.js';
import { OnboardingService } from './onboarding.service.js';

const WATCH_MS = 1_000;
/** Proxies and clients end a connection on which nothing comes for a minute. */
const HEARTBEAT_MS = 20_000;
/** Of one client, in one replica. */
const STREAMS_EACH = 20;
const OVER: readonly string[] = ['done', 'failed', 'cancelled'];

/** Streams of progress: one reading for all who watch the same, and a bounded number of watchers of each client. */
@Injectable()
export class OnboardingWatch {
  private readonly readings = new Map<string, Observable<unknown>>();
  private readonly streams = new Map<string, number>();

  constructor(
    private readonly onboardings: OnboardingService,
    private readonly health: HealthRegistry,
  ) {}

  /** @returns gives the place back. @throws DomainError `rate-limited` when the client has too many streams */
  enter({ clientId, name }: { readonly clientId: string; readonly name: string }): () => void {
    const open = this.streams.get(clientId) ?? 0;
    if (open >= STREAMS_EACH)
      throw new DomainError('rate-limited', `Client "${name}" has ${STREAMS_EACH} streams open on this replica. End one.`, {
        retryAfterS: 10,
      });
    this.streams.set(clientId, open + 1);
    return () => {
      const left = (this.streams.get(clientId) ?? 1) - 1;
      if (left === 0) this.streams.delete(clientId);
      else this.streams.set(clientId, left);
    };
  }

  /** Ends when the order has: done, failed or cancelled. */
  ofOrder(componentAppid: string, onboardingId: string): Observable<OnboardingView> {
    const said = ({ state, step, task, problem }: OnboardingView) => JSON.stringify([state, step, task, problem]);
    return this.changes(`${componentAppid} ${onboardingId}`, () => this.onboardings.get(componentAppid, onboardingId), said).pipe(
      takeWhile(({ state }) => !OVER.includes(state), true),
    );
  }

  /** Ends when nothing goes on any more. */
  ofAll(componentAppid: string): Observable<OnboardingSummary> {
    return this.changes(componentAppid, () => this.onboardings.summary(componentAppid), JSON.stringify).pipe(
      takeWhile(({ running, waiting }) => running + waiting > 0, true),
    );
  }

  private changes<T>(key: string, read: () => Promise<T>, said: (value: T) => string): Observable<T> {
    return new Observable<T>((subscriber) =>
      this.reading(key, read)
        .pipe(
          map((value) => ({ value, said: `${said(value)} ${Math.floor(performance.now() / HEARTBEAT_MS)}` })),
          distinctUntilChanged((a, b) => a.said === b.said),
          map(({ value }) => value),
          takeUntil(aborted(this.health.draining)),
        )
        .subscribe(subscriber),
    );
  }

  private reading<T>(key: string, read: () => Promise<T>): Observable<T> {
    const running = this.readings.get(key) as Observable<T> | undefined;
    if (running !== undefined) return running;
    const readings = timer(0, WATCH_MS).pipe(
      // A slow read is waited for, not begun anew.
      exhaustMap(read),
      finalize(() => this.readings.delete(key)),
      share(),
    );
    this.readings.set(key, readings);
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
