import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Targets of rollouts that are kept by name. */
@Entity('f_wechat_selection')
export class SelectionEntity {
  @PrimaryColumn({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @PrimaryColumn({ name: 'name', type: 'varchar', length: 64 }) name!: string;
  /** As in a rollout. */
  @Column({ name: 'targets', type: 'simple-json' }) targets!: Record<string, unknown>;
  @Column({ name: 'written_by', type: 'varchar', length: 128 }) writtenBy!: string;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}
