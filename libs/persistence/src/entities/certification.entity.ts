import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One order of a certification, or of certification and filing in one. The form holds personal data, and is sealed. */
@Entity('f_wechat_certification')
export class CertificationEntity {
  @PrimaryGeneratedColumn({ name: 'row_id', type: 'bigint', unsigned: true }) rowId!: string;
  @Column({ name: 'certification_id', type: 'varchar', length: 40 }) certificationId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'kind', type: 'varchar', length: 16 }) kind!: 'single' | 'with_filing';
  @Column({ name: 'progress', type: 'varchar', length: 16 }) progress!: string;
  /** WeChat's taskid, or procedure_id of both in one; `null`: its answer did not come. */
  @Column({ name: 'task_id', type: 'varchar', length: 128, nullable: true }) taskId!: string | null;
  @Column({ name: 'url', type: 'varchar', length: 1024, nullable: true }) url!: string | null;
  @Column({ name: 'task_status', type: 'int', nullable: true }) taskStatus!: number | null;
  @Column({ name: 'apply_status', type: 'int', nullable: true }) applyStatus!: number | null;
  @Column({ name: 'procedure_status', type: 'int', nullable: true }) procedureStatus!: number | null;
  @Column({ name: 'sms_status', type: 'tinyint', nullable: true }) smsStatus!: number | null;
  @Column({ name: 'order_id', type: 'varchar', length: 64, nullable: true }) orderId!: string | null;
  @Column({ name: 'reason', type: 'text', nullable: true }) reason!: string | null;
  @Column({ name: 'audit', type: 'simple-json', nullable: true }) audit!: Record<string, unknown> | null;
  @Column({ name: 'dispatch', type: 'simple-json', nullable: true }) dispatch!: Record<string, unknown> | null;
  @Column({ name: 'refusal', type: 'simple-json', nullable: true }) refusal!: Record<string, unknown> | null;
  /** 1 the platform's prepaid pack, 2 the merchant. */
  @Column({ name: 'pay_type', type: 'tinyint' }) payType!: number;
  @Column({ name: 'form', type: 'mediumtext' }) form!: string;
  @Column({ name: 'replaces', type: 'varchar', length: 40, nullable: true }) replaces!: string | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'revision', type: 'int', unsigned: true, default: 0 }) revision!: number;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'acts_until', type: 'datetime', precision: 3, nullable: true }) actsUntil!: Date | null;
  @Column({ name: 'status_at', type: 'datetime', precision: 3 }) statusAt!: Date;
  @Column({ name: 'ended_at', type: 'datetime', precision: 3, nullable: true }) endedAt!: Date | null;
  @Column({ name: 'read_at', type: 'datetime', precision: 3, nullable: true }) readAt!: Date | null;
  @Column({ name: 'read_problem', type: 'varchar', length: 512, nullable: true }) readProblem!: string | null;
  @Column({ name: 'next_read_at', type: 'datetime', precision: 3, nullable: true }) nextReadAt!: Date | null;
}

/** Until when one mini program is certified. */
@Entity('f_wechat_certificate')
export class CertificateEntity {
  @PrimaryGeneratedColumn({ name: 'certificate_id', type: 'bigint', unsigned: true }) certificateId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'certified_at', type: 'datetime', precision: 3, nullable: true }) certifiedAt!: Date | null;
  @Column({ name: 'ends_at', type: 'datetime', precision: 3, nullable: true }) endsAt!: Date | null;
  /** `wechat`: it said so; `year`: a year from the certification. */
  @Column({ name: 'ends_from', type: 'varchar', length: 16, nullable: true }) endsFrom!: 'wechat' | 'year' | null;
  @Column({ name: 'message', type: 'varchar', length: 512, nullable: true }) message!: string | null;
  @Column({ name: 'told_at', type: 'datetime', precision: 3, nullable: true }) toldAt!: Date | null;
}

/** One step of one certification. */
@Entity('f_wechat_certificationhistory')
export class CertificationHistoryEntity {
  @PrimaryGeneratedColumn({ name: 'history_id', type: 'bigint', unsigned: true }) historyId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'certification_id', type: 'varchar', length: 40, nullable: true }) certificationId!: string | null;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'from_state', type: 'varchar', length: 32, nullable: true }) fromState!: string | null;
  @Column({ name: 'to_state', type: 'varchar', length: 32 }) toState!: string;
  @Column({ name: 'cause', type: 'varchar', length: 64 }) cause!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'detail', type: 'simple-json', nullable: true }) detail!: Record<string, unknown> | null;
}
