import { randomBytes } from 'node:crypto';

/** Events of our own, about subscriptions. */
export const SUBSCRIPTION_DISABLED = 'wxplane.subscription_disabled';
export const TEST_EVENT = 'wxplane.test';

export const newSubscriptionId = (): string => `sub_${randomBytes(10).toString('hex')}`;

/** What decides whether a subscription gets an event. */
export interface Filter {
  /** `null`: every component. */
  readonly componentAppid: string | null;
  /** `null`: all authorizers, and what belongs to none. */
  readonly authorizers: readonly string[] | null;
  /** Patterns, `*` matches any text. */
  readonly kinds: readonly string[];
}

export interface Subject {
  readonly componentAppid: string;
  readonly authorizerAppid: string | null;
  readonly kind: string;
}

export function matches(filter: Filter, event: Subject): boolean {
  if (filter.componentAppid !== null && filter.componentAppid !== event.componentAppid) return false;
  if (filter.authorizers !== null && !filter.authorizers.includes(event.authorizerAppid ?? '')) return false;
  return filter.kinds.some((pattern) => matchesPattern(pattern, event.kind));
}

/** What two lists of authorizers allow together; `null`: all. */
export function commonAuthorizers(one: string[] | null, other: string[] | null): string[] | null {
  if (one === null || other === null) return one ?? other;
  return one.filter((appid) => other.includes(appid));
}

const compiled = new Map<string, RegExp>();

/** `message.*` has every message, `*` everything; nothing but `*` is special. */
export function matchesPattern(pattern: string, kind: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    const parts = pattern.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    expression = new RegExp(`^${parts.join('.*')}$`, 's');
    if (compiled.size > 10_000) compiled.clear();
    compiled.set(pattern, expression);
  }
  return expression.test(kind);
}

/** The key that lets one subscription answer messages, for one authorizer or for a whole component. */
export function replierScope(componentAppid: string, authorizerAppid: string | undefined): string {
  return `${componentAppid}/${authorizerAppid ?? '*'}`;
}

/** Which scopes may answer a message, the narrower one first. */
export function replierScopesFor(componentAppid: string, authorizerAppid: string): readonly [string, string] {
  return [replierScope(componentAppid, authorizerAppid), replierScope(componentAppid, undefined)];
}
