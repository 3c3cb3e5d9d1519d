import type { ReleaseEntity } from '#persistence';
import type { CodePrivacyInfo, SubmitAuditBody } from '#wechat';
import { extHash } from '../mini-programs/mini-program.repository.js';
import type { StoredFailure } from '../wechat/wechat-failure.domain.js';
import { stateOf } from './older-system.domain.js';
import type { Intent, ReleaseState } from './release.domain.js';
import { parseJson, type ReleasePolicy } from './release-policy.domain.js';
import type { Waiting } from './waiting.domain.js';

/** What the row holds as text. */
interface Parsed {
  readonly state: ReleaseState;
  /** A step whose outcome is not known. */
  readonly intent: Intent | null;
  readonly waiting: Waiting | null;
  readonly lastError: StoredFailure | null;
  readonly policy: ReleasePolicy;
  readonly submitRequest: SubmitAuditBody;
  /** Values of secret variables in what was or is sent: no answer, event or log shows them. */
  readonly secretValues: readonly string[];
  /** What the privacy scan of the commit found. */
  readonly scanResult: CodePrivacyInfo | null;
}

/** A release as the product knows it. Its row (`ReleaseEntity`) stays in the repositories. */
export interface Release extends Readonly<Omit<ReleaseEntity, keyof Parsed | 'extHash'>>, Parsed {
  /** `null`: an older system wrote the row, and `state` is derived from its columns. */
  readonly storedState: string | null;
}

export type ReleasePatch = Partial<Omit<Release, 'releaseId' | 'state' | 'storedState' | 'status' | 'isRelease'>>;
export type NewRelease = ReleasePatch & Pick<Release, 'componentAppid' | 'authorizerAppid'>;

/** @param row with its sealed texts opened, see `ReleaseTexts` */
export function fromRow({ extHash: _, ...row }: ReleaseEntity): Release {
  return {
    ...row,
    state: stateOf(row),
    storedState: row.state,
    intent: row.intent as Intent | null,
    waiting: parseJson<Waiting>(row.waiting) ?? null,
    lastError: parseJson<StoredFailure>(row.lastError) ?? null,
    policy: parseJson<ReleasePolicy>(row.policy) ?? {},
    submitRequest: parseJson<SubmitAuditBody>(row.submitRequest) ?? {},
    secretValues: parseJson<string[]>(row.secretValues) ?? [],
    scanResult: parseJson<CodePrivacyInfo>(row.scanResult) ?? null,
  };
}

/** The columns of a change, their texts not sealed yet. */
export function toColumns(patch: ReleasePatch): Partial<ReleaseEntity> {
  const columns: Record<string, unknown> = { ...patch };
  for (const name of ['waiting', 'lastError', 'scanResult'] as const) {
    const value = patch[name];
    if (value !== undefined) columns[name] = value === null ? null : JSON.stringify(value);
  }
  // Where nothing is asked for there is no text.
  for (const name of ['policy', 'submitRequest', 'secretValues'] as const) {
    const value = patch[name];
    if (value !== undefined) columns[name] = Object.keys(value).length === 0 ? null : JSON.stringify(value);
  }
  if (patch.extJson !== undefined) columns['extHash'] = extHash(patch.extJson);
  return columns;
}
