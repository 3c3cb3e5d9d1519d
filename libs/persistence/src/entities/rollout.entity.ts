import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

export type RolloutState = 'running' | 'waiting' | 'paused' | 'completed' | 'aborted';
export type RolloutTargetState = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped';

/** One template released to many mini programs. */
@Entity('f_wechat_rollout')
export class RolloutEntity {
  @PrimaryGeneratedColumn({ name: 'rollout_id', type: 'int', unsigned: true }) rolloutId!: number;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'name', type: 'varchar', length: 128 }) name!: string;
  /** JSON; ciphertext, domain `release`. */
  @Column({ name: 'spec', type: 'mediumtext' }) spec!: string;
  /** JSON */
  @Column({ name: 'options', type: 'text' }) options!: string;
  @Column({ name: 'preview_hash', type: 'char', length: 64 }) previewHash!: string;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: RolloutState;
  @Column({ name: 'stage', type: 'varchar', length: 16 }) stage!: 'canary' | 'full';
  /** Number of the ring that goes now; NULL: it has none. */
  @Column({ name: 'ring', type: 'smallint', unsigned: true, nullable: true }) ring!: number | null;
  /** JSON: options that were changed while it ran. */
  @Column({ name: 'pace', type: 'text', nullable: true }) pace!: string | null;
  /** JSON: why it waits or was paused. */
  @Column({ name: 'reason', type: 'mediumtext', nullable: true }) reason!: string | null;
  /** JSON: succeeded and failed targets when it was last resumed; failures before that count no more. */
  @Column({ name: 'forgiven', type: 'text', nullable: true }) forgiven!: string | null;
  /** JSON: how often in a row WeChat made it wait, and when last. */
  @Column({ name: 'refusals', type: 'text', nullable: true }) refusals!: string | null;
  /** Who agreed, as the second person, to all its releases. */
  @Column({ name: 'approved_by', type: 'varchar', length: 32, nullable: true }) approvedBy!: string | null;
  /** 1: each target has the digest of what it is sent, and others agree to these. */
  @Column({ name: 'is_frozen', type: 'tinyint', default: 0 }) isFrozen!: number;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
  @Column({ name: 'finished_at', type: 'datetime', precision: 3, nullable: true }) finishedAt!: Date | null;
  @Column({ name: 'next_check_at', type: 'datetime', precision: 3, nullable: true }) nextCheckAt!: Date | null;
  @Column({ name: 'launched_at', type: 'datetime', precision: 3, nullable: true }) launchedAt!: Date | null;
}

/** One mini program of one rollout. */
@Entity('f_wechat_rollouttarget')
export class RolloutTargetEntity {
  @PrimaryColumn({ name: 'rollout_id', type: 'int', unsigned: true }) rolloutId!: number;
  @PrimaryColumn({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'position', type: 'int', unsigned: true }) position!: number;
  @Column({ name: 'is_canary', type: 'tinyint', default: 0 }) isCanary!: number;
  /** Number of its ring; NULL: the rollout has none. */
  @Column({ name: 'ring', type: 'smallint', unsigned: true, nullable: true }) ring!: number | null;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: RolloutTargetState;
  /** JSON */
  @Column({ name: 'reason', type: 'mediumtext', nullable: true }) reason!: string | null;
  @Column({ name: 'release_id', type: 'int', unsigned: true, nullable: true }) releaseId!: number | null;
  /** SHA-256 of what it is sent; NULL: it was not frozen. */
  @Column({ name: 'digest', type: 'char', length: 64, nullable: true }) digest!: string | null;
  /** JSON: the release that is rolled back, and what was online before the call; NULL: nothing was begun. */
  @Column({ name: 'back', type: 'text', nullable: true }) back!: string | null;
  @Column({ name: 'attempts', type: 'int', unsigned: true, default: 0 }) attempts!: number;
  /** Pending, and not begun before: it cannot go online yet. */
  @Column({ name: 'look_again_at', type: 'datetime', precision: 3, nullable: true }) lookAgainAt!: Date | null;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}

/** One thing that happened to one rollout. */
@Entity('f_wechat_rollouthistory')
export class RolloutHistoryEntity {
  @PrimaryGeneratedColumn({ name: 'history_id', type: 'bigint', unsigned: true }) historyId!: string;
  @Column({ name: 'rollout_id', type: 'int', unsigned: true }) rolloutId!: number;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  /** `started`, `paused`, `resumed`, `retried`, `approved`, `set-aside` … */
  @Column({ name: 'what', type: 'varchar', length: 32 }) what!: string;
  @Column({ name: 'from_state', type: 'varchar', length: 16, nullable: true }) fromState!: RolloutState | null;
  @Column({ name: 'to_state', type: 'varchar', length: 16 }) toState!: RolloutState;
  /** Person or key; NULL: the rollout itself. */
  @Column({ name: 'actor', type: 'varchar', length: 191, nullable: true }) actor!: string | null;
  @Column({ name: 'detail', type: 'simple-json', nullable: true }) detail!: Record<string, unknown> | null;
}
