import type { RolloutEntity } from '#persistence';
import type { SubmitAuditBody } from '#wechat';
import { parseJson, type ReleasePolicy } from '../releases/release-policy.domain.js';
import type { TakesBack } from './back.domain.js';
import type { Refusals, RolloutCounts, RolloutOptions } from './rollout.domain.js';

/** What a rollout brings to its mini programs, with nothing left open: profile and policy resolved. */
export interface ResolvedSpec {
  readonly template_id: number;
  readonly user_version: string;
  readonly user_desc: string;
  readonly ext_json?: Record<string, unknown>;
  readonly variables?: Record<string, unknown>;
  readonly secret_variables?: readonly string[];
  readonly audit: SubmitAuditBody;
  readonly policy: ReleasePolicy;
  /** It takes another rollout back. */
  readonly back?: TakesBack;
  /** The template as WeChat listed it when others were to agree to it. */
  readonly template?: { readonly user_version: string; readonly user_desc: string; readonly created_at: number };
}

/** Why a rollout waits or was paused. */
export interface RolloutReason {
  /** Such as `quota`, `template`, `platform`, `operator`, `canary-failed`. */
  readonly code: string;
  /** ISO 8601. */
  readonly since?: string;
  /** Until then the reason explains the waiting; ISO 8601. */
  readonly explained_until?: string;
  /** The quota could not be read: most often there is some. */
  readonly unread?: boolean;
  readonly [more: string]: unknown;
}

/** What had happened when it was last resumed; `violated` is absent in rows of before. */
export type Forgiven = Pick<RolloutCounts, 'failed' | 'succeeded'> & { readonly violated?: number };

/** What the row holds as text. */
interface Parsed {
  readonly spec: ResolvedSpec;
  /** As they are now. */
  readonly options: RolloutOptions;
  /** Of these, what was changed while it ran: others agreed to what it was before. */
  readonly pace: Partial<RolloutOptions> | null;
  /** As others were asked to agree to them. */
  readonly agreedOptions: RolloutOptions;
  readonly reason: RolloutReason | null;
  /** What had ended when it was last resumed; failures before that count no more. */
  readonly forgiven: Forgiven | null;
  /** How often in a row WeChat made it wait, and when last. */
  readonly refusals: Refusals | null;
}

/** A rollout as the product knows it. Its row (`RolloutEntity`) stays in the repositories. */
export interface Rollout extends Readonly<Omit<RolloutEntity, keyof Parsed>>, Parsed {}

export type RolloutPatch = Partial<Omit<Rollout, 'rolloutId' | 'componentAppid' | 'spec' | 'agreedOptions' | 'updatedAt'>>;
export type NewRollout = Pick<
  Rollout,
  | 'componentAppid'
  | 'name'
  | 'spec'
  | 'options'
  | 'previewHash'
  | 'state'
  | 'stage'
  | 'ring'
  | 'reason'
  | 'clientId'
  | 'isFrozen'
  | 'createdAt'
  | 'nextCheckAt'
>;

/** @param row with its specification opened, see `RolloutTexts` */
export function fromRow(row: RolloutEntity): Rollout {
  const pace = parseJson<Partial<RolloutOptions>>(row.pace) ?? null;
  return {
    ...row,
    spec: JSON.parse(row.spec) as ResolvedSpec,
    options: { ...agreedOptions(row), ...pace },
    agreedOptions: agreedOptions(row),
    pace,
    reason: parseJson<RolloutReason>(row.reason) ?? null,
    forgiven: parseJson<Forgiven>(row.forgiven) ?? null,
    refusals: parseJson<Refusals>(row.refusals) ?? null,
  };
}

/** What others were asked to agree to: without what was made slower since. */
export function agreedOptions(row: Pick<RolloutEntity, 'options'>): RolloutOptions {
  return JSON.parse(row.options) as RolloutOptions;
}

const JSON_COLUMNS = ['spec', 'options', 'pace', 'reason', 'forgiven', 'refusals'] as const;

/** The columns of a change, or of a new rollout, whose specification is not sealed yet. */
export function toColumns(values: Partial<Rollout>): Partial<RolloutEntity> {
  const { agreedOptions: _, ...stored } = values;
  const columns: Record<string, unknown> = { ...stored };
  for (const name of JSON_COLUMNS) {
    const value = values[name];
    if (value !== undefined) columns[name] = value === null ? null : JSON.stringify(value);
  }
  return columns;
}
