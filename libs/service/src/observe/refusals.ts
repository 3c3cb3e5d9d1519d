import { Counter, type Registry } from 'prom-client';
import { REFUSALS, type Refusal } from '../http/listener.js';
import type { Logger } from '../log/logger.js';

export type Listener = 'http' | 'management';

/** Counts what never became a request, and logs at most one such a second: whoever sends nonsense must not be able to fill the disk. */
export class RefusalLog {
  private readonly counter: Counter<'listener' | 'reason'>;
  private lastWarningAt = Number.NEGATIVE_INFINITY;

  constructor(
    metrics: Registry,
    private readonly logger: Logger,
  ) {
    this.counter = new Counter({
      name: 'wxplane_http_refused_total',
      help: 'Connections that were cut and requests that could not be understood, before any route, by listener and reason',
      labelNames: ['listener', 'reason'],
      registers: [metrics],
    });
    for (const listener of ['http', 'management'] as const)
      for (const reason of REFUSALS) this.counter.inc({ listener, reason }, 0);
  }

  of(listener: Listener): (reason: Refusal, address: string | undefined) => void {
    return (reason, address) => {
      this.counter.inc({ listener, reason });
      const now = performance.now();
      if (now - this.lastWarningAt < 1_000) return;
      this.lastWarningAt = now;
      this.logger.warn({ event: 'http.refused', listener, reason, address }, 'A connection was cut, or a request not understood');
    };
  }
}
