import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type OnboardingStart = 'new' | 'trial' | 'account' | 'existing';
export type OnboardingGoal = 'registered' | 'certified' | 'filed' | 'online';
export type OnboardingState = 'running' | 'waiting' | 'failed' | 'done' | 'cancelled';

/** A merchant on the way from its papers to a mini program that is online. */
@Entity('f_wechat_onboarding')
export class OnboardingEntity {
  @PrimaryGeneratedColumn({ name: 'row_id', type: 'bigint', unsigned: true }) rowId!: string;
  @Column({ name: 'onboarding_id', type: 'char', length: 32 }) onboardingId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  /** The caller's own: of one component each is there once. */
  @Column({ name: 'reference', type: 'varchar', length: 128 }) reference!: string;
  @Column({ name: 'start', type: 'varchar', length: 16 }) start!: OnboardingStart;
  @Column({ name: 'goal', type: 'varchar', length: 16 }) goal!: OnboardingGoal;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: OnboardingState;
  /** Where it is; of one that is done, its last. */
  @Column({ name: 'step', type: 'varchar', length: 24 }) step!: string;
  @Column({ name: 'step_since', type: 'datetime', precision: 3 }) stepSince!: Date;
  /** Sealed JSON: the merchant's data. */
  @Column({ name: 'request', type: 'mediumtext' }) request!: string;
  @Column({ name: 'appid', type: 'varchar', length: 64, nullable: true }) appid!: string | null;
  /** Numbers of what was begun elsewhere. */
  @Column({ name: 'facts', type: 'simple-json' }) facts!: Record<string, unknown>;
  /** What a person must do. */
  @Column({ name: 'task', type: 'simple-json', nullable: true }) task!: Record<string, unknown> | null;
  @Column({ name: 'task_code', type: 'varchar', length: 48, nullable: true }) taskCode!: string | null;
  @Column({ name: 'task_who', type: 'varchar', length: 24, nullable: true }) taskWho!: string | null;
  @Column({ name: 'task_since', type: 'datetime', precision: 3, nullable: true }) taskSince!: Date | null;
  @Column({ name: 'task_until', type: 'datetime', precision: 3, nullable: true }) taskUntil!: Date | null;
  /** When subscribers were told of the task last. */
  @Column({ name: 'reminded_at', type: 'datetime', precision: 3, nullable: true }) remindedAt!: Date | null;
  /** Why it has failed, and what to do. */
  @Column({ name: 'problem', type: 'simple-json', nullable: true }) problem!: Record<string, unknown> | null;
  /** When it is looked at again. Null: nothing is to be done. */
  @Column({ name: 'next_at', type: 'datetime', precision: 3, nullable: true }) nextAt!: Date | null;
  /** So long one replica has it to itself. */
  @Column({ name: 'held_until', type: 'datetime', precision: 3, nullable: true }) heldUntil!: Date | null;
  /** With whose rights it goes on. */
  @Column({ name: 'client_id', type: 'varchar', length: 64 }) clientId!: string;
  /** Moves with every write; a writer that knows an older one changes nothing. */
  @Column({ name: 'revision', type: 'int', unsigned: true, default: 0 }) revision!: number;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
  @Column({ name: 'ended_at', type: 'datetime', precision: 3, nullable: true }) endedAt!: Date | null;
}

/** What happened to an order. */
@Entity('f_wechat_onboardinghistory')
export class OnboardingHistoryEntity {
  @PrimaryGeneratedColumn({ name: 'history_id', type: 'bigint', unsigned: true }) historyId!: string;
  @Column({ name: 'onboarding_row', type: 'bigint', unsigned: true }) onboardingRow!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'step', type: 'varchar', length: 24 }) step!: string;
  @Column({ name: 'what', type: 'varchar', length: 24 }) what!: string;
  @Column({ name: 'cause', type: 'varchar', length: 64 }) cause!: string;
  @Column({ name: 'detail', type: 'simple-json', nullable: true }) detail!: Record<string, unknown> | null;
  @Column({ name: 'client_id', type: 'varchar', length: 64, nullable: true }) clientId!: string | null;
}

/** A paper of a merchant, kept until the mini program is there that it is uploaded for. */
@Entity('f_wechat_onboardingpaper')
export class OnboardingPaperEntity {
  @PrimaryGeneratedColumn({ name: 'paper_id', type: 'bigint', unsigned: true }) paperId!: string;
  @Column({ name: 'onboarding_row', type: 'bigint', unsigned: true }) onboardingRow!: string;
  /** What the request calls it. */
  @Column({ name: 'name', type: 'varchar', length: 64 }) name!: string;
  @Column({ name: 'content_type', type: 'varchar', length: 32 }) contentType!: string;
  @Column({ name: 'bytes', type: 'int', unsigned: true }) bytes!: number;
  @Column({ name: 'sha256', type: 'char', length: 64 }) sha256!: string;
  /** Sealed, in Base64. */
  @Column({ name: 'data', type: 'longtext' }) data!: string;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
}
