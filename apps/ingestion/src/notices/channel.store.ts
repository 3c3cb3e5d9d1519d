import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { ChannelEntity, changed } from '#persistence';

/** Channels with something to say now, whose pause is over. */
const DUE = `SELECT c.channel_id AS id FROM f_wechat_channel c
   WHERE c.state = 'enabled' AND c.next_send_at <= ?
     AND (SELECT n.next_attempt_at FROM f_wechat_notice n FORCE INDEX (ix_notice_due)
           WHERE n.channel_id = c.channel_id AND n.state = 'pending' ORDER BY n.next_attempt_at LIMIT 1) <= ?
   LIMIT 100`;

/** Where people are told. */
@Injectable()
export class ChannelStore {
  constructor(private readonly dataSource: DataSource) {}

  enabled(manager: EntityManager, components: readonly string[]): Promise<ChannelEntity[]> {
    return manager.getRepository(ChannelEntity).findBy({ state: 'enabled', componentAppid: In([...components]) });
  }

  find(channelId: string): Promise<ChannelEntity | null> {
    return this.dataSource.getRepository(ChannelEntity).findOneBy({ channelId });
  }

  countOf(componentAppid: string): Promise<number> {
    return this.dataSource.getRepository(ChannelEntity).countBy({ componentAppid });
  }

  /** Oldest first. @param after where to begin; undefined: at the first one */
  list(componentAppid: string, limit: number, after?: Pick<ChannelEntity, 'createdAt' | 'channelId'>): Promise<ChannelEntity[]> {
    const search = this.dataSource
      .getRepository(ChannelEntity)
      .createQueryBuilder('c')
      .where('c.componentAppid = :componentAppid', { componentAppid })
      .orderBy({ 'c.createdAt': 'ASC', 'c.channelId': 'ASC' })
      .take(limit);
    if (after) search.andWhere('(c.created_at, c.channel_id) > (:createdAt, :channelId)', after);
    return search.getMany();
  }

  async insert(row: ChannelEntity): Promise<void> {
    await this.dataSource.getRepository(ChannelEntity).insert(row);
  }

  async update(channelId: string, change: Partial<ChannelEntity>): Promise<void> {
    await this.dataSource.getRepository(ChannelEntity).update({ channelId }, { ...change, updatedAt: new Date() });
  }

  async delete(channelId: string, manager: EntityManager): Promise<void> {
    await manager.getRepository(ChannelEntity).delete({ channelId });
  }

  async due(now: Date): Promise<string[]> {
    const rows = (await this.dataSource.query(DUE, [now, now])) as { id: string }[];
    return rows.map(({ id }) => id);
  }

  /** Takes the channel for one message: until then no other replica sends by it. @returns false when another was faster, or it is not time */
  async claim(channelId: string, now: Date, until: Date): Promise<boolean> {
    const claimed = await this.dataSource.query(
      "UPDATE f_wechat_channel SET next_send_at = ? WHERE channel_id = ? AND state = 'enabled' AND next_send_at <= ?",
      [until, channelId, now],
    );
    return changed(claimed);
  }

  /** Gives it back: the next message goes out then. */
  async release(channelId: string, nextSendAt: Date): Promise<void> {
    await this.dataSource.query('UPDATE f_wechat_channel SET next_send_at = ? WHERE channel_id = ?', [nextSendAt, channelId]);
  }

  async noteSuccess(channelId: string, at: Date): Promise<void> {
    await this.dataSource
      .getRepository(ChannelEntity)
      .update({ channelId }, { failures: 0, failingSince: null, lastError: null, lastSuccessAt: at });
  }

  async noteFailure(channelId: string, at: Date, error: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_channel SET failures = failures + 1, failing_since = COALESCE(failing_since, ?), last_error = ?
        WHERE channel_id = ?`,
      [at, error.slice(0, 255), channelId],
    );
  }
}
