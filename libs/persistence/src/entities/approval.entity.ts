import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What has to be agreed to by others than its makers. What counts is sealed in `payload`; the other columns are for lists alone. */
@Entity('f_wechat_approval')
export class ApprovalEntity {
  /** `r<release>`, `o<rollout>`, or `c` and a random number for a change that waits. */
  @PrimaryColumn({ name: 'approval_id', type: 'varchar', length: 40 }) approvalId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  /** Empty: it concerns several mini programs, or the component itself. */
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64, default: '' }) authorizerAppid!: string;
  @Column({ name: 'effect', type: 'varchar', length: 32 }) effect!: string;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: string;
  @Column({ name: 'payload', type: 'mediumtext' }) payload!: string;
  @Column({ name: 'revision', type: 'int', unsigned: true, default: 0 }) revision!: number;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}
