import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One call of WeChat's API. Holds no secret. */
@Entity('f_wechat_call')
export class CallEntity {
  @PrimaryGeneratedColumn({ name: 'call_id', type: 'bigint', unsigned: true }) callId!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'app', type: 'varchar', length: 16 }) app!: string;
  @Column({ name: 'api', type: 'varchar', length: 96 }) api!: string;
  @Column({ name: 'method', type: 'varchar', length: 8 }) method!: string;
  @Column({ name: 'path', type: 'varchar', length: 191 }) path!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64, nullable: true }) componentAppid!: string | null;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64, nullable: true }) authorizerAppid!: string | null;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'request_id', type: 'varchar', length: 64, nullable: true }) requestId!: string | null;
  @Column({ name: 'outcome', type: 'varchar', length: 16 }) outcome!: string;
  @Column({ name: 'errcode', type: 'int', nullable: true }) errcode!: number | null;
  @Column({ name: 'rid', type: 'varchar', length: 64, nullable: true }) rid!: string | null;
  @Column({ name: 'http_status', type: 'smallint', unsigned: true, nullable: true }) httpStatus!: number | null;
  @Column({ name: 'duration_ms', type: 'int', unsigned: true }) durationMs!: number;
}

/** How often one API, by its path, was called on one Beijing day for one component. */
@Entity('f_wechat_callcount')
export class CallCountEntity {
  /** `YYYY-MM-DD` */
  @PrimaryColumn({ name: 'day', type: 'date' }) day!: string;
  @PrimaryColumn({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @PrimaryColumn({ name: 'api', type: 'varchar', length: 191 }) api!: string;
  @Column({ name: 'calls', type: 'bigint', unsigned: true, default: 0 }) calls!: string;
  @Column({ name: 'failures', type: 'bigint', unsigned: true, default: 0 }) failures!: string;
}

/** One run of the authorizer sync. */
@Entity('f_wechat_sync')
export class SyncEntity {
  @PrimaryGeneratedColumn({ name: 'sync_id', type: 'int', unsigned: true }) syncId!: number;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'state', type: 'varchar', length: 16, default: 'waiting' }) state!: 'waiting' | 'running' | 'done' | 'failed';
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'started_at', type: 'datetime', precision: 3, nullable: true }) startedAt!: Date | null;
  @Column({ name: 'finished_at', type: 'datetime', precision: 3, nullable: true }) finishedAt!: Date | null;
  @Column({ name: 'total', type: 'int', unsigned: true, nullable: true }) total!: number | null;
  @Column({ name: 'seen', type: 'int', unsigned: true, default: 0 }) seen!: number;
  @Column({ name: 'added', type: 'int', unsigned: true, default: 0 }) added!: number;
  @Column({ name: 'recovered', type: 'int', unsigned: true, default: 0 }) recovered!: number;
  @Column({ name: 'missing', type: 'int', unsigned: true, default: 0 }) missing!: number;
  @Column({ name: 'problem', type: 'varchar', length: 512, nullable: true }) problem!: string | null;
  @Column({ name: 'listed_at', type: 'datetime', precision: 3, nullable: true }) listedAt!: Date | null;
  @Column({ name: 'profiles_total', type: 'int', unsigned: true, nullable: true }) profilesTotal!: number | null;
  @Column({ name: 'profiles_read', type: 'int', unsigned: true, default: 0 }) profilesRead!: number;
  @Column({ name: 'profiles_failed', type: 'int', unsigned: true, default: 0 }) profilesFailed!: number;
  @Column({ name: 'heartbeat_at', type: 'datetime', precision: 3, nullable: true }) heartbeatAt!: Date | null;
}
