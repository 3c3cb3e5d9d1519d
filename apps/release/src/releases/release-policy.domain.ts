import type { SubmitAuditBody } from '#wechat';

/** What happens by itself. Absent members: nothing does. */
export interface ReleasePolicy {
  /** Submit to audit as soon as the privacy scan is done and clean. */
  readonly submit?: 'auto' | 'manual';
  /** Publish as soon as the audit is approved. */
  readonly publish?: 'auto' | 'manual';
}

export const MANUAL: ReleasePolicy = {};

export function parsePolicy(text: string | null): ReleasePolicy {
  return parseJson<ReleasePolicy>(text) ?? MANUAL;
}

export function parseSubmitRequest(text: string | null): SubmitAuditBody {
  return parseJson<SubmitAuditBody>(text) ?? {};
}

/** @returns `undefined` for NULL and for what is not a JSON object. */
export function parseJson<T extends object>(text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
