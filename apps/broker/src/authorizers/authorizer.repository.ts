import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuthorizerEntity, BINDINGS, changed, SecretBox, untilNotBusy, updateInBites } from '#persistence';
import { LOGGER, type Logger } from '#service';
import type { AuthorizerInfo } from '#wechat';
import { openOrAbsent } from '../secrets/open-or-absent.js';
import { type AuthorizerState, kindOf } from './authorizer.domain.js';

/** What a refresh needs to know of an authorizer. */
export interface Credentials {
  readonly state: AuthorizerState;
  readonly refreshToken: string | undefined;
}

export interface Grant {
  readonly componentAppid: string;
  readonly authorizerAppid: string;
  /** Absent or empty: what is stored stays. */
  readonly refreshToken: string | undefined;
  /** `undefined`: not told. */
  readonly permissionSets: readonly number[] | undefined;
  readonly grantedAt: Date;
}

/** What is known of an account that WeChat's list has. */
export interface ListedAuthorizer {
  readonly state: AuthorizerState;
  /** Whether a live refresh token is stored, and whether that was so before a given time. */
  readonly hasToken: boolean;
  readonly settled: boolean;
}

/** A time that WeChat tells, but not one that lies ahead: it would be newer than whatever follows. */
const BELIEVED = 'LEAST(?, UTC_TIMESTAMP(3))';
const AT = 'component_appid = ? AND authorizer_appid = ?';

/**
 * `f_wechat_authorizer`, its permission sets, and `f_wechat_refreshtoken`. Transactions lock in one order, so that none waits for one
 * that waits for it: access token, authorizer, refresh token, the rest.
 */
@Injectable()
export class AuthorizerRepository {
  constructor(
    readonly dataSource: DataSource,
    private readonly box: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  find(componentAppid: string, authorizerAppid: string): Promise<AuthorizerEntity | null> {
    return this.dataSource.getRepository(AuthorizerEntity).findOneBy({ componentAppid, authorizerAppid });
  }

  async credentials(componentAppid: string, authorizerAppid: string): Promise<Credentials | undefined> {
    const [row] = await this.dataSource.query(
      `SELECT a.state, r.authorizer_refresh_token AS current
         FROM f_wechat_authorizer a
         LEFT JOIN f_wechat_refreshtoken r ON r.component_appid = a.component_appid AND r.authorizer_appid = a.authorizer_appid AND r.is_cancel = 0
        WHERE a.component_appid = ? AND a.authorizer_appid = ?`,
      [componentAppid, authorizerAppid],
    );
    if (!row) return undefined;
    return { state: row.state, refreshToken: this.open(row.current, componentAppid, authorizerAppid) };
  }

  /** A grant, an update or a renewal, as WeChat confirmed it: the authorizer is active, and the tokens are the new ones. */
  async storeGrant(manager: EntityManager, grant: Grant): Promise<void> {
    const { componentAppid, authorizerAppid, grantedAt } = grant;
    await manager.query(
      `INSERT INTO f_wechat_authorizer (component_appid, authorizer_appid, state, state_at, granted_at, created_at, updated_at)
       VALUES (?, ?, 'active', UTC_TIMESTAMP(3), ${BELIEVED}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
       ON DUPLICATE KEY UPDATE state = 'active', state_reason = NULL, state_at = UTC_TIMESTAMP(3), missing_since = NULL,
         granted_at = GREATEST(IFNULL(LEAST(granted_at, UTC_TIMESTAMP(3)), VALUES(granted_at)), VALUES(granted_at)), updated_at = UTC_TIMESTAMP(3)`,
      [componentAppid, authorizerAppid, grantedAt],
    );
    await this.storeRefreshToken(manager, componentAppid, authorizerAppid, grant.refreshToken, grantedAt);
    if (grant.permissionSets) await this.storePermissionSets(manager, componentAppid, authorizerAppid, grant.permissionSets);
  }

  /** The newest grant is not older than this. One that ended stays as it is. */
  async raiseGrantedAt(componentAppid: string, authorizerAppid: string, grantedAt: Date): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_authorizer SET granted_at = ${BELIEVED}
        WHERE ${AT} AND state <> 'cancelled' AND (granted_at IS NULL OR granted_at < ${BELIEVED})`,
      [grantedAt, componentAppid, authorizerAppid, grantedAt],
    );
  }

  /**
   * What WeChat's list says of an account that is not known here; without a refresh token, the merchant is needed.
   * @returns false, and nothing is changed: somebody else has made it known meanwhile, and knows it better
   */
  async addListed(manager: EntityManager, grant: Grant): Promise<boolean> {
    const { componentAppid, authorizerAppid, refreshToken, grantedAt } = grant;
    const [state, reason] = refreshToken
      ? (['active', null] as const)
      : (['needs_reauthorization', 'its authorization code was never exchanged'] as const);
    const added = await manager.query(
      `INSERT IGNORE INTO f_wechat_authorizer
              (component_appid, authorizer_appid, state, state_reason, state_at, granted_at, created_at, updated_at)
       VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3), ${BELIEVED}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [componentAppid, authorizerAppid, state, reason, grantedAt],
    );
    if (!changed(added)) return false;
    await this.storeRefreshToken(manager, componentAppid, authorizerAppid, refreshToken, grantedAt);
    return true;
  }

  /** Stores a refresh token and keeps the one before it. An absent or empty one changes nothing; so does the same one. */
  async storeRefreshToken(
    manager: EntityManager,
    componentAppid: string,
    authorizerAppid: string,
    refreshToken: string | undefined,
    grantedAt?: Date,
  ): Promise<void> {
    if (!refreshToken) return;
    const [live] = await manager.query(
      `SELECT refresh_id, authorizer_refresh_token AS stored FROM f_wechat_refreshtoken WHERE ${AT} AND is_cancel = 0 FOR UPDATE`,
      [componentAppid, authorizerAppid],
    );
    const sealed = this.box.seal(refreshToken, BINDINGS.refreshToken(componentAppid, authorizerAppid));
    if (!live) {
      await manager.query(
        `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time, is_cancel, granted_at, update_time)
         VALUES (?, ?, ?, UTC_TIMESTAMP(), 0, ${BELIEVED}, UTC_TIMESTAMP())`,
        [componentAppid, authorizerAppid, sealed, grantedAt ?? null],
      );
      return;
    }
    const same = this.open(live.stored, componentAppid, authorizerAppid) === refreshToken;
    // The same token in an older system's plain text, or under an older key, is written again as well.
    if (same && !this.box.isStale(live.stored, 'credentials') && !grantedAt) return;
    await manager.query(
      `UPDATE f_wechat_refreshtoken SET ${same ? '' : 'previous_refresh_token = authorizer_refresh_token,'}
              authorizer_refresh_token = ?, granted_at = IFNULL(${BELIEVED}, granted_at), update_time = UTC_TIMESTAMP()
        WHERE refresh_id = ?`,
      [sealed, grantedAt ?? null, live.refresh_id],
    );
  }

  async storePermissionSets(
    manager: EntityManager,
    componentAppid: string,
    authorizerAppid: string,
    sets: readonly number[],
  ): Promise<void> {
    await manager.query(`UPDATE f_wechat_authorizer SET permission_sets_at = UTC_TIMESTAMP(3) WHERE ${AT}`, [
      componentAppid,
      authorizerAppid,
    ]);
    const rows: { id: number }[] = await manager.query(
      `SELECT funcscope_id AS id FROM f_wechat_authorizerpermission WHERE ${AT}`,
      [componentAppid, authorizerAppid],
    );
    const before = new Set(rows.map(({ id }) => Number(id)));
    const gone = [...before].filter((id) => !sets.includes(id));
    // By their whole key: a deletion of a range locks the gaps between the rows, in which the neighbours' sets are being written.
    if (gone.length > 0)
      await manager.query(
        `DELETE FROM f_wechat_authorizerpermission WHERE ${AT} AND funcscope_id IN (${gone.map(() => '?').join(', ')})`,
        [componentAppid, authorizerAppid, ...gone],
      );
    const added = sets.filter((id) => !before.has(id));
    if (added.length === 0) return;
    await manager.query(
      `INSERT IGNORE INTO f_wechat_authorizerpermission (component_appid, authorizer_appid, funcscope_id) VALUES ${added.map(() => '(?, ?, ?)').join(', ')}`,
      added.flatMap((id) => [componentAppid, authorizerAppid, id]),
    );
  }

  /**
   * Ends the authorization: the refresh token becomes history.
   * @param grantedAt the grant that ends
   * @returns false, and nothing is changed: there is another grant by now
   */
  async cancel(
    manager: EntityManager,
    { componentAppid, authorizerAppid, grantedAt }: Pick<AuthorizerEntity, 'componentAppid' | 'authorizerAppid' | 'grantedAt'>,
    at: Date,
    reason: string,
  ): Promise<boolean> {
    const ended = await manager.query(
      `UPDATE f_wechat_authorizer SET state = 'cancelled', state_reason = ?, state_at = UTC_TIMESTAMP(3),
              cancelled_at = GREATEST(IFNULL(cancelled_at, ${BELIEVED}), ${BELIEVED}), updated_at = UTC_TIMESTAMP(3) WHERE ${AT} AND granted_at <=> ?`,
      [reason, at, at, componentAppid, authorizerAppid, grantedAt],
    );
    if (!changed(ended)) return false;
    await manager.query(
      `UPDATE f_wechat_refreshtoken SET is_cancel = 1, cancel_time = UTC_TIMESTAMP(), cancel_reason = 'unauthorized', update_time = UTC_TIMESTAMP()
        WHERE ${AT} AND is_cancel = 0`,
      [componentAppid, authorizerAppid],
    );
    return true;
  }

  /** Erases refresh tokens whose authorization ended, or that were replaced, more than so many days ago. Their rows stay: they say when. */
  async eraseOldTokens(days: number): Promise<void> {
    const before = 'UTC_TIMESTAMP() - INTERVAL ? DAY';
    await updateInBites(
      this.dataSource,
      `UPDATE f_wechat_refreshtoken SET authorizer_refresh_token = '', previous_refresh_token = NULL
        WHERE is_cancel = 1 AND COALESCE(cancel_time, update_time, create_time) < ${before}
          AND (authorizer_refresh_token <> '' OR previous_refresh_token IS NOT NULL)`,
      [days],
    );
    await updateInBites(
      this.dataSource,
      `UPDATE f_wechat_refreshtoken SET previous_refresh_token = NULL
        WHERE is_cancel = 0 AND previous_refresh_token IS NOT NULL AND COALESCE(update_time, create_time) < ${before}`,
      [days],
    );
  }

  /**
   * Locks an authorizer for the rest of the transaction, unless its end was recorded after `since` (of `now`): what WeChat said then
   * was said before it.
   */
  async lockUnlessCancelled(
    manager: EntityManager,
    componentAppid: string,
    authorizerAppid: string,
    since: Date,
  ): Promise<boolean> {
    const [row] = await manager.query(
      `SELECT state = 'cancelled' AND state_at >= ? AS ended FROM f_wechat_authorizer WHERE ${AT} FOR UPDATE`,
      [since, componentAppid, authorizerAppid],
    );
    return row !== undefined && Number(row.ended) !== 1;
  }

  /** The clock that `state_at` is written by. */
  async now(): Promise<Date> {
    const [row] = await this.dataSource.query('SELECT UTC_TIMESTAMP(3) AS at');
    return row.at;
  }

  /** A cancelled authorizer stays cancelled: only a grant brings it back. */
  async setState(
    componentAppid: string,
    authorizerAppid: string,
    state: Exclude<AuthorizerState, 'cancelled'>,
    reason: string | null,
    manager?: EntityManager,
  ): Promise<void> {
    const write = (db: EntityManager) =>
      db.query(
        `UPDATE f_wechat_authorizer SET state_at = IF(state = ?, state_at, UTC_TIMESTAMP(3)), state = ?, state_reason = ?, updated_at = UTC_TIMESTAMP(3)
          WHERE ${AT} AND state <> 'cancelled'`,
        [state, state, reason?.slice(0, 255) ?? null, componentAppid, authorizerAppid],
      );
    // A transaction is repeated as a whole, by whoever began it.
    if (manager) await write(manager);
    else await untilNotBusy(() => write(this.dataSource.manager));
  }

  /** Fields that WeChat did not send keep what is known. */
  async storeProfile(
    manager: EntityManager,
    componentAppid: string,
    authorizerAppid: string,
    info: AuthorizerInfo,
  ): Promise<void> {
    await manager.query(
      `UPDATE f_wechat_authorizer SET kind = ?, user_name = IFNULL(?, user_name), nick_name = IFNULL(?, nick_name),
              principal_name = IFNULL(?, principal_name), head_img = IFNULL(?, head_img), profile = ?, profile_at = UTC_TIMESTAMP(3),
              updated_at = UTC_TIMESTAMP(3) WHERE ${AT}`,
      [
        kindOf(info),
        info.user_name ?? null,
        info.nick_name?.slice(0, 255) ?? null,
        info.principal_name?.slice(0, 255) ?? null,
        info.head_img?.slice(0, 1024) ?? null,
        JSON.stringify(info),
        componentAppid,
        authorizerAppid,
      ],
    );
  }

  /**
   * Of accounts that WeChat's list has: what is known here. They are not missing any more.
   * @param since a refresh token that was stored earlier is `settled`
   */
  async listed(
    componentAppid: string,
    authorizerAppids: readonly string[],
    since: Date,
  ): Promise<ReadonlyMap<string, ListedAuthorizer>> {
    const rows: { appid: string; state: AuthorizerState; has_token: number; settled: number }[] = await this.dataSource.query(
      `SELECT a.authorizer_appid AS appid, a.state, r.refresh_id IS NOT NULL AS has_token,
              IFNULL(r.update_time, r.create_time) < ? AS settled
         FROM f_wechat_authorizer a
         LEFT JOIN f_wechat_refreshtoken r ON r.component_appid = a.component_appid AND r.authorizer_appid = a.authorizer_appid AND r.is_cancel = 0
        WHERE a.component_appid = ? AND a.authorizer_appid IN (?)`,
      [since, componentAppid, authorizerAppids],
    );
    await this.dataSource.query(
      `UPDATE f_wechat_authorizer SET missing_since = NULL
        WHERE component_appid = ? AND missing_since IS NOT NULL AND authorizer_appid IN (?)`,
      [componentAppid, authorizerAppids],
    );
    const known = (row: (typeof rows)[number]) => ({
      state: row.state,
      hasToken: Number(row.has_token) === 1,
      settled: Number(row.settled) === 1,
    });
    return new Map(rows.map((row) => [row.appid, known(row)]));
  }

  /** Appids of those that were known before, and have not cancelled. */
  async notCancelled(componentAppid: string, before: Date): Promise<string[]> {
    const rows: { appid: string }[] = await this.dataSource.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_authorizer WHERE component_appid = ? AND state <> 'cancelled' AND created_at < ?`,
      [componentAppid, before],
    );
    return rows.map((row) => row.appid);
  }

  /** WeChat's list has them no longer; since when stays what it was. */
  async markMissing(componentAppid: string, authorizerAppids: readonly string[]): Promise<void> {
    for (const appid of authorizerAppids)
      await this.dataSource.query(
        `UPDATE f_wechat_authorizer SET missing_since = IFNULL(missing_since, UTC_TIMESTAMP(3)) WHERE ${AT}`,
        [componentAppid, appid],
      );
  }

  async permissionSets(componentAppid: string, authorizerAppids: readonly string[]): Promise<Map<string, number[]>> {
    const sets = new Map<string, number[]>();
    if (authorizerAppids.length === 0) return sets;
    const rows: { appid: string; id: number }[] = await this.dataSource.query(
      `SELECT authorizer_appid AS appid, funcscope_id AS id FROM f_wechat_authorizerpermission
        WHERE component_appid = ? AND authorizer_appid IN (${authorizerAppids.map(() => '?').join(', ')}) ORDER BY funcscope_id`,
      [componentAppid, ...authorizerAppids],
    );
    for (const { appid, id } of rows) sets.set(appid, [...(sets.get(appid) ?? []), Number(id)]);
    return sets;
  }

  private open(stored: string | null | undefined, componentAppid: string, authorizerAppid: string): string | undefined {
    if (!stored) return undefined;
    return openOrAbsent(this.box, this.logger, stored, BINDINGS.refreshToken(componentAppid, authorizerAppid)) || undefined;
  }
}
