import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One move of one release. */
@Entity('f_wechat_releasehistory')
export class ReleaseHistoryEntity {
  @PrimaryGeneratedColumn({ name: 'history_id', type: 'bigint', unsigned: true }) historyId!: string;
  @Column({ name: 'release_id', type: 'int', unsigned: true }) releaseId!: number;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'from_state', type: 'varchar', length: 32, nullable: true }) fromState!: string | null;
  @Column({ name: 'to_state', type: 'varchar', length: 32 }) toState!: string;
  @Column({ name: 'cause', type: 'varchar', length: 64 }) cause!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'detail', type: 'simple-json', nullable: true }) detail!: Record<string, unknown> | null;
}
