import { Injectable } from '@nestjs/common';
import { TimeoutError, within } from '../time/within.js';

export interface HealthDetail {
  readonly status: 'up' | 'degraded' | 'down';
  /** Facts for a person: ages, counts, names. Never a secret. */
  readonly [fact: string]: unknown;
}

/** `down` takes the replica out of service, if the check is a vital one; `degraded` is shown and changes nothing. */
export type HealthCheck = () => HealthDetail | Promise<HealthDetail>;

/** What is not there within this is not waited for: a probe gives up after three seconds, and the replica with it. */
const CHECK_TIMEOUT_MS = 2_000;

/** What `/health/ready` asks. Features register what they know of. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, { readonly check: HealthCheck; readonly vital: boolean }>();
  private stopping = false;
  private readonly drain = new AbortController();

  /** Whatever this check says, silent or not: the replica does its work without it. At worst it is degraded. */
  register(name: string, check: HealthCheck): void {
    this.checks.set(name, { check, vital: false });
  }

  /** Without this the replica can do nothing of use: it is `down` when the check says so, throws or is silent. */
  registerVital(name: string, check: HealthCheck): void {
    this.checks.set(name, { check, vital: true });
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
    const entries = await Promise.all(
      [...this.checks].map(
        async ([name, { check, vital }]) => [name, await runCheck(check, vital ? 'down' : 'degraded')] as const,
      ),
    );
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

async function runCheck(check: HealthCheck, worst: 'down' | 'degraded'): Promise<HealthDetail> {
  let detail: HealthDetail;
  try {
    const answer = (async () => check())();
    detail = await within(CHECK_TIMEOUT_MS, answer, `no answer in ${CHECK_TIMEOUT_MS} ms`);
  } catch (error) {
    detail = { status: worst, problem: error instanceof TimeoutError ? error.message : wordFor(error) };
  }
  return detail.status === 'down' && worst === 'degraded' ? { ...detail, status: 'degraded' } : detail;
}

const wordFor = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message;
