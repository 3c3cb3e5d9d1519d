import { DomainError } from '#service';

/** Of the 128 connections to WeChat. */
const EACH = 32;
const WAITING_EACH = 256;
const PATIENCE_MS = 10_000;

interface Waiting {
  readonly give: () => void;
}

interface Line {
  taken: number;
  readonly waiting: Set<Waiting>;
}

/** Each client has places of its own for calls under way, so that the slow uploads of one leave connections for the others. */
export class Places {
  private readonly lines = new Map<string, Line>();

  constructor(
    private readonly each = EACH,
    private readonly waitingEach = WAITING_EACH,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /**
   * Waits for a place.
   * @returns gives it back, once
   * @throws DomainError `rate-limited` when there is none in time, or too many wait already
   */
  async enter(
    { clientId, name }: { readonly clientId: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<() => void> {
    const line = this.lines.get(clientId) ?? { taken: 0, waiting: new Set<Waiting>() };
    this.lines.set(clientId, line);
    if (line.taken < this.each) line.taken += 1;
    else await this.wait(line, name, signal);
    return () => this.leave(clientId, line);
  }

  private wait({ waiting }: Line, name: string, signal: AbortSignal): Promise<void> {
    const refusal = new DomainError(
      'rate-limited',
      `Client "${name}" has ${this.each} calls of WeChat under way in this replica, and more wait. Wait for answers before sending more.`,
      { retryAfterS: 1 },
    );
    if (waiting.size >= this.waitingEach) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
        waiting.delete(one);
        settle();
      };
      const gone = () => end(() => reject(signal.reason as Error));
      const timer = setTimeout(() => end(() => reject(refusal)), this.patienceMs);
      const one = { give: () => end(resolve) };
      waiting.add(one);
      signal.addEventListener('abort', gone, { once: true });
      if (signal.aborted) gone();
    });
  }

  /** The place goes to who waited longest. */
  private leave(clientId: string, line: Line): void {
    const [next] = line.waiting;
    if (next) {
      next.give();
      return;
    }
    line.taken -= 1;
    if (line.taken === 0) this.lines.delete(clientId);
  }
}
