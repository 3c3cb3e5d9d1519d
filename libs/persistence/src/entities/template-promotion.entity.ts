import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** One draft on its way to a template. */
@Entity('f_wechat_templatepromotion')
export class TemplatePromotionEntity {
  @PrimaryGeneratedColumn({ name: 'promotion_id', type: 'int', unsigned: true }) promotionId!: number;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'draft_id', type: 'int' }) draftId!: number;
  @Column({ name: 'user_version', type: 'varchar', length: 255 }) userVersion!: string;
  @Column({ name: 'user_desc', type: 'mediumtext' }) userDesc!: string;
  /** Unix seconds, by WeChat. */
  @Column({ name: 'draft_create_time', type: 'int', unsigned: true }) draftCreateTime!: number;
  @Column({ name: 'ids_before', type: 'simple-json' }) idsBefore!: number[];
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: 'intent' | 'done' | 'failed';
  @Column({ name: 'template_id', type: 'int', nullable: true }) templateId!: number | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}
