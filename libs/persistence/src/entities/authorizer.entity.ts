import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

export type AuthorizerState = 'active' | 'degraded' | 'needs_reauthorization' | 'cancelled';
export type AuthorizerKind = 'official_account' | 'mini_program' | 'channels' | 'store' | 'talent' | 'supplier';

/** Profile and state of one authorizer of one component. */
@Entity('f_wechat_authorizer')
export class AuthorizerEntity {
  @PrimaryGeneratedColumn({ name: 'authorizer_id', type: 'int', unsigned: true }) authorizerId!: number;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'state', type: 'varchar', length: 32, default: 'active' }) state!: AuthorizerState;
  @Column({ name: 'state_reason', type: 'varchar', length: 255, nullable: true }) stateReason!: string | null;
  @Column({ name: 'state_at', type: 'datetime', precision: 3, nullable: true }) stateAt!: Date | null;
  @Column({ name: 'kind', type: 'varchar', length: 32, nullable: true }) kind!: AuthorizerKind | null;
  /** Original id, `gh_…`. */
  @Column({ name: 'user_name', type: 'varchar', length: 64, nullable: true }) userName!: string | null;
  @Column({ name: 'nick_name', type: 'varchar', length: 255, nullable: true }) nickName!: string | null;
  @Column({ name: 'principal_name', type: 'varchar', length: 255, nullable: true }) principalName!: string | null;
  @Column({ name: 'head_img', type: 'varchar', length: 1024, nullable: true }) headImg!: string | null;
  /** JSON: `authorizer_info` as WeChat gave it. */
  @Column({ name: 'profile', type: 'mediumtext', nullable: true }) profile!: string | null;
  @Column({ name: 'profile_at', type: 'datetime', precision: 3, nullable: true }) profileAt!: Date | null;
  /** NULL: its permission sets were never read, which is not the same as none. */
  @Column({ name: 'permission_sets_at', type: 'datetime', precision: 3, nullable: true }) permissionSetsAt!: Date | null;
  /** Newest grant or update, by WeChat. */
  @Column({ name: 'granted_at', type: 'datetime', precision: 3, nullable: true }) grantedAt!: Date | null;
  /** Newest cancellation, by WeChat. */
  @Column({ name: 'cancelled_at', type: 'datetime', precision: 3, nullable: true }) cancelledAt!: Date | null;
  @Column({ name: 'missing_since', type: 'datetime', precision: 3, nullable: true }) missingSince!: Date | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}

/** One granted permission set (权限集). */
@Entity('f_wechat_authorizerpermission')
export class AuthorizerPermissionEntity {
  @PrimaryColumn({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @PrimaryColumn({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @PrimaryColumn({ name: 'funcscope_id', type: 'int', unsigned: true }) funcscopeId!: number;
}
