import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Ticket history. Written by ingestion before `success` is answered. */
@Entity('f_wechat_verifyticket')
export class TicketEntity {
  @PrimaryGeneratedColumn({ name: 'ticket_id', type: 'int', unsigned: true }) ticketId!: number;
  /** Ciphertext, purpose `verifyticket`; plain text in rows of an older system. */
  @Column({ name: 'component_verify_ticket', type: 'mediumtext' }) ticket!: string;
  @Column({ name: 'create_time', type: 'datetime' }) createTime!: Date;
  @Column({ name: 'component_appid', type: 'varchar', length: 64, default: '' }) componentAppid!: string;
  /** CreateTime of the push, but not later than its arrival: what orders tickets. */
  @Column({ name: 'pushed_at', type: 'datetime', nullable: true }) pushedAt!: Date | null;
}
