import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** What reviewers are told, reusable. */
@Entity('f_wechat_auditprofile')
export class AuditProfileEntity {
  @PrimaryGeneratedColumn({ name: 'profile_id', type: 'int', unsigned: true }) profileId!: number;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'name', type: 'varchar', length: 64 }) name!: string;
  /** JSON body of `submit_audit`; ciphertext, domain `release`. */
  @Column({ name: 'body', type: 'mediumtext' }) body!: string;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
  /** Who wrote it last; NULL: an older version did. */
  @Column({ name: 'written_by', type: 'varchar', length: 128, nullable: true }) writtenBy!: string | null;
}

/** One layer of `ext_json` and its variables. */
@Entity('f_wechat_extsettings')
export class ExtSettingsEntity {
  @PrimaryColumn({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  /** Empty: the default of the platform. */
  @PrimaryColumn({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  /** JSON; ciphertext, domain `release`, as is `extJson`. */
  @Column({ name: 'variables', type: 'mediumtext' }) variables!: string;
  @Column({ name: 'ext_json', type: 'mediumtext', nullable: true }) extJson!: string | null;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
  /** Who wrote it last; NULL: an older version did. */
  @Column({ name: 'written_by', type: 'varchar', length: 128, nullable: true }) writtenBy!: string | null;
}

/** One picture of a rejection. */
@Entity('f_wechat_screenshot')
export class ScreenshotEntity {
  @PrimaryGeneratedColumn({ name: 'screenshot_id', type: 'int', unsigned: true }) screenshotId!: number;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'release_id', type: 'int', unsigned: true }) releaseId!: number;
  @Column({ name: 'media_id', type: 'varchar', length: 128 }) mediaId!: string;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: 'pending' | 'stored' | 'lost';
  @Column({ name: 'content_type', type: 'varchar', length: 64, nullable: true }) contentType!: string | null;
  @Column({ name: 'bytes', type: 'int', unsigned: true, nullable: true }) bytes!: number | null;
  @Column({ name: 'attempts', type: 'int', unsigned: true, default: 0 }) attempts!: number;
  @Column({ name: 'note', type: 'varchar', length: 255, nullable: true }) note!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'next_try_at', type: 'datetime', precision: 3, nullable: true }) nextTryAt!: Date | null;
}

@Entity('f_wechat_screenshotdata')
export class ScreenshotDataEntity {
  @PrimaryColumn({ name: 'screenshot_id', type: 'int', unsigned: true }) screenshotId!: number;
  @Column({ name: 'data', type: 'mediumblob' }) data!: Buffer;
}

/** Who agreed that a release may go online. */
@Entity('f_wechat_releaseapproval')
export class ReleaseApprovalEntity {
  @PrimaryColumn({ name: 'release_id', type: 'int', unsigned: true }) releaseId!: number;
  @PrimaryColumn({ name: 'client_id', type: 'varchar', length: 32 }) clientId!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'note', type: 'varchar', length: 255, nullable: true }) note!: string | null;
}
