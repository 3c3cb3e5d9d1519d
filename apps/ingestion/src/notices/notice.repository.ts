import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, LessThan } from 'typeorm';
import { changedRows, EventEntity, NoticeEntity, type NoticeState } from '#persistence';

export interface NewNotice {
  readonly channelId: string;
  readonly eventId: string;
  readonly kind: string;
}

/** A notice with the event that it tells of; `null`: that is gone. */
export interface DueNotice {
  readonly notice: NoticeEntity;
  readonly event: EventEntity | null;
}

/** What each channel has to tell, and what became of it. */
@Injectable()
export class NoticeRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Each (channel, event) once, however often it is asked for. */
  async add(manager: EntityManager, rows: readonly NewNotice[]): Promise<void> {
    const now = new Date();
    for (let from = 0; from < rows.length; from += 500) {
      const part = rows.slice(from, from + 500);
      await manager.query(
        `INSERT INTO f_wechat_notice (channel_id, event_id, kind, next_attempt_at, created_at)
         VALUES ${part.map(() => '(?,?,?,?,?)').join(',')} ON DUPLICATE KEY UPDATE notice_id = notice_id`,
        part.flatMap(({ channelId, eventId, kind }) => [channelId, eventId, kind, now, now]),
      );
    }
  }

  /** Oldest first. */
  async due(channelId: string, now: Date, limit: number): Promise<DueNotice[]> {
    const rows = await this.dataSource
      .getRepository(NoticeEntity)
      .createQueryBuilder('n')
      .where("n.channelId = :channelId AND n.state = 'pending' AND n.nextAttemptAt <= :now", { channelId, now })
      .orderBy('n.noticeId')
      .limit(limit)
      .getMany();
    const events = await this.dataSource.getRepository(EventEntity).findBy({ eventId: In(rows.map(({ eventId }) => eventId)) });
    const byId = new Map(events.map((event) => [event.eventId, event]));
    return rows.map((notice) => ({ notice, event: byId.get(notice.eventId) ?? null }));
  }

  /** Before the message goes out: who finds them again after a kill tries no sooner than then. */
  async begin(noticeIds: readonly string[], messageId: string, leaseUntil: Date): Promise<void> {
    await this.dataSource.query(
      'UPDATE f_wechat_notice SET attempts = attempts + 1, message_id = ?, next_attempt_at = ? WHERE notice_id IN (?)',
      [messageId, leaseUntil, noticeIds],
    );
  }

  async finish(noticeIds: readonly string[], state: NoticeState, error: string | null = null): Promise<void> {
    if (noticeIds.length === 0) return;
    await this.dataSource
      .getRepository(NoticeEntity)
      .update(
        { noticeId: In([...noticeIds]), state: 'pending' },
        { state, lastError: error?.slice(0, 255) ?? null, finishedAt: new Date() },
      );
  }

  async postpone(noticeId: string, until: Date, error: string | null = null): Promise<void> {
    await this.dataSource
      .getRepository(NoticeEntity)
      .update(
        { noticeId, state: 'pending' },
        { nextAttemptAt: until, ...(error === null ? {} : { lastError: error.slice(0, 255) }) },
      );
  }

  /** Those that failed for the last time, with the whole schedule before them. @returns how many */
  async retryFailed(channelId: string): Promise<number> {
    const result = await this.dataSource
      .getRepository(NoticeEntity)
      .update({ channelId, state: 'failed' }, { state: 'pending', attempts: 0, nextAttemptAt: new Date(), finishedAt: null });
    return result.affected ?? 0;
  }

  async cancel(channelId: string, manager: EntityManager): Promise<void> {
    await manager
      .getRepository(NoticeEntity)
      .update(
        { channelId, state: 'pending' },
        { state: 'cancelled', lastError: 'the channel was deleted', finishedAt: new Date() },
      );
  }

  /** Newest first. */
  list(channelId: string, state: NoticeState | undefined, before: string | undefined, limit: number): Promise<NoticeEntity[]> {
    return this.dataSource.getRepository(NoticeEntity).find({
      where: { channelId, ...(state ? { state } : {}), ...(before ? { noticeId: LessThan(before) } : {}) },
      order: { noticeId: 'DESC' },
      take: limit,
    });
  }

  async counts(channelId: string): Promise<{ pending: number; failed: number }> {
    const rows = (await this.dataSource.query(
      "SELECT state, COUNT(*) AS n FROM f_wechat_notice WHERE channel_id = ? AND state IN ('pending', 'failed') GROUP BY state",
      [channelId],
    )) as { state: 'pending' | 'failed'; n: string }[];
    return { pending: 0, failed: 0, ...Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)])) };
  }

  /** @returns how many were deleted, at most `limit` */
  async deleteFinished(before: Date, limit: number): Promise<number> {
    const result = await this.dataSource.query(
      "DELETE FROM f_wechat_notice WHERE state <> 'pending' AND finished_at < ? LIMIT ?",
      [before, limit],
    );
    return changedRows(result);
  }
}
