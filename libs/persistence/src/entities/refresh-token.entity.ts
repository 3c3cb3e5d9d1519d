import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One live row per (component, authorizer), held by a unique key over the generated `is_live`; `is_cancel = 1` rows are history. */
@Entity('f_wechat_refreshtoken')
export class RefreshTokenEntity {
  @PrimaryGeneratedColumn({ name: 'refresh_id', type: 'int', unsigned: true }) refreshId!: number;
  /** Ciphertext, purpose `refreshtoken`; plain text in rows of an older system. */
  @Column({ name: 'authorizer_refresh_token', type: 'varchar', length: 2048 }) refreshToken!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 255 }) authorizerAppid!: string;
  @Column({ name: 'create_time', type: 'datetime' }) createTime!: Date;
  @Column({ name: 'is_cancel', type: 'tinyint', default: 0 }) isCancel!: number;
  @Column({ name: 'component_appid', type: 'varchar', length: 64, default: '' }) componentAppid!: string;
  /** Ciphertext, purpose `refreshtoken`. */
  @Column({ name: 'previous_refresh_token', type: 'varchar', length: 2048, nullable: true }) previousRefreshToken!: string | null;
  @Column({ name: 'granted_at', type: 'datetime', nullable: true }) grantedAt!: Date | null;
  @Column({ name: 'cancel_time', type: 'datetime', nullable: true }) cancelTime!: Date | null;
  @Column({ name: 'cancel_reason', type: 'varchar', length: 64, nullable: true }) cancelReason!: string | null;
  @Column({ name: 'update_time', type: 'datetime', nullable: true }) updateTime!: Date | null;
}
