import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** Where the ICP filing (备案) of one mini program stands, as last read from WeChat. */
@Entity('f_wechat_filing')
export class FilingEntity {
  @PrimaryGeneratedColumn({ name: 'filing_id', type: 'bigint', unsigned: true }) filingId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  /** WeChat's number; `null`: never read. */
  @Column({ name: 'status', type: 'int', nullable: true }) status!: number | null;
  @Column({ name: 'is_canceling', type: 'tinyint', default: 0 }) isCanceling!: number;
  @Column({ name: 'is_open', type: 'tinyint', default: 1 }) isOpen!: number;
  @Column({ name: 'sms_status', type: 'tinyint', nullable: true }) smsStatus!: number | null;
  @Column({ name: 'sms_since', type: 'datetime', precision: 3, nullable: true }) smsSince!: Date | null;
  /** JSON: why it was rejected, field by field. */
  @Column({ name: 'reasons', type: 'text', nullable: true }) reasons!: string | null;
  @Column({ name: 'subject_record', type: 'varchar', length: 64, nullable: true }) subjectRecord!: string | null;
  @Column({ name: 'app_record', type: 'varchar', length: 64, nullable: true }) appRecord!: string | null;
  /** What was decided and has no known outcome yet. */
  @Column({ name: 'intent', type: 'varchar', length: 16, nullable: true }) intent!: 'apply' | 'withdraw' | 'cancel' | null;
  @Column({ name: 'intent_id', type: 'varchar', length: 40, nullable: true }) intentId!: string | null;
  @Column({ name: 'intent_until', type: 'datetime', precision: 3, nullable: true }) intentUntil!: Date | null;
  @Column({ name: 'revision', type: 'int', unsigned: true, default: 0 }) revision!: number;
  @Column({ name: 'status_at', type: 'datetime', precision: 3, nullable: true }) statusAt!: Date | null;
  @Column({ name: 'read_at', type: 'datetime', precision: 3, nullable: true }) readAt!: Date | null;
  @Column({ name: 'read_problem', type: 'varchar', length: 512, nullable: true }) readProblem!: string | null;
  @Column({ name: 'next_read_at', type: 'datetime', precision: 3, nullable: true }) nextReadAt!: Date | null;
}

/** One application for a filing. The form holds personal data, and is sealed. */
@Entity('f_wechat_filingapplication')
export class FilingApplicationEntity {
  @PrimaryGeneratedColumn({ name: 'row_id', type: 'bigint', unsigned: true }) rowId!: string;
  @Column({ name: 'application_id', type: 'varchar', length: 40 }) applicationId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: string;
  @Column({ name: 'form', type: 'mediumtext' }) form!: string;
  /** JSON: errcode and hints of a refusal, or the reasons of a rejection. */
  @Column({ name: 'refusal', type: 'text', nullable: true }) refusal!: string | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}

/** One face check of an administrator. */
@Entity('f_wechat_filingverification')
export class FilingVerificationEntity {
  @PrimaryGeneratedColumn({ name: 'row_id', type: 'bigint', unsigned: true }) rowId!: string;
  @Column({ name: 'verification_id', type: 'varchar', length: 40 }) verificationId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: string;
  /** WeChat's; `null`: its answer did not come. */
  @Column({ name: 'task_id', type: 'varchar', length: 128, nullable: true }) taskId!: string | null;
  @Column({ name: 'along_with_auth', type: 'tinyint', default: 0 }) alongWithAuth!: number;
  @Column({ name: 'verify_url', type: 'varchar', length: 1024, nullable: true }) verifyUrl!: string | null;
  @Column({ name: 'face_status', type: 'tinyint', nullable: true }) faceStatus!: number | null;
  @Column({ name: 'auth_result', type: 'tinyint', nullable: true }) authResult!: number | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 }) expiresAt!: Date;
  @Column({ name: 'ended_at', type: 'datetime', precision: 3, nullable: true }) endedAt!: Date | null;
  @Column({ name: 'next_read_at', type: 'datetime', precision: 3, nullable: true }) nextReadAt!: Date | null;
}

/** What an uploaded paper was uploaded as: a wrong certificate type shows only when the application is made. */
@Entity('f_wechat_filingmedia')
export class FilingMediaEntity {
  @PrimaryGeneratedColumn({ name: 'row_id', type: 'bigint', unsigned: true }) rowId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  /** SHA-256 in hex of the media id. */
  @Column({ name: 'media_hash', type: 'char', length: 64 }) mediaHash!: string;
  @Column({ name: 'type', type: 'varchar', length: 16 }) type!: string;
  @Column({ name: 'certificate_type', type: 'int', nullable: true }) certificateType!: number | null;
  @Column({ name: 'field', type: 'varchar', length: 128 }) field!: string;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
}

/** One of the lists that a form is made of, as WeChat answered it. */
@Entity('f_wechat_filingconstants')
export class FilingConstantsEntity {
  @PrimaryColumn({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @PrimaryColumn({ name: 'name', type: 'varchar', length: 32 }) name!: string;
  /** JSON. */
  @Column({ name: 'items', type: 'mediumtext' }) items!: string;
  @Column({ name: 'read_at', type: 'datetime', precision: 3 }) readAt!: Date;
}

/** One step of one filing. */
@Entity('f_wechat_filinghistory')
export class FilingHistoryEntity {
  @PrimaryGeneratedColumn({ name: 'history_id', type: 'bigint', unsigned: true }) historyId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'from_state', type: 'varchar', length: 32, nullable: true }) fromState!: string | null;
  @Column({ name: 'to_state', type: 'varchar', length: 32 }) toState!: string;
  @Column({ name: 'cause', type: 'varchar', length: 64 }) cause!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'detail', type: 'simple-json', nullable: true }) detail!: Record<string, unknown> | null;
}
