import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The heads of the audit log's chains in a minute, or what was dropped of it after its time. */
@Entity('f_wechat_auditcheckpoint')
export class AuditCheckpointEntity {
  @PrimaryColumn({ name: 'seq', type: 'bigint', unsigned: true }) seq!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'kind', type: 'varchar', length: 16 }) kind!: 'minute' | 'retention';
  /** What `hash` and `signature` are over, to the byte. */
  @Column({ name: 'document', type: 'mediumtext' }) document!: string;
  @Column({ name: 'hash', type: 'char', length: 64 }) hash!: string;
  @Column({ name: 'key_id', type: 'varchar', length: 32, nullable: true }) keyId!: string | null;
  @Column({ name: 'signature', type: 'varchar', length: 128, nullable: true }) signature!: string | null;
}

/** Up to where the checkpoints have seen each chain: an index over their documents, which decide. */
@Entity('f_wechat_audithead')
export class AuditHeadEntity {
  @PrimaryColumn({ name: 'writer', type: 'varchar', length: 32 }) writer!: string;
  @PrimaryColumn({ name: 'to_seq', type: 'bigint', unsigned: true }) toSeq!: string;
  @Column({ name: 'hash', type: 'char', length: 64 }) hash!: string;
  @Column({ name: 'checkpoint_seq', type: 'bigint', unsigned: true }) checkpointSeq!: string;
}
