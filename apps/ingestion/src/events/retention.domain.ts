import { matchesPattern } from '../subscribers/subscription.domain.js';

export interface Retention {
  readonly pattern: string;
  readonly days: number;
}

/** `message.*=30,*=180`: the first pattern that fits a kind decides. */
export function parseRetention(text: string): Retention[] {
  return text.split(',').map((part) => {
    const [pattern = '', days = ''] = part.trim().split('=');
    return { pattern, days: Number(days) };
  });
}

/** @returns what is wrong, in words for whoever configured it */
export function retentionProblem(rules: readonly Retention[], pushMaxAgeS: number): string | undefined {
  const short = rules.find(({ days }) => days * 86_400 <= pushMaxAgeS);
  // A push that is sent again must still find its row, or be too old to be believed.
  if (short) return `${short.pattern}: must be longer than PUSH_MAX_AGE_S`;
  return rules.some(({ pattern }) => pattern === '*') ? undefined : 'must end with "*=<days>" for all other kinds';
}

/** Days that a kind is kept. */
export function daysFor(kind: string, rules: readonly Retention[]): number {
  const rule = rules.find(({ pattern }) => matchesPattern(pattern, kind));
  if (!rule) throw new Error('there is always a rule for all other kinds');
  return rule.days;
}
