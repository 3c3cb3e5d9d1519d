import { createHash } from 'node:crypto';
import { sha256 } from '#service';
import type { ProtectedEffectId } from '#wechat';

/**
 * `open`: others may agree, or have · `executing`: a change is being made; after a crash it stays so, and is not made again · `done`,
 * `failed`: what became of it · `refused`, `withdrawn`, `expired`: it will not be made.
 */
export const APPROVAL_STATES = ['open', 'executing', 'done', 'failed', 'refused', 'withdrawn', 'expired'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

/** Somebody agreed to exactly this. */
export interface Agreement {
  /** Who it is: see `whoIs`. */
  readonly who: string;
  /** The client that they came with: their rights are looked at again when it takes effect. */
  readonly clientId: string;
  readonly digest: string;
  readonly at: string;
  readonly until: string;
  readonly note: string | null;
}

/** A change that waits: the original call, to be made as it was asked for. */
export interface AskedChange {
  readonly operation: string;
  readonly args: readonly unknown[];
  readonly clientId: string;
  readonly who: string;
}

/** What is sealed: whoever can write to the database cannot write this. */
export interface Approval {
  readonly id: string;
  readonly effect: ProtectedEffectId;
  readonly componentAppid: string;
  readonly authorizerAppid: string;
  /** What is asked for, as approvers see it; `digest` stands for it. */
  readonly what: Readonly<Record<string, unknown>>;
  readonly digest: string;
  /** All who had a part in it; none of them may agree to it. */
  readonly makers: readonly string[];
  /** Those makers who asked for it, or let it go on, with a token of their own: nothing says whose a key is. Absent: none is known. */
  readonly persons?: readonly string[];
  readonly agreements: readonly Agreement[];
  readonly state: ApprovalState;
  readonly createdAt: string;
  /** Of a change: it is asked for until then. `null`: as long as its release or rollout. */
  readonly expiresAt: string | null;
  readonly change?: AskedChange;
  readonly outcome?: { readonly answer?: unknown; readonly problem?: { readonly code: string; readonly detail: string } };
}

export const idOfRelease = (releaseId: number): string => `r${releaseId}`;
export const idOfRollout = (rolloutId: number): string => `o${rolloutId}`;

/** JSON with its members in order: the same thing always gives the same text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)))
      : part,
  );
}

export const digestOf = (what: Readonly<Record<string, unknown>>): string => sha256(canonical(what));

/** Names of what differs, in order. */
export function differing(before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => canonical(before[name] ?? null) !== canonical(now[name] ?? null)).sort();
}

/** What of a release is sent to WeChat, or decides what is. */
export interface Sent {
  readonly componentAppid: string;
  readonly authorizerAppid: string;
  readonly templateId: number;
  readonly userVersion: string;
  readonly userDesc: string;
  readonly extJson: string;
  readonly submitRequest: object;
  readonly policy: object;
}

/** Texts of any length stand as hashes; everything else as it is, so that it can be said what has changed. */
export function sentOf(sent: Sent): Record<string, unknown> {
  return {
    component_appid: sent.componentAppid,
    authorizer_appid: sent.authorizerAppid,
    template_id: sent.templateId,
    user_version: sent.userVersion,
    user_desc: sent.userDesc,
    ext_json_sha256: sha256(sent.extJson),
    audit_sha256: sha256(canonical(sent.submitRequest)),
    policy: sent.policy,
  };
}

/** One digest for all targets of a rollout, in their order. */
export function rootOf(targets: Iterable<readonly [authorizerAppid: string, digest: string]>): string {
  const hash = createHash('sha256');
  for (const [appid, digest] of targets) hash.update(`${appid} ${digest}\n`);
  return hash.digest('hex');
}

/** Those that count for this digest: not over, of nobody who had a part in it, each person once. Whether they still may is another question. */
export function standing(
  { agreements, makers }: Pick<Approval, 'agreements' | 'makers'>,
  digest: string,
  now: Date,
): Agreement[] {
  const byWho = new Map<string, Agreement>();
  for (const agreement of agreements) {
    const partOfIt = makers.includes(agreement.who) || makers.includes(agreement.clientId);
    if (!partOfIt && agreement.digest === digest && Date.parse(agreement.until) > now.getTime())
      byWho.set(agreement.who, agreement);
  }
  return [...byWho.values()];
}
