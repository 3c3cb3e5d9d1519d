import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { EventRoute } from './event-routes.js';

/** One event of the inbox: what WeChat pushed, decrypted, once. */
@Entity('f_wechat_event')
export class EventEntity {
  /** A decimal string: 64 bits do not fit a JavaScript number. */
  @PrimaryGeneratedColumn({ name: 'event_id', type: 'bigint', unsigned: true }) eventId!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64 }) componentAppid!: string;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64, nullable: true }) authorizerAppid!: string | null;
  @Column({ name: 'family', type: 'varchar', length: 16 }) family!: EventFamilyColumn;
  @Column({ name: 'kind', type: 'varchar', length: 96 }) kind!: string;
  @Column({ name: 'dedupe_key', type: 'char', length: 64 }) dedupeKey!: string;
  @Column({ name: 'create_time', type: 'datetime', nullable: true }) createTime!: Date | null;
  @Column({ name: 'received_at', type: 'datetime', precision: 3 }) receivedAt!: Date;
  /** Ciphertext, purpose `event`. */
  @Column({ name: 'payload', type: 'mediumtext' }) payload!: string;
  @Column({ name: 'state', type: 'varchar', length: 16, default: 'received' }) state!: EventState;
  @Column({ name: 'handed_over_at', type: 'datetime', precision: 3, nullable: true }) handedOverAt!: Date | null;
  /** For people. Nothing decides by it; rows of the release before are read by `routeOf`. */
  @Column({ name: 'note', type: 'varchar', length: 255, nullable: true }) note!: string | null;
  /** `null`: the way of its kind. */
  @Column({ name: 'route', type: 'varchar', length: 16, nullable: true }) route!: EventRoute | null;
  /** Of the push that brought it; `null` for events of our own. */
  @Column({ name: 'msg_signature', type: 'char', length: 40, nullable: true }) msgSignature!: string | null;
  /** `ToUserName` of the decrypted content: original id (`gh_…`) of the account. */
  @Column({ name: 'to_user_name', type: 'varchar', length: 64, nullable: true }) toUserName!: string | null;
  /** 1: a person looked at it and wants it acted on, whatever its path says. */
  @Column({ name: 'accepted', type: 'tinyint', default: 0 }) accepted!: number;
  /** W3C Trace Context of the push; `null`: it was not traced. */
  @Column({ name: 'traceparent', type: 'char', length: 55, nullable: true }) traceparent!: string | null;
  /** How often it was sent to its consumers anew; part of the names of its jobs. */
  @Column({ name: 'replays', type: 'smallint', unsigned: true, default: 0 }) replays!: number;
}

/** `wxplane`: an event of our own, such as a subscription that was disabled; its payload is JSON. */
type EventFamilyColumn = 'component' | 'authorizer' | 'wxplane';

/**
 * `received`: durable, not handed to the queues yet · `queued`: handed over · `mismatch`: came over another account's path ·
 * `stale`: signed too long ago. The last two are kept and shown, and not acted on.
 */
export type EventState = 'received' | 'queued' | 'mismatch' | 'stale';

/** What one consumer did with one event; the primary key makes its effect happen once. */
@Entity('f_wechat_eventeffect')
export class EventEffectEntity {
  @PrimaryColumn({ name: 'event_id', type: 'bigint', unsigned: true }) eventId!: string;
  @PrimaryColumn({ name: 'consumer', type: 'varchar', length: 64 }) consumer!: string;
  @Column({ name: 'state', type: 'varchar', length: 16 }) state!: 'done' | 'skipped' | 'failed';
  @Column({ name: 'attempts', type: 'int', unsigned: true, default: 1 }) attempts!: number;
  @Column({ name: 'note', type: 'varchar', length: 512, nullable: true }) note!: string | null;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
}
