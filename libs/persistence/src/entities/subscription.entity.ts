import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** `wxplane`: our envelope with the typed event. `wxcomponent`: the plain JSON that WeChat's own wxcomponent forwards. */
export type BodyFormat = 'wxplane' | 'wxcomponent';

/** A team's wish to get events, at a URL of its own. */
@Entity('f_wechat_subscription')
export class SubscriptionEntity {
  @PrimaryColumn({ name: 'subscription_id', type: 'varchar', length: 32 }) subscriptionId!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 32 }) clientId!: string;
  @Column({ name: 'name', type: 'varchar', length: 128 }) name!: string;
  @Column({ name: 'url', type: 'varchar', length: 2048 }) url!: string;
  /** `null`: every component. */
  @Column({ name: 'component_appid', type: 'varchar', length: 64, nullable: true }) componentAppid!: string | null;
  /** Appids; `null`: all. */
  @Column({ name: 'authorizers', type: 'simple-json', nullable: true }) authorizers!: string[] | null;
  /** Patterns of kinds, `*` matches any text. */
  @Column({ name: 'kinds', type: 'simple-json' }) kinds!: string[];
  @Column({ name: 'body_format', type: 'varchar', length: 16, default: 'wxplane' }) bodyFormat!: BodyFormat;
  /** 1: the events of one authorizer one after the other. */
  @Column({ name: 'ordered', type: 'tinyint', default: 0 }) ordered!: number;
  /** `<component>/<authorizer or *>` if it answers messages; at most one subscription per scope. */
  @Column({ name: 'replier_scope', type: 'varchar', length: 160, nullable: true }) replierScope!: string | null;
  /** Ciphertext, purpose `subscription`. */
  @Column({ name: 'secret', type: 'varchar', length: 512 }) secret!: string;
  @Column({ name: 'previous_secret', type: 'varchar', length: 512, nullable: true }) previousSecret!: string | null;
  @Column({ name: 'previous_secret_until', type: 'datetime', precision: 3, nullable: true }) previousSecretUntil!: Date | null;
  @Column({ name: 'state', type: 'varchar', length: 16, default: 'enabled' }) state!: 'enabled' | 'disabled';
  @Column({ name: 'disabled_reason', type: 'varchar', length: 255, nullable: true }) disabledReason!: string | null;
  @Column({ name: 'failing_since', type: 'datetime', precision: 3, nullable: true }) failingSince!: Date | null;
  @Column({ name: 'failures', type: 'int', unsigned: true, default: 0 }) failures!: number;
  @Column({ name: 'last_success_at', type: 'datetime', precision: 3, nullable: true }) lastSuccessAt!: Date | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}

export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'cancelled';

/** One event for one subscription; (subscription, event, replay) is unique. */
@Entity('f_wechat_delivery')
export class DeliveryEntity {
  @PrimaryGeneratedColumn({ name: 'delivery_id', type: 'bigint', unsigned: true }) deliveryId!: string;
  @Column({ name: 'subscription_id', type: 'varchar', length: 32 }) subscriptionId!: string;
  /** `0`: a test event. */
  @Column({ name: 'event_id', type: 'bigint', unsigned: true, default: 0 }) eventId!: string;
  /** Of which replay or test; empty: the event itself. */
  @Column({ name: 'replay', type: 'varchar', length: 32, default: '' }) replay!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64, default: '' }) authorizerAppid!: string;
  @Column({ name: 'kind', type: 'varchar', length: 96 }) kind!: string;
  @Column({ name: 'state', type: 'varchar', length: 16, default: 'pending' }) state!: DeliveryState;
  @Column({ name: 'attempts', type: 'int', unsigned: true, default: 0 }) attempts!: number;
  @Column({ name: 'next_attempt_at', type: 'datetime', precision: 3 }) nextAttemptAt!: Date;
  @Column({ name: 'last_status', type: 'smallint', unsigned: true, nullable: true }) lastStatus!: number | null;
  @Column({ name: 'last_error', type: 'varchar', length: 255, nullable: true }) lastError!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'finished_at', type: 'datetime', precision: 3, nullable: true }) finishedAt!: Date | null;
}

/** One try of a delivery. */
@Entity('f_wechat_deliveryattempt')
export class DeliveryAttemptEntity {
  @PrimaryGeneratedColumn({ name: 'attempt_id', type: 'bigint', unsigned: true }) attemptId!: string;
  @Column({ name: 'delivery_id', type: 'bigint', unsigned: true }) deliveryId!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  @Column({ name: 'duration_ms', type: 'int', unsigned: true }) durationMs!: number;
  @Column({ name: 'status', type: 'smallint', unsigned: true, nullable: true }) status!: number | null;
  @Column({ name: 'error', type: 'varchar', length: 255, nullable: true }) error!: string | null;
  @Column({ name: 'excerpt', type: 'varchar', length: 512, nullable: true }) excerpt!: string | null;
}
