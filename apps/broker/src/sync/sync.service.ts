import { InjectQueue } from '@nestjs/bull';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import { DataSource } from 'typeorm';
import { inTransaction, SyncEntity } from '#persistence';
import { QUEUE_POLICY, QUEUES } from '#queues';
import { ComponentRegistry, DomainError, LOGGER, type Logger } from '#service';
import { type AuthorizerListAnswer, WechatApi } from '#wechat';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { ProfileService } from '../authorizers/profile.service.js';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import type { SyncResponse } from './sync.dto.js';

const PAGE = 500;
/** Profiles asked for in one run, for authorizers that have none. */
const PROFILES = 500;
const TONIGHT = 'component_appid = ? AND client_id IS NULL AND created_at > UTC_TIMESTAMP(3) - INTERVAL 12 HOUR';

type Listed = AuthorizerListAnswer['list'][number];

interface Known {
  readonly appid: string;
  readonly state: string;
  /** Whether a live refresh token is stored, and whether it was stored before this run began. */
  readonly has_token: number;
  readonly settled: number;
}

/** A run through WeChat's list of authorizers. Adds and mends; marks what the list no longer has; deletes nothing. */
@Injectable()
export class SyncService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly authorizers: AuthorizerRepository,
    private readonly profiles: ProfileService,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly components: ComponentRegistry,
    @InjectQueue(QUEUES.brokerSync) private readonly queue: Queue<{ syncId: number }>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async start(componentAppid: string, clientId: string | null): Promise<SyncResponse> {
    if (!this.components.find(componentAppid))
      throw new DomainError('component-unknown', `This deployment does not serve ${componentAppid}.`);
    const row = await this.dataSource.getRepository(SyncEntity).save({ componentAppid, clientId, createdAt: new Date() });
    await this.enqueue(row.syncId);
    return this.get(componentAppid, row.syncId);
  }

  /**
   * Every component once, whichever replica is first: the others find the row of the last hours. Each of them hands it over, as the
   * first one may have been killed before it did; the job's id makes it one job.
   */
  async startNightly(): Promise<void> {
    for (const { component_appid: componentAppid } of this.components.all) {
      await this.dataSource
        .query(
          `INSERT INTO f_wechat_sync (component_appid, created_at) SELECT ?, UTC_TIMESTAMP(3) FROM DUAL WHERE NOT EXISTS
             (SELECT 1 FROM f_wechat_sync WHERE ${TONIGHT})`,
          [componentAppid, componentAppid],
        )
        // Two replicas at the same moment: the one that is told to give way leaves it to the other.
        .catch(() => undefined);
      const rows: { id: string }[] = await this.dataSource.query(
        `SELECT sync_id AS id FROM f_wechat_sync WHERE ${TONIGHT} AND state = 'waiting'`,
        [componentAppid],
      );
      for (const { id } of rows) await this.enqueue(Number(id));
    }
  }

  async get(componentAppid: string, syncId: number): Promise<SyncResponse> {
    const row = await this.dataSource.getRepository(SyncEntity).findOneBy({ componentAppid, syncId });
    if (!row) throw new DomainError('not-found', 'There is no such sync.');
    return {
      sync_id: row.syncId,
      component_appid: row.componentAppid,
      state: row.state,
      created_at: row.createdAt.toISOString(),
      started_at: row.startedAt?.toISOString() ?? null,
      finished_at: row.finishedAt?.toISOString() ?? null,
      total: row.total,
      seen: row.seen,
      added: row.added,
      recovered: row.recovered,
      missing: row.missing,
      problem: row.problem,
    };
  }

  /** @param progress percent */
  async run(syncId: number, progress: (percent: number) => Promise<unknown>): Promise<void> {
    const runs = this.dataSource.getRepository(SyncEntity);
    const run = await runs.findOneBy({ syncId });
    if (!run || run.state === 'done') return;
    const { componentAppid } = run;
    const startedAt = new Date();
    await runs.update({ syncId }, { state: 'running', startedAt, seen: 0, added: 0, recovered: 0, missing: 0, problem: null });
    const seen = new Set<string>();
    let [total, added, recovered] = [0, 0, 0];
    // New authorizations move the pages while they are read: what slipped through is found by reading on until a page is empty.
    for (let offset = 0; ; offset += PAGE) {
      const askedAt = await this.authorizers.now();
      const page = await this.page(componentAppid, offset);
      total = page.total_count;
      if (page.list.length === 0) break;
      const result = await this.take(componentAppid, page.list, startedAt, askedAt);
      for (const { authorizer_appid } of page.list) seen.add(authorizer_appid);
      added += result.added;
      recovered += result.recovered;
      await runs.update({ syncId }, { total, seen: seen.size, added, recovered });
      await progress(Math.min(99, Math.round((seen.size / Math.max(1, total)) * 100)));
    }
    // Only a complete picture says that something is missing.
    const missing = seen.size >= total ? await this.markMissing(componentAppid, seen, startedAt) : 0;
    await this.fillProfiles(componentAppid);
    await runs.update({ syncId }, { state: 'done', finishedAt: new Date(), total, seen: seen.size, added, recovered, missing });
    await progress(100);
    this.logger.info(
      { event: 'sync.done', component_appid: componentAppid, total, added, recovered, missing },
      'Authorizers synced',
    );
  }

  async failed(syncId: number, problem: string, final: boolean): Promise<void> {
    await this.dataSource
      .getRepository(SyncEntity)
      .update(
        { syncId },
        { state: final ? 'failed' : 'waiting', problem: problem.slice(0, 512), ...(final ? { finishedAt: new Date() } : {}) },
      );
  }

  private async enqueue(syncId: number): Promise<void> {
    await this.queue.add('sync', { syncId }, { ...QUEUE_POLICY[QUEUES.brokerSync], jobId: `sync-${syncId}` });
  }

  private page(componentAppid: string, offset: number): Promise<AuthorizerListAnswer> {
    return withToken(this.tokens, componentToken(componentAppid), (token) =>
      this.wechat.component.apiGetAuthorizerList(token, { component_appid: componentAppid, offset, count: PAGE }),
    );
  }

  private async take(
    componentAppid: string,
    list: readonly Listed[],
    startedAt: Date,
    askedAt: Date,
  ): Promise<{ added: number; recovered: number }> {
    const appids = list.map((entry) => entry.authorizer_appid);
    const rows: Known[] = await this.dataSource.query(
      `SELECT a.authorizer_appid AS appid, a.state, r.refresh_id IS NOT NULL AS has_token,
              IFNULL(r.update_time, r.create_time) < ? AS settled
         FROM f_wechat_authorizer a
         LEFT JOIN f_wechat_refreshtoken r ON r.component_appid = a.component_appid AND r.authorizer_appid = a.authorizer_appid AND r.is_cancel = 0
        WHERE a.component_appid = ? AND a.authorizer_appid IN (${appids.map(() => '?').join(', ')})`,
      [startedAt, componentAppid, ...appids],
    );
    const known = new Map(rows.map((row) => [row.appid, row]));
    await this.dataSource.query(
      `UPDATE f_wechat_authorizer SET missing_since = NULL WHERE component_appid = ? AND missing_since IS NOT NULL AND authorizer_appid IN (${appids.map(() => '?').join(', ')})`,
      [componentAppid, ...appids],
    );
    let [added, recovered] = [0, 0];
    for (const entry of list) {
      const row = known.get(entry.authorizer_appid);
      if (!row) {
        await this.add(componentAppid, entry);
        added += 1;
      } else if (await this.mend(componentAppid, entry, row, askedAt)) {
        recovered += 1;
      }
    }
    return { added, recovered };
  }

  private async add(componentAppid: string, entry: Listed): Promise<void> {
    const authorizerAppid = entry.authorizer_appid;
    await this.dataSource.transaction((manager) =>
      this.authorizers.storeGrant(manager, {
        componentAppid,
        authorizerAppid,
        refreshToken: entry.refresh_token || undefined,
        permissionSets: undefined,
        grantedAt: new Date(entry.auth_time * 1_000),
      }),
    );
    if (!entry.refresh_token)
      await this.authorizers.setState(
        componentAppid,
        authorizerAppid,
        'needs_reauthorization',
        'its authorization code was never exchanged',
      );
  }

  /**
   * The list has the present refresh token. One that was stored while this run was under way is newer than what the list said; and so
   * is a cancellation that came after `askedAt`.
   */
  private async mend(componentAppid: string, entry: Listed, row: Known, askedAt: Date): Promise<boolean> {
    if (!entry.refresh_token) return false;
    const appid = entry.authorizer_appid;
    const revived = row.state === 'cancelled' || Number(row.has_token) === 0;
    if (!revived && Number(row.settled) !== 1) return false;
    const before = await this.authorizers.credentials(componentAppid, appid);
    if (!revived && before?.refreshToken === entry.refresh_token) return false;
    const mended = await inTransaction(this.dataSource, async (manager) => {
      if (!(await this.authorizers.lockUnlessCancelled(manager, componentAppid, appid, askedAt))) return false;
      if (revived) {
        await this.authorizers.storeGrant(manager, {
          componentAppid,
          authorizerAppid: appid,
          refreshToken: entry.refresh_token,
          permissionSets: undefined,
          grantedAt: new Date(entry.auth_time * 1_000),
        });
      } else {
        await this.authorizers.storeRefreshToken(manager, componentAppid, appid, entry.refresh_token);
      }
      return true;
    });
    if (!mended) return false;
    await this.tokens.forgetFailures({ kind: 'authorizer', componentAppid, authorizerAppid: appid });
    return true;
  }

  private async markMissing(componentAppid: string, seen: ReadonlySet<string>, startedAt: Date): Promise<number> {
    const rows: { appid: string }[] = await this.dataSource.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_authorizer WHERE component_appid = ? AND state <> 'cancelled' AND created_at < ?`,
      [componentAppid, startedAt],
    );
    const gone = rows.map((row) => row.appid).filter((appid) => !seen.has(appid));
    for (const appid of gone) {
      await this.dataSource.query(
        `UPDATE f_wechat_authorizer SET missing_since = IFNULL(missing_since, UTC_TIMESTAMP(3)) WHERE component_appid = ? AND authorizer_appid = ?`,
        [componentAppid, appid],
      );
    }
    return gone.length;
  }

  private async fillProfiles(componentAppid: string): Promise<void> {
    const rows: { appid: string }[] = await this.dataSource.query(
      `SELECT authorizer_appid AS appid FROM f_wechat_authorizer WHERE component_appid = ? AND profile_at IS NULL AND state <> 'cancelled' LIMIT ${PROFILES}`,
      [componentAppid],
    );
    for (const { appid } of rows) await this.profiles.refresh(componentAppid, appid).catch(() => {});
  }
}
