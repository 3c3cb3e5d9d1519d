import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type RegistrationWay =
  | 'enterprise'
  | 'personal'
  | 'trial'
  | 'trial-to-enterprise'
  | 'trial-to-personal'
  | 'trial-to-account'
  | 'account';

export type RegistrationState = 'preparing' | 'waiting' | 'submitting' | 'created' | 'done' | 'failed' | 'expired';

/** A mini program that is registered at WeChat, or was, or was to be. */
@Entity('f_wechat_registration')
export class RegistrationEntity {
  @PrimaryGeneratedColumn({ name: 'row_id', type: 'bigint', unsigned: true }) rowId!: string;
  /** Random: whoever has it can open the page on which a person acts. */
  @Column({ name: 'registration_id', type: 'char', length: 32 }) registrationId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'way', type: 'varchar', length: 24 }) way!: RegistrationWay;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: RegistrationState;
  /** SHA-256 of component, way and what WeChat tells apart: a company's code, a WeChat id, an openid, an appid. */
  @Column({ name: 'subject_hash', type: 'char', length: 64 }) subjectHash!: string;
  /** `subjectHash` while it is open, which no two rows share; else null. */
  @Column({ name: 'open_key', type: 'char', length: 64, nullable: true }) openKey!: string | null;
  /** The trial that is converted, or the official account that is reused; else empty. */
  @Column({ name: 'source_appid', type: 'varchar', length: 64, default: '' }) sourceAppid!: string;
  /** The mini program that came of it. Null: none yet, or nobody knows which. */
  @Column({ name: 'appid', type: 'varchar', length: 64, nullable: true }) appid!: string | null;
  @Column({ name: 'reference', type: 'varchar', length: 128, nullable: true }) reference!: string | null;
  /** Sealed JSON. */
  @Column({ name: 'request', type: 'mediumtext' }) request!: string;
  @Column({ name: 'task_id', type: 'varchar', length: 128, nullable: true }) taskId!: string | null;
  /** Sealed. */
  @Column({ name: 'authorize_url', type: 'text', nullable: true }) authorizeUrl!: string | null;
  /** Sealed: what an administrator's consent gave, to be used once. */
  @Column({ name: 'ticket', type: 'text', nullable: true }) ticket!: string | null;
  /** 2: the second of two persons acts. */
  @Column({ name: 'step', type: 'tinyint', unsigned: true, default: 1 }) step!: number;
  @Column({ name: 'wechat_status', type: 'int', nullable: true }) wechatStatus!: number | null;
  @Column({ name: 'round', type: 'int', unsigned: true, default: 1 }) round!: number;
  @Column({ name: 'attempts', type: 'int', unsigned: true, default: 0 }) attempts!: number;
  /** A call that begins something at WeChat was sent then, and its answer is not stored. Null: none is under way. */
  @Column({ name: 'attempted_at', type: 'datetime', precision: 3, nullable: true }) attemptedAt!: Date | null;
  @Column({ name: 'begun_at', type: 'datetime', precision: 3 }) begunAt!: Date;
  @Column({ name: 'expires_at', type: 'datetime', precision: 3, nullable: true }) expiresAt!: Date | null;
  /** Null: nothing is to be done any more. */
  @Column({ name: 'next_at', type: 'datetime', precision: 3, nullable: true }) nextAt!: Date | null;
  @Column({ name: 'errcode', type: 'int', nullable: true }) errcode!: number | null;
  @Column({ name: 'reason', type: 'varchar', length: 512, nullable: true }) reason!: string | null;
  @Column({ name: 'client_id', type: 'varchar', length: 64, nullable: true }) clientId!: string | null;
  /** Moves with every write; a writer that knows an older one changes nothing. */
  @Column({ name: 'revision', type: 'int', unsigned: true, default: 0 }) revision!: number;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}

/** One move of a registration. */
@Entity('f_wechat_registrationhistory')
export class RegistrationHistoryEntity {
  @PrimaryGeneratedColumn({ name: 'history_id', type: 'bigint', unsigned: true }) historyId!: string;
  @Column({ name: 'registration_row', type: 'bigint', unsigned: true }) registrationRow!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  /** Null: it was made. */
  @Column({ name: 'from_state', type: 'varchar', length: 16, nullable: true }) fromState!: RegistrationState | null;
  @Column({ name: 'to_state', type: 'varchar', length: 16 }) toState!: RegistrationState;
  @Column({ name: 'cause', type: 'varchar', length: 64 }) cause!: string;
  /** WeChat's number of what this move began; an event may come for one that was renewed meanwhile. */
  @Column({ name: 'task_id', type: 'varchar', length: 128, nullable: true }) taskId!: string | null;
  @Column({ name: 'errcode', type: 'int', nullable: true }) errcode!: number | null;
  @Column({ name: 'reason', type: 'varchar', length: 512, nullable: true }) reason!: string | null;
  @Column({ name: 'client_id', type: 'varchar', length: 64, nullable: true }) clientId!: string | null;
}
