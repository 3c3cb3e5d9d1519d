import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A link made for a client; it leads merchants to WeChat's consent page. */
@Entity('f_wechat_authorizationlink')
export class AuthorizationLinkEntity {
  @PrimaryColumn({ name: 'link_id', type: 'varchar', length: 32 }) linkId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 32 }) clientId!: string;
  @Column({ name: 'auth_type', type: 'tinyint', unsigned: true }) authType!: number;
  @Column({ name: 'biz_appid', type: 'varchar', length: 64, nullable: true }) bizAppid!: string | null;
  /** Permission set ids joined by `|`, as WeChat takes them. */
  @Column({ name: 'category_id_list', type: 'varchar', length: 255, nullable: true }) categoryIdList!: string | null;
  @Column({ name: 'state', type: 'varchar', length: 512, nullable: true }) state!: string | null;
  @Column({ name: 'return_url', type: 'varchar', length: 2048, nullable: true }) returnUrl!: string | null;
  @Column({ name: 'max_uses', type: 'int', unsigned: true, default: 1 }) maxUses!: number;
  @Column({ name: 'uses', type: 'int', unsigned: true, default: 0 }) uses!: number;
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 }) expiresAt!: Date;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  /** Ciphertext, purpose `returnsecret`: signs the way back to `return_url`. */
  @Column({ name: 'return_secret', type: 'varchar', length: 512, nullable: true }) returnSecret!: string | null;
  @Column({ name: 'revoked_at', type: 'datetime', precision: 3, nullable: true }) revokedAt!: Date | null;
}

/** One visit of a launch page: the pre-auth code made for it (hashed), and who authorized with it. */
@Entity('f_wechat_preauthcode')
export class PreAuthCodeEntity {
  @PrimaryColumn({ name: 'pre_auth_code_hash', type: 'char', length: 64 }) preAuthCodeHash!: string;
  @Column({ name: 'visit_id', type: 'varchar', length: 32 }) visitId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'link_id', type: 'varchar', length: 32 }) linkId!: string;
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 }) expiresAt!: Date;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64, nullable: true }) authorizerAppid!: string | null;
  @Column({ name: 'used_at', type: 'datetime', precision: 3, nullable: true }) usedAt!: Date | null;
  /** Codes that WeChat refused on this visit. */
  @Column({ name: 'refused', type: 'tinyint', unsigned: true, default: 0 }) refused!: number;
  /** Until then one use of the link is kept for this visit. */
  @Column({ name: 'held_until', type: 'datetime', precision: 3, nullable: true }) heldUntil!: Date | null;
  /** When the browser was first sent on with a signed return. */
  @Column({ name: 'returned_at', type: 'datetime', precision: 3, nullable: true }) returnedAt!: Date | null;
  /** SHA-256 of the cookie of the browser that opened the page; `null` when a release before this column made the visit. */
  @Column({ name: 'browser_hash', type: 'char', length: 64, nullable: true }) browserHash!: string | null;
}

/** An authorization code that was seen (hashed): callback and push race, the first wins. */
@Entity('f_wechat_authorizationcode')
export class AuthorizationCodeEntity {
  @PrimaryColumn({ name: 'code_hash', type: 'char', length: 64 }) codeHash!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64, nullable: true }) authorizerAppid!: string | null;
  @Column({ name: 'source', type: 'varchar', length: 16 }) source!: 'callback' | 'push' | 'registration';
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: 'exchanging' | 'exchanged' | 'failed';
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
}
