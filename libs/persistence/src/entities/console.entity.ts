import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A person who is signed in at the console, in one browser. The browser has the id itself, this table its SHA-256. */
@Entity('f_wechat_consolesession')
export class ConsoleSessionEntity {
  @PrimaryColumn({ name: 'session_sha256', type: 'char', length: 64 }) sessionSha256!: string;
  /** What a person may be shown, and ends it by. */
  @Column({ name: 'public_id', type: 'char', length: 16 }) publicId!: string;
  /** SHA-256 of issuer and subject: whose sessions these are. */
  @Column({ name: 'person_sha256', type: 'char', length: 64 }) personSha256!: string;
  /** JSON: who it is, as the issuer said when they signed in. */
  @Column({ name: 'person', type: 'mediumtext' }) person!: string;
  /** HMAC over what this row says of the person, by a key that is not in the database: who only writes here is nobody. */
  @Column({ name: 'seal', type: 'char', length: 64 }) seal!: string;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'last_seen_at', type: 'datetime', precision: 3 }) lastSeenAt!: Date;
  /** Not beyond this, however often it is used. */
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 }) expiresAt!: Date;
  @Column({ name: 'ended_at', type: 'datetime', precision: 3, nullable: true }) endedAt!: Date | null;
  @Column({ name: 'ip', type: 'varchar', length: 64 }) ip!: string;
  @Column({ name: 'agent', type: 'varchar', length: 255 }) agent!: string;
}

/** A one-time link that was used: it signs nobody in again. */
@Entity('f_wechat_consolelink')
export class ConsoleLinkEntity {
  @PrimaryColumn({ name: 'link_sha256', type: 'char', length: 64 }) linkSha256!: string;
  @Column({ name: 'used_at', type: 'datetime', precision: 3 }) usedAt!: Date;
  /** It would not be taken after this in any case. */
  @Column({ name: 'expires_at', type: 'datetime', precision: 3 }) expiresAt!: Date;
}
