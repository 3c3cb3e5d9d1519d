import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CertificateEntity } from '#persistence';
import type { App } from '../account-calls/account-calls.js';

/** `f_wechat_certificate`: until when each mini program is certified. */
@Injectable()
export class CertificateRepository {
  constructor(readonly dataSource: DataSource) {}

  find({ componentAppid, authorizerAppid }: App): Promise<CertificateEntity | null> {
    return this.dataSource.getRepository(CertificateEntity).findOneBy({ componentAppid, authorizerAppid });
  }

  async ensure({ componentAppid, authorizerAppid }: App, db: EntityManager = this.dataSource.manager): Promise<void> {
    await db.query('INSERT IGNORE INTO f_wechat_certificate (component_appid, authorizer_appid) VALUES (?, ?)', [
      componentAppid,
      authorizerAppid,
    ]);
  }

  /** For the rest of the transaction. */
  async lock({ componentAppid, authorizerAppid }: App, db: EntityManager): Promise<void> {
    await db
      .getRepository(CertificateEntity)
      .findOne({ where: { componentAppid, authorizerAppid }, lock: { mode: 'pessimistic_write' } });
  }

  /** It has passed: a year begins, until WeChat says otherwise. */
  async certified({ componentAppid, authorizerAppid }: App, db: EntityManager): Promise<void> {
    await this.ensure({ componentAppid, authorizerAppid }, db);
    await db.query(
      `UPDATE f_wechat_certificate SET certified_at = UTC_TIMESTAMP(3), ends_from = 'year', message = NULL,
              ends_at = GREATEST(UTC_TIMESTAMP(3), IFNULL(ends_at, UTC_TIMESTAMP(3))) + INTERVAL 1 YEAR
        WHERE component_appid = ? AND authorizer_appid = ?`,
      [componentAppid, authorizerAppid],
    );
  }

  /** WeChat says when it ends. Of events that come late or twice the latest end counts. */
  async ends({ componentAppid, authorizerAppid }: App, endsAt: Date, message: string | null, db: EntityManager): Promise<void> {
    await this.ensure({ componentAppid, authorizerAppid }, db);
    await db.query(
      `UPDATE f_wechat_certificate SET message = ?, told_at = UTC_TIMESTAMP(3), ends_at = ?, ends_from = 'wechat'
        WHERE component_appid = ? AND authorizer_appid = ? AND (ends_from IS NULL OR ends_from = 'year' OR ends_at <= ?)`,
      [message?.slice(0, 512) ?? null, endsAt, componentAppid, authorizerAppid, endsAt],
    );
  }
}
