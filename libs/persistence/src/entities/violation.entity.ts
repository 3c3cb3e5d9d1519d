import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A violation that WeChat has recorded (违规记录), with what was online when we heard of it. */
@Entity('f_wechat_violation')
export class ViolationEntity {
  @PrimaryGeneratedColumn({ name: 'violation_id', type: 'bigint', unsigned: true }) violationId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  /** WeChat's `illegal_record_id`. */
  @Column({ name: 'record_id', type: 'varchar', length: 64 }) recordId!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'reason', type: 'text', nullable: true }) reason!: string | null;
  @Column({ name: 'content', type: 'text', nullable: true }) content!: string | null;
  @Column({ name: 'rule_name', type: 'varchar', length: 255, nullable: true }) ruleName!: string | null;
  @Column({ name: 'rule_url', type: 'varchar', length: 255, nullable: true }) ruleUrl!: string | null;
  @Column({ name: 'template_id', type: 'int', nullable: true }) templateId!: number | null;
  @Column({ name: 'version', type: 'varchar', length: 64, nullable: true }) version!: string | null;
  @Column({ name: 'kind', type: 'varchar', length: 16, default: 'record' }) kind!: 'record' | 'punishment';
  /** What WeChat does about it; only of punishments. */
  @Column({ name: 'punishment', type: 'simple-json', nullable: true }) punishment!: Record<string, unknown> | null;
  @Column({ name: 'source', type: 'varchar', length: 16 }) source!: 'event' | 'reading';
  @Column({ name: 'seen_at', type: 'datetime', precision: 3 }) seenAt!: Date;
}

/**
 * `asking`: it is being sent · `unclear`: whether WeChat has it is not known · `open`, `upheld`, `rejected`, `withdrawn`: as WeChat has it ·
 * `refused`: WeChat did not take it · `not-sent`: WeChat does not have it.
 */
export type AppealState = 'asking' | 'unclear' | 'open' | 'upheld' | 'rejected' | 'withdrawn' | 'refused' | 'not-sent';

/** An appeal against a violation (申诉). What was said in it is with WeChat only. */
@Entity('f_wechat_appeal')
export class AppealEntity {
  @PrimaryGeneratedColumn({ name: 'appeal_id', type: 'bigint', unsigned: true }) appealId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  /** `null`: an event told of it, which does not name the record. */
  @Column({ name: 'record_id', type: 'varchar', length: 64, nullable: true }) recordId!: string | null;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: AppealState;
  /** The appid while it may be open: WeChat takes one at a time. */
  @Column({ name: 'open_of', type: 'varchar', length: 64, nullable: true }) openOf!: string | null;
  /** WeChat's `appeal_record_id`. */
  @Column({ name: 'wechat_id', type: 'varchar', length: 64, nullable: true }) wechatId!: string | null;
  @Column({ name: 'by_provider', type: 'tinyint', nullable: true }) byProvider!: number | null;
  @Column({ name: 'audit_reason', type: 'text', nullable: true }) auditReason!: string | null;
  @Column({ name: 'refusal', type: 'simple-json', nullable: true }) refusal!: Record<string, unknown> | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'asked_at', type: 'datetime', precision: 3 }) askedAt!: Date;
  @Column({ name: 'audited_at', type: 'datetime', precision: 3, nullable: true }) auditedAt!: Date | null;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}
