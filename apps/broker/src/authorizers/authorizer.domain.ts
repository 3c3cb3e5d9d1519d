import type { AuthorizerInfo, FuncInfo } from '#wechat';

export type AuthorizerState = 'active' | 'degraded' | 'needs_reauthorization' | 'cancelled';
export type AuthorizerKind = 'official_account' | 'mini_program' | 'channels' | 'store' | 'talent' | 'supplier';

/** What an account is, told by which part WeChat's answer has (authorization.md §5.5). */
export function kindOf(info: AuthorizerInfo): AuthorizerKind {
  if (info.MiniProgramInfo) return 'mini_program';
  if (info.channels_info) return 'channels';
  if (info.store_info) return 'store';
  if (info.talent_info) return 'talent';
  if (info.supplier_info) return 'supplier';
  return 'official_account';
}

/** Ids of the granted permission sets, each once. */
export function permissionSets(funcInfo: readonly FuncInfo[] | undefined): number[] | undefined {
  if (!Array.isArray(funcInfo)) return undefined;
  const ids = funcInfo.map((entry) => Number(entry?.funcscope_category?.id)).filter((id) => Number.isInteger(id) && id > 0);
  return [...new Set(ids)].sort((a, b) => a - b);
}

/**
 * Whether an `unauthorized` event ends the authorization by itself. Pushes are unordered and repeated: one that is not younger than
 * the newest grant may be about the grant before, so WeChat is asked.
 */
export function endsAuthorization(eventAt: Date, grantedAt: Date | null): 'yes' | 'ask' {
  return grantedAt === null || eventAt.getTime() > grantedAt.getTime() ? 'yes' : 'ask';
}
