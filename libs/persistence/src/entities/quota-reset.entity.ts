import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One reset of quotas at WeChat, written before it is asked for. */
@Entity('f_wechat_quotareset')
export class QuotaResetEntity {
  @PrimaryGeneratedColumn({ name: 'reset_id', type: 'bigint', unsigned: true }) resetId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  /** Whose quotas: a merchant's, or the component's own. */
  @Column({ name: 'account_appid', type: 'varchar', length: 64 }) accountAppid!: string;
  /** In Beijing, `YYYY-MM`. */
  @Column({ name: 'month', type: 'char', length: 7 }) month!: string;
  /** Of one API; empty: all of the account's, which is one of its ten. */
  @Column({ name: 'path', type: 'varchar', length: 191, default: '' }) path!: string;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: 'asked' | 'done' | 'refused' | 'unclear';
  @Column({ name: 'errcode', type: 'int', nullable: true }) errcode!: number | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'reason', type: 'varchar', length: 255 }) reason!: string;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}
