import { type AuthType, CODE_PERMISSION_SET, PERMISSION_SETS, type PermissionSet } from '#wechat';

/** Which accounts a consent page lets one pick; absent: of all kinds. */
const KINDS: Readonly<Partial<Record<AuthType, readonly PermissionSet['account'][]>>> = {
  1: ['official-account'],
  2: ['mini-program'],
  3: ['official-account', 'mini-program'],
  4: ['mini-program'],
  5: ['channels'],
};

export interface Asked {
  readonly authType: AuthType;
  /** Of the account that is asked for, when it is known. */
  readonly kind: PermissionSet['account'] | undefined;
  /** The only permission sets that are asked for; empty: all that the platform has. */
  readonly only: readonly number[];
  /** What the platform is known to have, from those who have authorized it: WeChat has no list of it. */
  readonly ofPlatform: readonly number[];
  /** What the account has granted to us already. */
  readonly granted: readonly number[];
}

/**
 * Permission sets that one platform at a time can hold, and that this authorization asks for: where another provider has one, the merchant
 * gives it up there (errors-and-permission-sets.md §3). Whether it moves or WeChat offers it no more is not published.
 */
export function exclusiveSets({ authType, kind, only, ofPlatform, granted }: Asked): PermissionSet[] {
  const asked = only.length > 0 ? only : ofPlatform.length > 0 ? ofPlatform : [CODE_PERMISSION_SET];
  const kinds = kind === undefined ? KINDS[authType] : [kind];
  return [...new Set(asked)]
    .filter((id) => !granted.includes(id))
    .sort((a, b) => a - b)
    .flatMap((id) => PERMISSION_SETS.get(id) ?? [])
    .filter((set) => set.exclusive === true && (kinds === undefined || kinds.includes(set.account)));
}
