import { ValidateBy } from 'class-validator';
import type { ProtectedEffectId } from '#wechat';

/**
 * Effects for which a second person can be asked. Uploading and submitting code are none: users see nothing of them, and what is submitted
 * is what the second person looks at. `gray` goes with `release`. Registration puts nothing before users of a mini program that there is.
 */
export const TWO_PERSON_EFFECTS = [
  'release',
  'rollback',
  'templates',
  'domains',
  'visit-status',
  'plugins',
  'names',
  'categories',
  'privacy',
  'qr-rules',
  'component-settings',
  'testers',
] as const satisfies readonly ProtectedEffectId[];
export type TwoPersonEffect = (typeof TWO_PERSON_EFFECTS)[number];

/** As it stands in the components file. */
export interface TwoPersonSettings {
  /** Which effects need two persons. Default: all but `testers`, who see trial versions only. */
  readonly effects?: readonly TwoPersonEffect[];
  /** How long an approval holds, and how long a request waits for one. Default 72. */
  readonly approval_hours?: number;
  /** A rollout to more mini programs than that needs so many approvers. */
  readonly large_rollouts?: { readonly over_targets: number; readonly approvers: number };
}

export interface TwoPersonPolicy {
  readonly effects: ReadonlySet<ProtectedEffectId>;
  readonly approvalMs: number;
  /** Approvers needed for a rollout to so many mini programs. */
  approversFor(targets: number): number;
}

const BY_DEFAULT: readonly TwoPersonEffect[] = TWO_PERSON_EFFECTS.filter((effect) => effect !== 'testers');
const APPROVAL_HOURS = 72;

/** @param settings of a component; `undefined`: none, and only what a request asks for itself needs two */
export function policyOf(settings: 'required' | TwoPersonSettings | undefined): TwoPersonPolicy {
  const {
    effects = BY_DEFAULT,
    approval_hours = APPROVAL_HOURS,
    large_rollouts,
  }: TwoPersonSettings = settings === 'required' || settings === undefined ? {} : settings;
  return {
    // Some users are users, too.
    effects: new Set(
      settings === undefined ? [] : effects.flatMap((effect) => (effect === 'release' ? ['release', 'gray'] : [effect])),
    ),
    approvalMs: approval_hours * 3_600_000,
    approversFor: (targets) => (large_rollouts && targets > large_rollouts.over_targets ? large_rollouts.approvers : 1),
  };
}

/** Either `required` or the settings. */
export const IsTwoPerson = () =>
  ValidateBy({
    name: 'twoPerson',
    validator: { validate: (value) => problemOf(value) === undefined, defaultMessage: (of) => problemOf(of?.value) ?? '' },
  });

/** @returns what is wrong, in words that follow the member's name */
function problemOf(value: unknown): string | undefined {
  if (value === 'required') return undefined;
  if (!isObject(value)) return 'must be "required", an object, or be left out';
  const { effects, approval_hours, large_rollouts, ...others } = value;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `has no member ${JSON.stringify(unknown)}`;
  if (effects !== undefined) {
    const known = Array.isArray(effects) && effects.length > 0 && effects.every((effect) => TWO_PERSON_EFFECTS.includes(effect));
    if (!known) return `effects must be some of ${TWO_PERSON_EFFECTS.join(', ')}`;
  }
  if (approval_hours !== undefined && !isWhole(approval_hours, 1, 720))
    return 'approval_hours must be a whole number from 1 to 720';
  if (large_rollouts !== undefined) {
    const { over_targets, approvers } = isObject(large_rollouts) ? large_rollouts : {};
    if (!isWhole(over_targets, 0, 1_000_000) || !isWhole(approvers, 2, 5) || Object.keys(large_rollouts as object).length !== 2)
      return 'large_rollouts must be {"over_targets": 0 or more, "approvers": 2 to 5}';
  }
  return undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
