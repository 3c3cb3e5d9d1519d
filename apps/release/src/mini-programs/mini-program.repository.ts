import { Injectable } from '@nestjs/common';
import { DataSource, Equal, IsNull, Or, type QueryDeepPartialEntity } from 'typeorm';
import { AuthorizerEntity, type AuthorizerKind, MiniProgramEntity } from '#persistence';
import type { VersionInfo } from '#wechat';

/** What the mini programs run, as last read. */
@Injectable()
export class MiniProgramRepository {
  constructor(private readonly dataSource: DataSource) {}

  authorizer(componentAppid: string, authorizerAppid: string): Promise<AuthorizerEntity | null> {
    return this.dataSource.getRepository(AuthorizerEntity).findOneBy({ componentAppid, authorizerAppid });
  }

  /** Mini programs whose authorization lives, as far as we know. */
  async someActive(componentAppid: string, limit: number): Promise<string[]> {
    const rows = await this.dataSource.getRepository(AuthorizerEntity).find({
      where: { componentAppid, state: 'active', kind: Or(Equal<AuthorizerKind>('mini_program'), IsNull()) },
      order: { authorizerId: 'ASC' },
      take: limit,
    });
    return rows.map((row) => row.authorizerAppid);
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

  async upsert(
    componentAppid: string,
    authorizerAppid: string,
    values: Partial<Omit<MiniProgramEntity, 'componentAppid' | 'authorizerAppid'>>,
  ): Promise<void> {
    await this.dataSource
      .getRepository(MiniProgramEntity)
      .upsert({ componentAppid, authorizerAppid, ...values } as QueryDeepPartialEntity<MiniProgramEntity>, [
        'componentAppid',
        'authorizerAppid',
      ]);
  }
}
