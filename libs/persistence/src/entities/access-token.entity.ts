import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type AccessTokenKind = 'component' | 'authorizer' | 'jsapi' | 'wx_card';

/** The current short-lived credential of a component (`authorizerAppid` = '') or of an authorizer. */
@Entity('f_wechat_accesstoken')
export class AccessTokenEntity {
  @PrimaryGeneratedColumn({ name: 'token_id', type: 'bigint', unsigned: true }) tokenId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64, default: '' }) authorizerAppid!: string;
  @Column({ name: 'kind', type: 'varchar', length: 32 }) kind!: AccessTokenKind;
  /** Ciphertext, purpose `accesstoken`. */
  @Column({ name: 'access_token', type: 'text', nullable: true }) accessToken!: string | null;
  @Column({ name: 'expires_at', type: 'datetime', precision: 3, nullable: true }) expiresAt!: Date | null;
  @Column({ name: 'refreshed_at', type: 'datetime', precision: 3, nullable: true }) refreshedAt!: Date | null;
  /** The fence: a write says `WHERE generation = <the one it started from>` and adds one. A decimal string. */
  @Column({ name: 'generation', type: 'bigint', unsigned: true, default: 0 }) generation!: string;
  @Column({ name: 'failed_at', type: 'datetime', precision: 3, nullable: true }) failedAt!: Date | null;
  @Column({ name: 'failures', type: 'int', unsigned: true, default: 0 }) failures!: number;
  /** JSON: errcode, rid, reaction of the last failure. */
  @Column({ name: 'failure', type: 'varchar', length: 512, nullable: true }) failure!: string | null;
  @Column({ name: 'claim_owner', type: 'varchar', length: 64, nullable: true }) claimOwner!: string | null;
  @Column({ name: 'claim_until', type: 'datetime', precision: 3, nullable: true }) claimUntil!: Date | null;
  /** A refresh was begun then and its outcome is not known: the token may die five minutes later. */
  @Column({ name: 'attempted_at', type: 'datetime', precision: 3, nullable: true }) attemptedAt!: Date | null;
  /** No refresh before this, after a failure. */
  @Column({ name: 'retry_at', type: 'datetime', precision: 3, nullable: true }) retryAt!: Date | null;
}
