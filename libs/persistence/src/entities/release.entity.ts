import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One row per release: the source design's `f_wechat_submitaudit`, widened. */
@Entity('f_wechat_submitaudit')
export class ReleaseEntity {
  @PrimaryGeneratedColumn({ name: 'submitaudit_id', type: 'int', unsigned: true }) releaseId!: number;
  /** Our `authorizer_id`; an older system's own number in its rows. */
  @Column({ name: 'weapp_id', type: 'int', default: 0 }) weappId!: number;
  @Column({ name: 'app_id', type: 'varchar', length: 50 }) authorizerAppid!: string;
  @Column({ name: 'template_id', type: 'int' }) templateId!: number;
  @Column({ name: 'user_desc', type: 'varchar', length: 1024 }) userDesc!: string;
  @Column({ name: 'user_version', type: 'varchar', length: 64 }) userVersion!: string;
  /** Ciphertext, domain `release`, as is `secretValues`. */
  @Column({ name: 'ext_json', type: 'mediumtext' }) extJson!: string;
  /** JSON: values of secret variables in what was or is sent. */
  @Column({ name: 'secret_values', type: 'mediumtext', nullable: true }) secretValues!: string | null;
  /** SHA-256 in hex of the opened `extJson`; NULL: the row of a former release, whose text is plain. */
  @Column({ name: 'ext_hash', type: 'char', length: 64, nullable: true }) extHash!: string | null;
  @Column({ name: 'auditid', type: 'varchar', length: 32, nullable: true }) auditid!: string | null;
  /** 0 approved, 1 rejected, 2 in audit, 3 withdrawn, 4 not submitted. Never WeChat's own 4 (delayed): that is 2 with `isDelayed`. */
  @Column({ name: 'status', type: 'tinyint', nullable: true }) status!: number | null;
  /** The rejection as WeChat wrote it: HTML, any length. */
  @Column({ name: 'reason', type: 'mediumtext', nullable: true }) reason!: string | null;
  /** When it was submitted to audit. */
  @Column({ name: 'create_time', type: 'datetime', nullable: true }) createTime!: Date | null;
  @Column({ name: 'is_release', type: 'tinyint', default: 0 }) isRelease!: number;
  @Column({ name: 'release_time', type: 'datetime', nullable: true }) releaseTime!: Date | null;
  @Column({ name: 'auditresult_time', type: 'datetime', nullable: true }) auditresultTime!: Date | null;
  @Column({ name: 'update_time', type: 'datetime', nullable: true }) updateTime!: Date | null;
  @Column({ name: 'component_appid', type: 'varchar', length: 64, default: '' }) componentAppid!: string;
  /** Our state machine; NULL in a row an older system wrote, then derived from `status` and `is_release`. */
  @Column({ name: 'state', type: 'varchar', length: 32, nullable: true }) state!: string | null;
  @Column({ name: 'is_delayed', type: 'tinyint', default: 0 }) isDelayed!: number;
  @Column({ name: 'delay_reason', type: 'mediumtext', nullable: true }) delayReason!: string | null;
  @Column({ name: 'screenshot', type: 'text', nullable: true }) screenshot!: string | null;
  @Column({ name: 'intent', type: 'varchar', length: 32, nullable: true }) intent!: string | null;
  @Column({ name: 'intent_at', type: 'datetime', precision: 3, nullable: true }) intentAt!: Date | null;
  /** Ciphertext, domain `release`. */
  @Column({ name: 'submit_request', type: 'mediumtext', nullable: true }) submitRequest!: string | null;
  @Column({ name: 'submitted_at', type: 'datetime', precision: 3, nullable: true }) submittedAt!: Date | null;
  @Column({ name: 'last_error', type: 'mediumtext', nullable: true }) lastError!: string | null;
  @Column({ name: 'next_check_at', type: 'datetime', precision: 3, nullable: true }) nextCheckAt!: Date | null;
  @Column({ name: 'revision', type: 'int', unsigned: true, default: 0 }) revision!: number;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3, nullable: true }) createdAt!: Date | null;
  /** JSON: what happens by itself; NULL: nothing. */
  @Column({ name: 'policy', type: 'mediumtext', nullable: true }) policy!: string | null;
  /** JSON: what the privacy scan of the commit found. */
  @Column({ name: 'scan_result', type: 'mediumtext', nullable: true }) scanResult!: string | null;
  @Column({ name: 'committed_at', type: 'datetime', precision: 3, nullable: true }) committedAt!: Date | null;
  /** WeChat's time of the upload, read right after the commit. */
  @Column({ name: 'trial_at', type: 'datetime', nullable: true }) trialAt!: Date | null;
  /** Failed tries of the present step. */
  @Column({ name: 'attempts', type: 'int', unsigned: true, default: 0 }) attempts!: number;
  /** How often in a row the present step was sent and nothing came of it. */
  @Column({ name: 'unclear_count', type: 'int', unsigned: true, default: 0 }) unclearCount!: number;
  /** WeChat's `release_time` of what was online when this was submitted: that is another release. */
  @Column({ name: 'online_before', type: 'datetime', nullable: true }) onlineBefore!: Date | null;
  /** JSON: what it waits for. */
  @Column({ name: 'waiting', type: 'mediumtext', nullable: true }) waiting!: string | null;
  @Column({ name: 'gray_percentage', type: 'tinyint', unsigned: true, nullable: true }) grayPercentage!: number | null;
  @Column({ name: 'gray_at', type: 'datetime', precision: 3, nullable: true }) grayAt!: Date | null;
  @Column({ name: 'rollout_id', type: 'int', unsigned: true, nullable: true }) rolloutId!: number | null;
}
