import type { DataSource } from 'typeorm';
import { type ApiCall, type CallContext, PermissionSetMissingError, setsNeededBy } from '#wechat';

/** What was granted is believed for so long; what was not is looked up each time, since it may be granted any moment. */
const BELIEVED_MS = 60_000;
const REMEMBERED = 20_000;

/**
 * Whether an account has granted what a call needs, before WeChat is asked: give `require` to `WechatApi` as `beforeCall`. Of whom nobody has
 * said what was granted, nothing is held against the call; nor while the database does not answer.
 */
export class GrantedSets {
  private readonly known = new Map<string, { readonly sets: ReadonlySet<number>; readonly until: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws PermissionSetMissingError */
  readonly require = async ({ api, path }: Pick<ApiCall, 'api' | 'path'>, context: CallContext): Promise<void> => {
    const { componentAppid, authorizerAppid } = context;
    const needed = setsNeededBy(path);
    if (needed.length === 0 || componentAppid === undefined || authorizerAppid === undefined) return;
    const key = `${componentAppid}/${authorizerAppid}`;
    const believed = this.known.get(key);
    if (believed && believed.until > this.now() && needed.some((id) => believed.sets.has(id))) return;
    const sets = await this.read(componentAppid, authorizerAppid).catch(() => undefined);
    if (!sets || sets.size === 0) return;
    if (this.known.size >= REMEMBERED) this.known.clear();
    this.known.set(key, { sets, until: this.now() + BELIEVED_MS });
    if (!needed.some((id) => sets.has(id))) throw new PermissionSetMissingError(api, authorizerAppid, needed);
  };

  private async read(componentAppid: string, authorizerAppid: string): Promise<ReadonlySet<number>> {
    const rows = (await this.dataSource.query(
      `SELECT p.funcscope_id AS id FROM f_wechat_authorizer a
         JOIN f_wechat_authorizerpermission p ON p.component_appid = a.component_appid AND p.authorizer_appid = a.authorizer_appid
        WHERE a.component_appid = ? AND a.authorizer_appid = ? AND a.permission_sets_at IS NOT NULL`,
      [componentAppid, authorizerAppid],
    )) as { id: number }[];
    return new Set(rows.map(({ id }) => Number(id)));
  }
}
