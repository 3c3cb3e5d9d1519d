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
  @Column({ name: 'source', type: 'varchar', length: 16 }) source!: 'event' | 'reading';
  @Column({ name: 'seen_at', type: 'datetime', precision: 3 }) seenAt!: Date;
}
