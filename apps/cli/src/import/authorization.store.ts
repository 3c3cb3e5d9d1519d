import type { DataSource, EntityManager } from 'typeorm';
import { BINDINGS, inTransaction, type SecretBox } from '#persistence';
import { judge, type Known, type SourceRow, type Verdict } from './source-row.domain.js';

export interface Judged {
  readonly row: SourceRow;
  readonly verdict: Verdict;
  readonly why: string;
}

const LOOK_UP = 500;

/** What is known of authorizations, and the writing of those that come from elsewhere. Tokens are sealed on their way in. */
export class AuthorizationStore {
  constructor(
    private readonly db: DataSource,
    private readonly box: SecretBox,
    private readonly componentAppid: string,
  ) {}

  /** What would be done. Writes nothing. */
  async plan(rows: readonly SourceRow[]): Promise<Judged[]> {
    const planned: Judged[] = [];
    for (let at = 0; at < rows.length; at += LOOK_UP) {
      const some = rows.slice(at, at + LOOK_UP);
      const known = await this.known(
        this.db.manager,
        some.map(({ appid }) => appid),
      );
      for (const row of some) planned.push({ row, ...judge(row, known.get(row.appid)) });
    }
    return planned;
  }

  /**
   * Does with one row what is right at this moment, in one transaction: looked at again under the lock, so that an app that stores a
   * newer token meanwhile wins.
   */
  async write(row: SourceRow): Promise<Judged> {
    const judged = await inTransaction(
      this.db,
      async (manager) => {
        // Before the rows are looked at: whoever is about to make them waits.
        await manager.query(
          `INSERT IGNORE INTO f_wechat_authorizer (component_appid, authorizer_appid, state, state_reason, state_at, nick_name, created_at, updated_at)
           VALUES (?, ?, 'active', NULL, UTC_TIMESTAMP(3), ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
          [this.componentAppid, row.appid, row.name?.slice(0, 255) ?? null],
        );
        const known = await this.known(manager, [row.appid], true);
        const judged = { row, ...judge(row, known.get(row.appid)) };
        if (judged.verdict === 'new') await this.insert(manager, row);
        else if (judged.verdict === 'replace') await this.replace(manager, row);
        return judged;
      },
      { idempotent: true },
    );
    // What failed with the former token says nothing about this one. Apart, since the broker locks access tokens first.
    if (judged.verdict === 'new' || judged.verdict === 'replace')
      await this.db.query(
        `UPDATE f_wechat_accesstoken SET failures = 0, failure = NULL, failed_at = NULL, retry_at = NULL
          WHERE component_appid = ? AND authorizer_appid = ? AND kind = 'authorizer'`,
        [this.componentAppid, row.appid],
      );
    return judged;
  }

  private async known(manager: EntityManager, appids: readonly string[], lock = false): Promise<Map<string, Known>> {
    const rows: Record<string, string | Date | null>[] = await manager.query(
      `SELECT a.authorizer_appid AS appid, a.state, a.cancelled_at, r.authorizer_refresh_token AS stored,
              GREATEST(COALESCE(r.granted_at, r.create_time), COALESCE(r.update_time, r.create_time), r.create_time) AS stored_at
         FROM f_wechat_authorizer a
         LEFT JOIN f_wechat_refreshtoken r ON r.component_appid = a.component_appid AND r.authorizer_appid = a.authorizer_appid AND r.is_cancel = 0
        WHERE a.component_appid = ? AND a.authorizer_appid IN (?) ${lock ? 'FOR UPDATE' : ''}`,
      [this.componentAppid, appids],
    );
    return new Map(
      rows.map((row) => [
        String(row['appid']),
        {
          refreshToken: row['stored'] ? this.box.open(String(row['stored']), this.bindingOf(String(row['appid']))) : undefined,
          storedAt: row['stored_at'] ? new Date(row['stored_at']) : undefined,
          cancelledAt: row['cancelled_at'] ? new Date(row['cancelled_at']) : undefined,
          state: String(row['state']),
        },
      ]),
    );
  }

  private bindingOf(appid: string) {
    return BINDINGS.refreshToken(this.componentAppid, appid);
  }

  private async insert(manager: EntityManager, { appid, refreshToken, grantedAt }: SourceRow): Promise<void> {
    await manager.query(
      `INSERT INTO f_wechat_refreshtoken (component_appid, authorizer_appid, authorizer_refresh_token, create_time, is_cancel, granted_at, update_time)
       VALUES (?, ?, ?, UTC_TIMESTAMP(), 0, ?, UTC_TIMESTAMP())`,
      [this.componentAppid, appid, this.box.seal(refreshToken, this.bindingOf(appid)), grantedAt ?? null],
    );
    await this.activate(manager, appid, grantedAt);
  }

  private async replace(manager: EntityManager, { appid, refreshToken, grantedAt }: SourceRow): Promise<void> {
    await manager.query(
      `UPDATE f_wechat_refreshtoken
          SET previous_refresh_token = authorizer_refresh_token, authorizer_refresh_token = ?, granted_at = ?, update_time = UTC_TIMESTAMP()
        WHERE component_appid = ? AND authorizer_appid = ? AND is_cancel = 0`,
      [this.box.seal(refreshToken, this.bindingOf(appid)), grantedAt ?? null, this.componentAppid, appid],
    );
    await this.activate(manager, appid, grantedAt);
  }

  private async activate(manager: EntityManager, appid: string, grantedAt: Date | undefined): Promise<void> {
    await manager.query(
      `UPDATE f_wechat_authorizer
          SET state = 'active', state_reason = NULL, state_at = UTC_TIMESTAMP(3), missing_since = NULL,
              granted_at = COALESCE(GREATEST(granted_at, ?), granted_at, ?), updated_at = UTC_TIMESTAMP(3)
        WHERE component_appid = ? AND authorizer_appid = ?`,
      [grantedAt ?? null, grantedAt ?? null, this.componentAppid, appid],
    );
  }
}
