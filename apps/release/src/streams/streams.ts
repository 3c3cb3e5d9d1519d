import { distinctUntilChanged, exhaustMap, filter, finalize, interval, map, Observable, share, takeUntil, timer } from 'rxjs';
import { DomainError, type HealthRegistry } from '#service';

/** Proxies and clients end a connection on which nothing comes for a minute. */
const HEARTBEAT_MS = 20_000;
/** Of one client, in one replica. */
const STREAMS_EACH = 20;
/** So often it is looked whether whoever opened a stream may still watch. */
const LOOK_AGAIN_MS = 10_000;
const REFUSED: readonly string[] = ['unauthenticated', 'forbidden', 'not-found'];

interface Response {
  readonly closed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** Streams of progress: one reading for all who watch the same, and a bounded number of watchers of each client. */
export class Streams {
  private readonly readings = new Map<string, Observable<unknown>>();
  private readonly open = new Map<string, number>();

  /**
   * @param everyMs between two readings
   * @param instead what a client that has too many may do
   */
  constructor(
    private readonly health: HealthRegistry,
    private readonly everyMs: number,
    private readonly instead: string,
  ) {}

  /** How much is read at the moment. */
  get watched(): number {
    return this.readings.size;
  }

  /** Takes a place until the response is closed. @throws DomainError `rate-limited` when the client has too many streams */
  enter({ clientId, name }: { readonly clientId: string; readonly name: string }, response: Response): void {
    const open = this.open.get(clientId) ?? 0;
    if (open >= STREAMS_EACH)
      throw new DomainError(
        'rate-limited',
        `Client "${name}" has ${STREAMS_EACH} streams open on this replica. ${this.instead}`,
        { retryAfterS: 10 },
      );
    this.open.set(clientId, open + 1);
    const leave = () => {
      const left = (this.open.get(clientId) ?? 1) - 1;
      if (left === 0) this.open.delete(clientId);
      else this.open.set(clientId, left);
    };
    if (response.closed) leave();
    else response.once('close', leave);
  }

  /**
   * Each change, and something now and then; ends when this replica is about to stop.
   * @param key of what is read
   * @param said what counts as a change
   */
  changes<T>(key: string, read: () => Promise<T>, said: (value: T) => string): Observable<T> {
    return new Observable<T>((subscriber) =>
      // Who joins later is not told of the last change again: its own first reading is.
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
    const readings = timer(0, this.everyMs).pipe(
      // A slow read is waited for, not begun anew.
      exhaustMap(read),
      finalize(() => this.readings.delete(key)),
      share(),
    );
    this.readings.set(key, readings);
    return readings;
  }
}

/** Emits when whoever opened a stream would not be let in any more. @param admit lets them in again, or throws as it did at first */
export function refusals(admit: () => Promise<unknown>): Observable<unknown> {
  return interval(LOOK_AGAIN_MS).pipe(
    exhaustMap(() =>
      admit().then(
        () => false,
        (error: unknown) => error instanceof DomainError && REFUSED.includes(error.code),
      ),
    ),
    filter((refused) => refused),
  );
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
