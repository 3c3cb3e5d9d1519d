import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AppealEntity, type AppealState, changed, isDuplicate } from '#persistence';
import type { AppealRecord } from '#wechat';

interface App {
  readonly componentAppid: string;
  readonly authorizerAppid: string;
}

/** As an event or a reading tells it. */
export type ToldAppeal = Omit<AppealRecord, 'materials'>;

const STATES: Readonly<Record<number, AppealState>> = { 1: 'open', 2: 'upheld', 3: 'rejected', 4: 'withdrawn' };
/** A step that is older has been left by whoever took it. */
const LEFT_S = 60;

/** Appeals: each is written down before WeChat is asked, for none can be taken back (fleet-duties.md §1.3). */
@Injectable()
export class AppealRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Before WeChat is asked. @returns its number; `undefined`: one of this mini program may be open */
  async begin({ componentAppid, authorizerAppid }: App, recordId: string, clientId: string): Promise<string | undefined> {
    const now = new Date();
    try {
      const { identifiers } = await this.rows.insert({
        ...{ componentAppid, authorizerAppid, recordId, state: 'asking' as const, openOf: authorizerAppid, clientId },
        ...{ byProvider: 1, askedAt: now, updatedAt: now },
      });
      return String(identifiers[0]?.['appealId']);
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  /** What came of asking. @returns false: it was settled by somebody else meanwhile */
  async asked(appealId: string, state: 'open' | 'unclear' | 'refused' | 'not-sent', refusal?: object): Promise<boolean> {
    const stays = state === 'open' || state === 'unclear';
    const done = await this.dataSource.query(
      `UPDATE f_wechat_appeal SET state = ?, open_of = IF(?, open_of, NULL), refusal = ?, updated_at = UTC_TIMESTAMP(3)
        WHERE appeal_id = ? AND state IN ('asking', 'unclear')`,
      [state, stays ? 1 : 0, refusal ? JSON.stringify(refusal) : null, appealId],
    );
    return changed(done);
  }

  /**
   * What WeChat has of one: of the row that has its number, of the one that may be open, or of a new one, which somebody made elsewhere.
   * @param recordId `null`: an event told of it
   */
  async told(app: App, told: ToldAppeal, recordId: string | null): Promise<void> {
    const { componentAppid, authorizerAppid } = app;
    const wechatId = String(told.appeal_record_id).slice(0, 64);
    const state = STATES[told.appeal_status ?? 1] ?? 'open';
    const time = (seconds: number | undefined) => (seconds ? new Date(seconds * 1_000) : null);
    const values = [
      ...[state, state === 'open' ? authorizerAppid : null, wechatId, told.appeal_from ?? null],
      ...[told.audit_reason?.slice(0, 2_000) ?? null, time(told.audit_time)],
    ];
    const set = `state = ?, open_of = ?, wechat_id = ?, by_provider = COALESCE(?, by_provider), audit_reason = ?, audited_at = ?,
                 refusal = NULL, record_id = COALESCE(record_id, ?), updated_at = UTC_TIMESTAMP(3)`;
    // An event of the moment in which it was made may come after the one that decides.
    const stale = state === 'open' ? `AND state IN ('asking', 'unclear', 'open')` : '';
    const at = [componentAppid, authorizerAppid];
    const known = (await this.dataSource.query(
      'SELECT 1 FROM f_wechat_appeal WHERE component_appid = ? AND authorizer_appid = ? AND wechat_id = ?',
      [...at, wechatId],
    )) as unknown[];
    if (known.length > 0) {
      await this.dataSource.query(
        `UPDATE f_wechat_appeal SET ${set} WHERE component_appid = ? AND authorizer_appid = ? AND wechat_id = ? ${stale}`,
        [...values, recordId, ...at, wechatId],
      );
      return;
    }
    const adopted = await this.dataSource.query(
      `UPDATE f_wechat_appeal SET ${set} WHERE component_appid = ? AND open_of = ? AND wechat_id IS NULL AND COALESCE(record_id, ?) <=> COALESCE(?, record_id)`,
      [...values, recordId, ...at, recordId, recordId],
    );
    if (changed(adopted)) return;
    const askedAt = time(told.appeal_time) ?? new Date();
    await this.dataSource.query(
      `INSERT IGNORE INTO f_wechat_appeal (component_appid, authorizer_appid, state, open_of, wechat_id, by_provider, audit_reason, audited_at,
                                           record_id, asked_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      [...at, ...values, recordId, askedAt],
    );
  }

  /** Newest first; one more than the page may have. */
  list(
    componentAppid: string,
    query: {
      readonly before?: string | undefined;
      readonly appid?: string | undefined;
      readonly state?: string | undefined;
      readonly limit: number;
    },
    among: ReadonlySet<string> | undefined,
  ): Promise<AppealEntity[]> {
    const search = this.rows
      .createQueryBuilder('a')
      .where('a.componentAppid = :componentAppid', { componentAppid })
      .orderBy('a.appealId', 'DESC')
      .take(query.limit + 1);
    if (query.before !== undefined) search.andWhere('a.appealId < :before', { before: query.before });
    if (query.appid) search.andWhere('a.authorizerAppid = :appid', { appid: query.appid });
    if (query.state) search.andWhere('a.state = :state', { state: query.state });
    if (among) search.andWhere('a.authorizerAppid IN (:...among)', { among: ['', ...among] });
    return search.getMany();
  }

  get(appealId: string): Promise<AppealEntity> {
    return this.rows.findOneByOrFail({ appealId });
  }

  /** WeChat's numbers of those that are known of a mini program. */
  async knownOf({ componentAppid, authorizerAppid }: App): Promise<ReadonlySet<string>> {
    const rows = await this.rows.find({ where: { componentAppid, authorizerAppid }, select: { appealId: true, wechatId: true } });
    return new Set(rows.flatMap(({ wechatId }) => (wechatId === null ? [] : [wechatId])));
  }

  /** Whose outcome is not known: whoever asked is gone, or got no answer. */
  unsettled(limit: number): Promise<AppealEntity[]> {
    return this.rows
      .createQueryBuilder('a')
      .where(`a.state IN ('asking', 'unclear') AND a.updatedAt < UTC_TIMESTAMP(3) - INTERVAL ${LEFT_S} SECOND`)
      .orderBy('a.updatedAt', 'ASC')
      .take(limit)
      .getMany();
  }

  /** It could not be read: later again. */
  async later(appealId: string): Promise<void> {
    await this.rows.update({ appealId }, { updatedAt: new Date() });
  }

  private get rows() {
    return this.dataSource.getRepository(AppealEntity);
  }
}
