import { InjectQueue } from '@nestjs/bull';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import { DataSource } from 'typeorm';
import { databaseTrouble, inTransaction, SyncEntity, withNamedLock } from '#persistence';
import { QUEUE_POLICY, QUEUES } from '#queues';
import { ComponentRegistry, DomainError, LOGGER, type Logger, within } from '#service';
import { type AuthorizerListAnswer, WechatApi } from '#wechat';
import { AuthorizerRepository, type Grant, type ListedAuthorizer } from '../authorizers/authorizer.repository.js';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { ProfilesOfList } from './profiles-of-list.js';
import type { SyncView } from './sync.dto.js';
import { toSyncView } from './sync.view.js';

const PAGE = 500;
/** The list is read again when authorizations came or went while it was read; not without end. */
const READINGS = 3;
/** Redis has so long to take a run; beyond that it is away. */
const ENQUEUE_MS = 2_000;
/** As the queue's policy begins. */
const FIRST_PAUSE_MS = 10_000;
/** A run that has not moved for so long never will. Until then there is no second one. */
const UNFINISHED = `component_appid = ? AND state IN ('waiting', 'running')
  AND IFNULL(heartbeat_at, created_at) > UTC_TIMESTAMP(3) - INTERVAL IF(state = 'running' AND heartbeat_at IS NOT NULL, 10, 60) MINUTE`;
/** Whoever asked for a run that is older asked again, or waits no more. */
const TAKEN_UP = 'created_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY';
const TONIGHT = 'component_appid = ? AND client_id IS NULL AND created_at > UTC_TIMESTAMP(3) - INTERVAL 12 HOUR';

type Listed = AuthorizerListAnswer['list'][number];

/** One reading of all pages. */
interface Reading {
  readonly seen: ReadonlySet<string>;
  readonly total: number;
  /** Nothing came or went meanwhile, and everything was seen: only such a picture says that something is missing. */
  readonly complete: boolean;
}

interface Progress {
  readonly run: SyncEntity;
  readonly startedAt: Date;
  readonly percent: (percent: number) => Promise<unknown>;
  added: number;
  recovered: number;
}

/** A run through WeChat's list of authorizers. Adds and mends; marks what the list no longer has; deletes nothing. */
@Injectable()
export class SyncService {
  /** Of runs that failed without the queue, which counts tries itself. */
  private readonly pauses = new Map<number, { readonly tries: number; readonly until: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly authorizers: AuthorizerRepository,
    private readonly profiles: ProfilesOfList,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly components: ComponentRegistry,
    @InjectQueue(QUEUES.brokerSync) private readonly queue: Queue<{ syncId: number }>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whoever asks while a run is not finished is told of that one. */
  async start(componentAppid: string, clientId: string | null): Promise<SyncView> {
    this.components.require(componentAppid);
    const syncId = (await this.unfinished(componentAppid)) ?? (await this.insert(componentAppid, clientId));
    // A waiting one is handed over again: that may have failed. The job's id makes it one job.
    await this.handOver(syncId);
    return this.get(componentAppid, syncId);
  }

  /**
   * Every component once, whichever replica is first: the others find the row of the last hours. Each of them hands it over, as the
   * first one may have been killed before it did; the job's id makes it one job.
   */
  async startNightly(): Promise<void> {
    for (const { componentAppid } of this.components.all) {
      await this.dataSource
        .query(
          `INSERT INTO f_wechat_sync (component_appid, created_at) SELECT ?, UTC_TIMESTAMP(3) FROM DUAL WHERE NOT EXISTS
             (SELECT 1 FROM f_wechat_sync WHERE ${TONIGHT})`,
          [componentAppid, componentAppid],
        )
        // Two replicas at the same moment: the one that is told to give way leaves it to the other.
        .catch((error: unknown) => {
          if (databaseTrouble(error) !== 'busy') throw error;
        });
      const rows: { id: string }[] = await this.dataSource.query(
        `SELECT sync_id AS id FROM f_wechat_sync WHERE ${TONIGHT} AND state = 'waiting'`,
        [componentAppid],
      );
      for (const { id } of rows) await this.handOver(Number(id));
    }
  }

  /**
   * Works on one run that is not finished, without the queue.
   * @returns whether there was one that nobody else works on
   */
  async runDirectly(): Promise<boolean> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT sync_id AS id FROM f_wechat_sync WHERE state IN ('waiting', 'running') AND ${TAKEN_UP} ORDER BY sync_id`,
    );
    for (const { id } of rows) {
      const syncId = Number(id);
      const pause = this.pauses.get(syncId);
      if (pause && pause.until > performance.now()) continue;
      try {
        if (!(await this.run(syncId, async () => {}))) continue;
        this.pauses.delete(syncId);
      } catch (error) {
        const tries = (pause?.tries ?? 0) + 1;
        this.pauses.set(syncId, { tries, until: performance.now() + FIRST_PAUSE_MS * 2 ** (tries - 1) });
        await this.failed(syncId, (error as Error).message, tries >= (QUEUE_POLICY[QUEUES.brokerSync].attempts ?? 1));
        this.logger.warn({ event: 'sync.failed', sync_id: syncId, tries, err: error }, 'A run through the authorizers failed');
      }
      return true;
    }
    return false;
  }

  /**
   * Hands runs that are not finished over again. The job's id makes it one job, so that those that have theirs are not disturbed.
   * @param silentS of those that have begun only the ones that have not moved for so long
   */
  async takeUp(silentS: number): Promise<void> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT sync_id AS id FROM f_wechat_sync
        WHERE (state = 'waiting' OR (state = 'running' AND IFNULL(heartbeat_at, created_at) <= UTC_TIMESTAMP(3) - INTERVAL ? SECOND))
          AND ${TAKEN_UP}`,
      [silentS],
    );
    for (const { id } of rows) await within(ENQUEUE_MS, this.enqueue(Number(id)));
  }

  async get(componentAppid: string, syncId: number): Promise<SyncView> {
    const row = await this.dataSource.getRepository(SyncEntity).findOneBy({ componentAppid, syncId });
    if (!row) throw new DomainError('not-found', 'There is no such sync.');
    return toSyncView(row);
  }

  /**
   * One process at a time: a run may come by the queue while it is worked on without it.
   * @param progress percent
   * @returns false: somebody else works on it
   */
  async run(syncId: number, progress: (percent: number) => Promise<unknown>): Promise<boolean> {
    return (await withNamedLock(this.dataSource, `wxplane:sync:${syncId}:`, () => this.runAlone(syncId, progress))) !== undefined;
  }

  private async runAlone(syncId: number, progress: (percent: number) => Promise<unknown>): Promise<void> {
    const runs = this.dataSource.getRepository(SyncEntity);
    const run = await runs.findOneBy({ syncId });
    if (!run || run.state === 'done') return;
    const { componentAppid } = run;
    if (run.listedAt === null) await this.readList(run, progress);
    else await runs.update({ syncId }, { state: 'running', problem: null, heartbeatAt: new Date() });
    await this.readProfiles(syncId, componentAppid);
    await progress(100);
  }

  private async readList(run: SyncEntity, progress: (percent: number) => Promise<unknown>): Promise<void> {
    const runs = this.dataSource.getRepository(SyncEntity);
    const { syncId, componentAppid } = run;
    const startedAt = new Date();
    const nothing = { seen: 0, added: 0, recovered: 0, missing: 0, problem: null };
    await runs.update({ syncId }, { state: 'running', startedAt, heartbeatAt: startedAt, ...nothing });
    const soFar: Progress = { run, startedAt, percent: progress, added: 0, recovered: 0 };
    let reading = await this.read(soFar);
    for (let times = 1; !reading.complete && times < READINGS; times += 1) reading = await this.read(soFar);
    const missing = reading.complete ? await this.markMissing(componentAppid, reading.seen, startedAt) : 0;
    const { added, recovered } = soFar;
    const { seen, total } = reading;
    const profilesTotal = await this.profiles.unknown(componentAppid);
    await runs.update({ syncId }, { total, seen: seen.size, added, recovered, missing, profilesTotal, listedAt: new Date() });
    this.logger.info(
      { event: 'sync.listed', component_appid: componentAppid, total, added, recovered, missing, profiles: profilesTotal },
      'The list of authorizers was read',
    );
  }

  /** Done is a sync when of everybody on the list is known what was granted. */
  private async readProfiles(syncId: number, componentAppid: string): Promise<void> {
    const runs = this.dataSource.getRepository(SyncEntity);
    const { profilesTotal, clientId } = await runs.findOneByOrFail({ syncId });
    // What an interrupted run has read is known by now.
    const before = Math.max(0, (profilesTotal ?? 0) - (await this.profiles.unknown(componentAppid)));
    const { read, failed } = await this.profiles.read(componentAppid, (soFar) =>
      runs.update({ syncId }, { profilesRead: before + soFar.read, profilesFailed: soFar.failed, heartbeatAt: new Date() }),
    );
    const beat = () => runs.update({ syncId }, { heartbeatAt: new Date() });
    // Nobody waits for the one of the night.
    const renewed = clientId === null ? await this.profiles.renewOldest(componentAppid, beat) : 0;
    const problem =
      failed > 0 ? `WeChat gave no profile of ${failed} authorizers; "authorizers refresh <appid>" says why.` : null;
    await runs.update(
      { syncId },
      { state: 'done', finishedAt: new Date(), profilesRead: before + read, profilesFailed: failed, problem },
    );
    this.logger.info(
      { event: 'sync.done', component_appid: componentAppid, profiles: before + read, failed, renewed },
      'Authorizers synced',
    );
  }

  /** An authorization that comes or goes moves the pages behind it, so that some accounts are in none: the total tells. */
  private async read(soFar: Progress): Promise<Reading> {
    const { componentAppid, syncId } = soFar.run;
    const seen = new Set<string>();
    const totals = new Set<number>();
    for (let offset = 0; ; offset += PAGE) {
      const askedAt = await this.authorizers.now();
      const { list, total_count: total } = await this.page(componentAppid, offset);
      totals.add(total);
      if (list.length === 0) return { seen, total, complete: totals.size === 1 && seen.size >= total };
      const result = await this.take(componentAppid, list, soFar.startedAt, askedAt);
      for (const { authorizer_appid } of list) seen.add(authorizer_appid);
      soFar.added += result.added;
      soFar.recovered += result.recovered;
      await this.dataSource
        .getRepository(SyncEntity)
        .update({ syncId }, { total, seen: seen.size, added: soFar.added, recovered: soFar.recovered, heartbeatAt: new Date() });
      await soFar.percent(Math.min(99, Math.round((seen.size / Math.max(1, total)) * 100)));
    }
  }

  async failed(syncId: number, problem: string, final: boolean): Promise<void> {
    await this.dataSource
      .getRepository(SyncEntity)
      .update(
        { syncId },
        { state: final ? 'failed' : 'waiting', problem: problem.slice(0, 512), ...(final ? { finishedAt: new Date() } : {}) },
      );
  }

  private async unfinished(componentAppid: string): Promise<number | undefined> {
    const [row] = await this.dataSource.query(
      `SELECT sync_id AS id FROM f_wechat_sync WHERE ${UNFINISHED} ORDER BY sync_id DESC LIMIT 1`,
      [componentAppid],
    );
    return row && Number(row.id);
  }

  private async insert(componentAppid: string, clientId: string | null): Promise<number> {
    return (await this.dataSource.getRepository(SyncEntity).save({ componentAppid, clientId, createdAt: new Date() })).syncId;
  }

  /** The row is what counts: without its job the run is taken up soon, also while Redis is away (see `WaitingSyncs`). */
  private async handOver(syncId: number): Promise<void> {
    try {
      await within(ENQUEUE_MS, this.enqueue(syncId));
    } catch (error) {
      this.logger.info({ event: 'sync.without-job', sync_id: syncId, err: error }, 'Redis did not take a run; it waits in MySQL');
    }
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
    const known = await this.authorizers.listed(componentAppid, appids, startedAt);
    let [added, recovered] = [0, 0];
    for (const entry of list) {
      const row = known.get(entry.authorizer_appid);
      if (!row) {
        if (await this.add(componentAppid, entry)) added += 1;
      } else if (await this.mend(componentAppid, entry, row, askedAt)) {
        recovered += 1;
      }
    }
    return { added, recovered };
  }

  private add(componentAppid: string, entry: Listed): Promise<boolean> {
    return inTransaction(this.dataSource, (manager) => this.authorizers.addListed(manager, grantOf(componentAppid, entry)));
  }

  /**
   * The list has the present refresh token. One that was stored while this run was under way is newer than what the list said; and so
   * is a cancellation that came after `askedAt`.
   */
  private async mend(componentAppid: string, entry: Listed, row: ListedAuthorizer, askedAt: Date): Promise<boolean> {
    if (!entry.refresh_token) return false;
    const appid = entry.authorizer_appid;
    const revived = row.state === 'cancelled' || !row.hasToken;
    if (!revived && !row.settled) return false;
    const before = await this.authorizers.credentials(componentAppid, appid);
    if (!revived && before?.refreshToken === entry.refresh_token) return false;
    const mended = await inTransaction(this.dataSource, async (manager) => {
      if (!(await this.authorizers.lockUnlessCancelled(manager, componentAppid, appid, askedAt))) return false;
      if (revived) {
        await this.authorizers.storeGrant(manager, grantOf(componentAppid, entry));
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
    const gone = (await this.authorizers.notCancelled(componentAppid, startedAt)).filter((appid) => !seen.has(appid));
    await this.authorizers.markMissing(componentAppid, gone);
    return gone.length;
  }
}

function grantOf(componentAppid: string, entry: Listed): Grant {
  return {
    componentAppid,
    authorizerAppid: entry.authorizer_appid,
    refreshToken: entry.refresh_token || undefined,
    permissionSets: undefined,
    grantedAt: new Date(entry.auth_time * 1_000),
  };
}
