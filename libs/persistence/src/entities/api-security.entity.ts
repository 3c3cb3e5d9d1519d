import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** An account whose calls WeChat wants signed and encrypted, or might: with its keys, sealed. */
@Entity('f_wechat_apisecurity')
export class ApiSecurityEntity {
  @PrimaryGeneratedColumn({ name: 'row_id', type: 'bigint', unsigned: true }) rowId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  /** A merchant, or the component itself. */
  @Column({ name: 'account_appid', type: 'varchar', length: 64 }) accountAppid!: string;
  /** Ciphertext, domain `credentials`; `null`: none are here. */
  @Column({ name: 'secret_keys', type: 'mediumtext', nullable: true }) secretKeys!: string | null;
  /** The numbers of the keys, as the console shows them. */
  @Column({ name: 'numbers', type: 'simple-json', nullable: true }) numbers!: ApiSecurityNumbers | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'set_at', type: 'datetime', precision: 3, nullable: true }) setAt!: Date | null;
  /** When WeChat last refused a call for its want of them, or for wrong ones. */
  @Column({ name: 'demanded_at', type: 'datetime', precision: 3, nullable: true }) demandedAt!: Date | null;
  @Column({ name: 'demanded_errcode', type: 'int', nullable: true }) demandedErrcode!: number | null;
}

export interface ApiSecurityNumbers {
  readonly symmetric: string;
  readonly application: string;
  readonly platform: readonly string[];
}
