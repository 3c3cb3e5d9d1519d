import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * `asked`: sent, and nobody has told yet · `busy`: to be sent again · `bad-appid`, `refused`: WeChat took it not · `unclear`: whether WeChat
 * took it is not known · `in-audit`, `rejected`, `approved`: as the review stands.
 */
export type OrderPathState = 'asked' | 'busy' | 'bad-appid' | 'in-audit' | 'rejected' | 'approved' | 'refused' | 'unclear';

/** The newest order centre path of a mini program (订单中心页 path). */
@Entity('f_wechat_orderpath')
export class OrderPathEntity {
  @PrimaryColumn({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @PrimaryColumn({ name: 'authorizer_appid', type: 'varchar', length: 64 }) authorizerAppid!: string;
  @Column({ name: 'path', type: 'varchar', length: 255 }) path!: string;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: OrderPathState;
  @Column({ name: 'audit_id', type: 'varchar', length: 32, nullable: true }) auditId!: string | null;
  @Column({ name: 'reason', type: 'varchar', length: 1024, nullable: true }) reason!: string | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'asked_at', type: 'datetime', precision: 3 }) askedAt!: Date;
  @Column({ name: 'told_at', type: 'datetime', precision: 3, nullable: true }) toldAt!: Date | null;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}
