import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What one mini program runs, as last read from WeChat, and who may write to it at this moment. */
@Entity('f_wechat_miniprogram')
export class MiniProgramEntity {
  @PrimaryColumn({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @PrimaryColumn({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'write_owner', type: 'varchar', length: 32, nullable: true }) writeOwner!: string | null;
  @Column({ name: 'write_until', type: 'datetime', precision: 3, nullable: true }) writeUntil!: Date | null;
  @Column({ name: 'trial_version', type: 'varchar', length: 64, nullable: true }) trialVersion!: string | null;
  @Column({ name: 'trial_desc', type: 'mediumtext', nullable: true }) trialDesc!: string | null;
  @Column({ name: 'trial_at', type: 'datetime', nullable: true }) trialAt!: Date | null;
  @Column({ name: 'online_version', type: 'varchar', length: 64, nullable: true }) onlineVersion!: string | null;
  @Column({ name: 'online_desc', type: 'mediumtext', nullable: true }) onlineDesc!: string | null;
  @Column({ name: 'online_at', type: 'datetime', nullable: true }) onlineAt!: Date | null;
  @Column({ name: 'versions_read_at', type: 'datetime', precision: 3, nullable: true }) versionsReadAt!: Date | null;
  /** What was put online from here; WeChat's own word is `onlineVersion`. */
  @Column({ name: 'released_version', type: 'varchar', length: 64, nullable: true }) releasedVersion!: string | null;
  @Column({ name: 'released_template_id', type: 'int', nullable: true }) releasedTemplateId!: number | null;
  /** SHA-256 in hex of the `ext_json` that was committed. */
  @Column({ name: 'released_ext_hash', type: 'char', length: 64, nullable: true }) releasedExtHash!: string | null;
  /** A rollback was begun, and its outcome is not known yet. */
  @Column({ name: 'rollback_at', type: 'datetime', precision: 3, nullable: true }) rollbackAt!: Date | null;
  /** JSON: what was online before it. */
  @Column({ name: 'rollback_from', type: 'text', nullable: true }) rollbackFrom!: string | null;
  /** 1 in service, 0 suspended. */
  @Column({ name: 'visit_status', type: 'tinyint', nullable: true }) visitStatus!: number | null;
  /** 1: WeChat holds buyers' money until shipments are reported. */
  @Column({ name: 'trade_managed', type: 'tinyint', nullable: true }) tradeManaged!: number | null;
  @Column({ name: 'trade_read_at', type: 'datetime', precision: 3, nullable: true }) tradeReadAt!: Date | null;
  /** The newest event that reminds of shipments. */
  @Column({ name: 'trade_reminder', type: 'varchar', length: 64, nullable: true }) tradeReminder!: string | null;
  @Column({ name: 'trade_reminded_at', type: 'datetime', precision: 3, nullable: true }) tradeRemindedAt!: Date | null;
  @Column({ name: 'violations_read_at', type: 'datetime', precision: 3, nullable: true }) violationsReadAt!: Date | null;
  @Column({ name: 'problem', type: 'simple-json', nullable: true }) problem!: Record<string, unknown> | null;
  @Column({ name: 'tags', type: 'simple-json', nullable: true }) tags!: string[] | null;
}
