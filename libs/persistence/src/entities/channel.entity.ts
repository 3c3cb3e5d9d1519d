import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Robots of 企业微信, 飞书 and 钉钉, and mail. */
export type ChannelKind = 'wecom' | 'feishu' | 'dingtalk' | 'mail';

/** From the least to the most urgent. */
export type Severity = 'info' | 'notice' | 'warning' | 'urgent';

/** Hours in which only what is urgent is sent. */
export interface QuietHours {
  /** `HH:MM`, local time of `utc_offset_minutes`. */
  readonly from: string;
  /** `HH:MM`; earlier than `from`: over midnight. */
  readonly to: string;
  /** Default 480: Beijing. */
  readonly utc_offset_minutes?: number;
}

/** A place where people are told what happens to a component. */
@Entity('f_wechat_channel')
export class ChannelEntity {
  @PrimaryColumn({ name: 'channel_id', type: 'varchar', length: 32 }) channelId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'kind', type: 'varchar', length: 16 }) kind!: ChannelKind;
  @Column({ name: 'name', type: 'varchar', length: 128 }) name!: string;
  /** Ciphertext: JSON with `url` and `secret` of a robot, or `to`. Whoever has the URL of a robot can write into its group. */
  @Column({ name: 'target', type: 'mediumtext' }) target!: string;
  /** What may be shown of `target`. */
  @Column({ name: 'place', type: 'varchar', length: 255 }) place!: string;
  /** Patterns of kinds of events. */
  @Column({ name: 'kinds', type: 'simple-json' }) kinds!: string[];
  @Column({ name: 'least_severity', type: 'varchar', length: 16 }) leastSeverity!: Severity;
  @Column({ name: 'language', type: 'varchar', length: 8 }) language!: 'zh' | 'en' | 'both';
  /** `null`: none. */
  @Column({ name: 'quiet', type: 'simple-json', nullable: true }) quiet!: QuietHours | null;
  /** What is not urgent is joined for so long; `null`: sent at once. */
  @Column({ name: 'digest_minutes', type: 'smallint', unsigned: true, nullable: true }) digestMinutes!: number | null;
  @Column({ name: 'state', type: 'varchar', length: 16, default: 'enabled' }) state!: 'enabled' | 'disabled';
  /** Nothing is sent before; whoever moves it on is the one who sends. */
  @Column({ name: 'next_send_at', type: 'datetime', precision: 3 }) nextSendAt!: Date;
  @Column({ name: 'failures', type: 'int', unsigned: true, default: 0 }) failures!: number;
  @Column({ name: 'failing_since', type: 'datetime', precision: 3, nullable: true }) failingSince!: Date | null;
  @Column({ name: 'last_error', type: 'varchar', length: 255, nullable: true }) lastError!: string | null;
  @Column({ name: 'last_success_at', type: 'datetime', precision: 3, nullable: true }) lastSuccessAt!: Date | null;
  @Column({ name: 'created_by', type: 'varchar', length: 191 }) createdBy!: string;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}

/** `skipped`: less severe than the channel wants; `cancelled`: its event or its channel is gone. */
export type NoticeState = 'pending' | 'sent' | 'failed' | 'skipped' | 'cancelled';

/** One event for one channel; the pair is unique. */
@Entity('f_wechat_notice')
export class NoticeEntity {
  @PrimaryGeneratedColumn({ name: 'notice_id', type: 'bigint', unsigned: true }) noticeId!: string;
  @Column({ name: 'channel_id', type: 'varchar', length: 32 }) channelId!: string;
  @Column({ name: 'event_id', type: 'bigint', unsigned: true }) eventId!: string;
  @Column({ name: 'kind', type: 'varchar', length: 96 }) kind!: string;
  @Column({ name: 'state', type: 'varchar', length: 16, default: 'pending' }) state!: NoticeState;
  @Column({ name: 'attempts', type: 'int', unsigned: true, default: 0 }) attempts!: number;
  @Column({ name: 'next_attempt_at', type: 'datetime', precision: 3 }) nextAttemptAt!: Date;
  /** The message it is part of; `null`: none was tried. */
  @Column({ name: 'message_id', type: 'varchar', length: 64, nullable: true }) messageId!: string | null;
  @Column({ name: 'last_error', type: 'varchar', length: 255, nullable: true }) lastError!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'finished_at', type: 'datetime', precision: 3, nullable: true }) finishedAt!: Date | null;
}
