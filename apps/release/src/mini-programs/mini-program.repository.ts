import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThanOrEqual, type QueryDeepPartialEntity } from 'typeorm';
import { AuthorizerEntity, MiniProgramEntity, type ReleaseEntity } from '#persistence';
import { CODE_PERMISSION_SET, type VersionInfo } from '#wechat';

/** Stands for the `ext_json` that was committed. */
export function extHash(extJson: string): string {
  return createHash('sha256').update(extJson).digest('hex');
}

/** What the mini programs run, as last read. */
@Injectable()
export class MiniProgramRepository {
  constructor(private readonly dataSource: DataSource) {}

  authorizer(componentAppid: string, authorizerAppid: string): Promise<AuthorizerEntity | null> {
    return this.dataSource.getRepository(AuthorizerEntity).findOneBy({ componentAppid, authorizerAppid });
  }

  /** Mini programs whose authorization lives and lets us manage their code, as far as we know. */
  async someActive(componentAppid: string, limit: number): Promise<string[]> {
    const granted = `SELECT 1 FROM f_wechat_authorizerpermission p
       WHERE p.component_appid = a.component_appid AND p.authorizer_appid = a.authorizer_appid`;
    const rows = (await this.dataSource.query(
      `SELECT a.authorizer_appid AS appid FROM f_wechat_authorizer a
        WHERE a.component_appid = ? AND a.state = 'active' AND (a.kind = 'mini_program' OR a.kind IS NULL)
          AND (EXISTS (${granted} AND p.funcscope_id = ?) OR NOT EXISTS (${granted}))
        ORDER BY a.authorizer_id LIMIT ?`,
      [componentAppid, CODE_PERMISSION_SET, limit],
    )) as { appid: string }[];
    return rows.map(({ appid }) => appid);
  }

  /** Those a known authorizer has granted; empty: it is not known, or nobody has said. */
  async permissionSets(componentAppid: string, authorizerAppid: string): Promise<number[]> {
    const rows = (await this.dataSource.query(
      `SELECT p.funcscope_id AS id FROM f_wechat_authorizer a
         JOIN f_wechat_authorizerpermission p ON p.component_appid = a.component_appid AND p.authorizer_appid = a.authorizer_appid
        WHERE a.component_appid = ? AND a.authorizer_appid = ?`,
      [componentAppid, authorizerAppid],
    )) as { id: number }[];
    return rows.map(({ id }) => Number(id));
  }

  find(componentAppid: string, authorizerAppid: string): Promise<MiniProgramEntity | null> {
    return this.dataSource.getRepository(MiniProgramEntity).findOneBy({ componentAppid, authorizerAppid });
  }

  async saveVersions(componentAppid: string, authorizerAppid: string, info: VersionInfo, readAt: Date): Promise<void> {
    const { exp_info: trial, release_info: online } = info;
    await this.upsert(componentAppid, authorizerAppid, {
      trialVersion: trial?.exp_version ?? null,
      trialDesc: trial?.exp_desc ?? null,
      trialAt: trial ? new Date(trial.exp_time * 1_000) : null,
      onlineVersion: online?.release_version ?? null,
      onlineDesc: online?.release_desc ?? null,
      onlineAt: online ? new Date(online.release_time * 1_000) : null,
      versionsReadAt: readAt,
      problem: null,
    });
  }

  /** What of ours is online now; without a release: nothing that we know. */
  released(
    componentAppid: string,
    authorizerAppid: string,
    release: Pick<ReleaseEntity, 'userVersion' | 'templateId' | 'extJson'> | undefined,
    more: Partial<MiniProgramEntity> = {},
    db: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    const ours = {
      releasedVersion: release?.userVersion ?? null,
      releasedTemplateId: release?.templateId ?? null,
      releasedExtHash: release ? extHash(release.extJson) : null,
    };
    return this.upsert(componentAppid, authorizerAppid, { ...more, ...ours }, db);
  }

  /** Rollbacks that were begun before, and whose outcome is not known. */
  openRollbacks(before: Date, limit: number): Promise<MiniProgramEntity[]> {
    return this.dataSource
      .getRepository(MiniProgramEntity)
      .find({ where: { rollbackAt: LessThanOrEqual(before) }, order: { rollbackAt: 'ASC' }, take: limit });
  }

  /** Mini programs that are about to be written to: their rows, which hold the write lease, are there then. */
  async ensure(componentAppid: string, appids: readonly string[], db: EntityManager = this.dataSource.manager): Promise<void> {
    await db.query('INSERT IGNORE INTO f_wechat_miniprogram (component_appid, authorizer_appid) VALUES ?', [
      appids.map((appid) => [componentAppid, appid]),
    ]);
  }

  async upsert(
    componentAppid: string,
    authorizerAppid: string,
    values: Partial<Omit<MiniProgramEntity, 'componentAppid' | 'authorizerAppid'>>,
    db: EntityManager = this.dataSource.manager,
  ): Promise<void> {
    await db
      .getRepository(MiniProgramEntity)
      .upsert({ componentAppid, authorizerAppid, ...values } as QueryDeepPartialEntity<MiniProgramEntity>, [
        'componentAppid',
        'authorizerAppid',
      ]);
  }
}
