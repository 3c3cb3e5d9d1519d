/** A permission set (权限集): what a merchant grants (authorization.md §5.14). */
export interface PermissionSet {
  readonly id: number;
  readonly name: { readonly en: string; readonly zh: string };
  /** Only one component at a time can hold it for an account. */
  readonly exclusive: boolean;
}

/** Needed for every code, audit and release call. */
export const CODE_PERMISSION_SET = 18;
export const PERMISSION_SETS: ReadonlyMap<number, PermissionSet> = new Map();
