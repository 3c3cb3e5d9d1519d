import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { changed } from '#persistence';
import { DomainError, LOGGER, type Logger } from '#service';

const PATIENCE_MS = 10_000;

/**
 * One write at a time for one mini program, over all replicas: WeChat answers 9402202 to overlapping ones.
 * The lease only keeps order. That nothing happens twice is the business of the conditional updates behind it.
 */
@Injectable()
export class WriteLease {
  /** A crashed owner blocks its mini program no longer than this; a living one renews it for as long as its work takes. */
  leaseS = 45;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @throws DomainError `conflict` when the mini program stays busy for ten seconds. */
  async hold<T>(componentAppid: string, authorizerAppid: string, work: () => Promise<T>): Promise<T> {
    const owner = randomBytes(12).toString('hex');
    await this.take(componentAppid, authorizerAppid, owner);
    let renewal: Promise<void> | undefined;
    const timer = setInterval(
      () => {
        renewal ??= this.renew(componentAppid, authorizerAppid, owner).finally(() => {
          renewal = undefined;
        });
      },
      (this.leaseS * 1_000) / 3,
    );
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await renewal;
      await this.dataSource.query(
        'UPDATE f_wechat_miniprogram SET write_owner = NULL, write_until = NULL WHERE component_appid = ? AND authorizer_appid = ? AND write_owner = ?',
        [componentAppid, authorizerAppid, owner],
      );
    }
  }

  private async renew(componentAppid: string, authorizerAppid: string, owner: string): Promise<void> {
    try {
      await this.dataSource.query(
        `UPDATE f_wechat_miniprogram SET write_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
          WHERE component_appid = ? AND authorizer_appid = ? AND write_owner = ?`,
        [this.leaseS, componentAppid, authorizerAppid, owner],
      );
    } catch (error) {
      // There are two more turns before the lease ends.
      this.logger.warn(
        { event: 'lease.renewal-failed', authorizer: authorizerAppid, err: error },
        'A lease could not be renewed',
      );
    }
  }

  private async take(componentAppid: string, authorizerAppid: string, owner: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (let attempt = 0; ; attempt += 1) {
      const taken = await this.dataSource.query(
        `UPDATE f_wechat_miniprogram SET write_owner = ?, write_until = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
          WHERE component_appid = ? AND authorizer_appid = ? AND (write_until IS NULL OR write_until < UTC_TIMESTAMP(3))`,
        [owner, this.leaseS, componentAppid, authorizerAppid],
      );
      if (changed(taken)) return;
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
