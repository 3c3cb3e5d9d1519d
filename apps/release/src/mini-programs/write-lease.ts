import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '#service';

/** Longer than any call of WeChat may take; a crashed owner blocks its mini program no longer than this. */
const LEASE_S = 45;
const PATIENCE_MS = 10_000;

/**
 * One write at a time for one mini program, over all replicas: WeChat answers 9402202 to overlapping ones.
 * The lease only keeps order. That nothing happens twice is the business of the conditional updates behind it.
 */
@Injectable()
export class WriteLease {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws DomainError `conflict` when the mini program stays busy for ten seconds. */
  async hold<T>(componentAppid: string, authorizerAppid: string, work: () => Promise<T>): Promise<T> {
    const owner = randomBytes(12).toString('hex');
    await this.take(componentAppid, authorizerAppid, owner);
    try {
      return await work();
    } finally {
      await this.dataSource.query(
        'UPDATE f_wechat_miniprogram SET write_owner = NULL, write_until = NULL WHERE component_appid = ? AND authorizer_appid = ? AND write_owner = ?',
        [componentAppid, authorizerAppid, owner],
      );
    }
  }

  private async take(componentAppid: string, authorizerAppid: string, owner: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt += 1) {
      const { affectedRows } = (await this.dataSource.query(
        `UPDATE f_wechat_miniprogram SET write_owner = ?, write_until = UTC_TIMESTAMP(3) + INTERVAL ${LEASE_S} SECOND
          WHERE component_appid = ? AND authorizer_appid = ? AND (write_until IS NULL OR write_until < UTC_TIMESTAMP(3))`,
        [owner, componentAppid, authorizerAppid],
      )) as { affectedRows: number };
      if (affectedRows === 1) return;
      if (attempt === 0) {
        await this.dataSource.query('INSERT IGNORE INTO f_wechat_miniprogram (component_appid, authorizer_appid) VALUES (?, ?)', [
          componentAppid,
          authorizerAppid,
        ]);
        continue;
      }
      if (Date.now() >= deadline)
        throw new DomainError('conflict', `Another change of ${authorizerAppid} is still running; try again in a few seconds.`, {
          retryAfterS: 5,
        });
      await sleep(50 + Math.random() * 150);
    }
  }
}
