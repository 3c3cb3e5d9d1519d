import { request } from 'undici';
import type { Standstill } from '#base';
import { HealthConfig } from '../shell/cli.config.js';
import { configured } from '../shell/environment.js';
import { age } from '../shell/output.js';

export interface AppStatus {
  readonly app: string;
  readonly state: 'up' | 'degraded' | 'down' | 'not asked';
  /** What it misses, in its own words. */
  readonly problems: readonly string[];
  /** What it must move, and does not; it may be in service all the same. */
  readonly standstills: readonly Standstill[];
}

const TIMEOUT_MS = 5_000;

/** Asks each app that is named: its management port for readiness, or else its own port for a sign of life. */
export async function askApps(): Promise<AppStatus[]> {
  const config = configured(HealthConfig);
  return Promise.all(
    (['ingestion', 'broker', 'release'] as const).map((app) => {
      const name = app.toUpperCase() as Uppercase<typeof app>;
      const management = config[`${name}_MANAGEMENT_URL`];
      const url = config[`${name}_URL`];
      if (management) return ready(app, management);
      return url ? alive(app, url) : { app, state: 'not asked' as const, problems: [`${name}_URL is not set`], standstills: [] };
    }),
  );
}

async function ready(app: string, base: string): Promise<AppStatus> {
  try {
    const { body } = await request(new URL('/health/ready', base), { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    const report = (await body.json()) as { status: string; checks?: Record<string, Record<string, unknown>> };
    const { progress, ...checks } = report.checks ?? {};
    const standstills = (progress?.['stands_still'] ?? []) as Standstill[];
    const problems = Object.entries(checks)
      .filter(([, check]) => check['status'] !== 'up')
      .map(([name, { status: _, ...facts }]) => `${name}: ${Object.values(facts).map(words).join(', ') || 'down'}`);
    for (const { what, still_s } of standstills) problems.push(`${what}: has not moved for ${age(still_s)}`);
    const state = report.status === 'up' || report.status === 'degraded' ? report.status : 'down';
    return { app, state, problems, standstills };
  } catch (error) {
    return unreachable(app, error);
  }
}

/** What an app's check tells, as a person reads it: `wx… missing, age 12 s` instead of a document. */
function words(fact: unknown): string {
  if (typeof fact !== 'object' || fact === null) return String(fact);
  return Object.entries(fact)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => {
      if (typeof value === 'object') return Array.isArray(fact) ? words(value) : `${name} ${words(value)}`;
      if (Array.isArray(fact) || name === 'state') return String(value);
      return name.endsWith('_s')
        ? `${name.slice(0, -2).replaceAll('_', ' ')} ${age(Number(value))}`
        : `${name.replaceAll('_', ' ')} ${value}`;
    })
    .join(', ');
}

/** Any answer in our own words will do: this path does not exist. */
async function alive(app: string, base: string): Promise<AppStatus> {
  try {
    const { body, headers } = await request(new URL('/v1/', base), { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    await body.dump();
    if (/problem\+json/.test(String(headers['content-type']))) return { app, state: 'up', problems: [], standstills: [] };
    return { app, state: 'down', problems: ['something else answers at this address'], standstills: [] };
  } catch (error) {
    return unreachable(app, error);
  }
}

function unreachable(app: string, error: unknown): AppStatus {
  const { code, name } = error as { code?: string; name?: string };
  return { app, state: 'down', problems: [`cannot be reached (${code ?? name})`], standstills: [] };
}
