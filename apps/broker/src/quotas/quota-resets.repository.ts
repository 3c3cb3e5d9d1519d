import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { inTransaction, QuotaResetEntity } from '#persistence';

type Asked = Pick<QuotaResetEntity, 'componentAppid' | 'accountAppid' | 'month' | 'path' | 'clientId' | 'reason'>;

/** What may have taken effect: one that was asked for and whose end nobody has seen counts as used. */
const USED = ['asked', 'done', 'unclear'] as const;

@Injectable()
export class QuotaResets {
  constructor(private readonly dataSource: DataSource) {}

  /** Of all quotas of an account, by whichever of our components. */
  used(accountAppid: string, month: string): Promise<number> {
    return this.dataSource.getRepository(QuotaResetEntity).countBy({ accountAppid, month, path: '', state: In([...USED]) });
  }

  list(componentAppid: string, accountAppid: string, month: string): Promise<QuotaResetEntity[]> {
    return this.dataSource
      .getRepository(QuotaResetEntity)
      .find({ where: { componentAppid, accountAppid, month }, order: { resetId: 'DESC' }, take: 100 });
  }

  /**
   * Writes down that one is going to be asked for, unless all are used: two at the same moment are counted one after the other.
   * @returns `undefined`: there is none left
   */
  begin(asked: Asked, most: number): Promise<string | undefined> {
    return inTransaction(this.dataSource, async (db) => {
      const rows = db.getRepository(QuotaResetEntity);
      const { accountAppid, month } = asked;
      const whole = await db.query(
        `SELECT COUNT(*) AS n FROM f_wechat_quotareset
          WHERE account_appid = ? AND month = ? AND path = '' AND state <> 'refused' FOR UPDATE`,
        [accountAppid, month],
      );
      if (asked.path === '' && Number(whole[0].n) >= most) return undefined;
      const now = new Date();
      const { resetId } = await rows.save({ ...asked, state: 'asked', errcode: null, createdAt: now, updatedAt: now });
      return String(resetId);
    });
  }

  async end(resetId: string, state: 'done' | 'refused' | 'unclear', errcode: number | null): Promise<void> {
    await this.dataSource.getRepository(QuotaResetEntity).update({ resetId }, { state, errcode, updatedAt: new Date() });
  }
}
