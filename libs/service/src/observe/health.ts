import { Injectable } from '@nestjs/common';

export interface HealthDetail {
  readonly status: 'up' | 'degraded' | 'down';
  /** Facts for a person: ages, counts, names. Never a secret. */
  readonly [fact: string]: unknown;
}

/** `down` takes the replica out of service; `degraded` is shown and changes nothing. */
export type HealthCheck = () => HealthDetail | Promise<HealthDetail>;

const CHECK_TIMEOUT_MS = 2_000;

/** What `/health/ready` asks. Features register what they know of. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, HealthCheck>();
  private stopping = false;
  private readonly drain = new AbortController();

  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** From now on `/health/ready` says no, so that no new work is sent here. */
  startStopping(): void {
    this.stopping = true;
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  /** From now on nothing new comes, and what is under way comes to its end. */
  startDraining(): void {
    this.drain.abort();
  }

  /** For what would not end by itself, such as a stream of events: to be ended when this is aborted. */
  get draining(): AbortSignal {
    return this.drain.signal;
  }

  async ready(): Promise<{ status: 'up' | 'degraded' | 'down' | 'stopping'; checks: Record<string, HealthDetail> }> {
    const entries = await Promise.all([...this.checks].map(async ([name, check]) => [name, await runCheck(check)] as const));
    const checks = Object.fromEntries(entries);
    const statuses = entries.map(([, detail]) => detail.status);
    const status = this.stopping
      ? 'stopping'
      : statuses.includes('down')
        ? 'down'
        : statuses.includes('degraded')
          ? 'degraded'
          : 'up';
    return { status, checks };
  }
}

async function runCheck(check: HealthCheck): Promise<HealthDetail> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<HealthDetail>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'down', problem: `no answer in ${CHECK_TIMEOUT_MS} ms` }), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), timeout]);
  } catch (error) {
    return { status: 'down', problem: (error as NodeJS.ErrnoException).code ?? (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
