import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** What TypeORM's `simple-json` does, for a column that is longer than `text`. */
const JSON_TEXT = {
  to: (value: unknown) => (value === null || value === undefined ? value : JSON.stringify(value)),
  from: (text: string | null) => (text === null ? null : JSON.parse(text)),
};

/** A calling team and its key; only a SHA-256 of the key's secret half is stored. */
@Entity('f_wechat_client')
export class ClientEntity {
  @PrimaryColumn({ name: 'client_id', type: 'varchar', length: 32 }) clientId!: string;
  @Column({ name: 'name', type: 'varchar', length: 128 }) name!: string;
  @Column({ name: 'secret_sha256', type: 'char', length: 64 }) secretSha256!: string;
  @Column({ name: 'previous_secret_sha256', type: 'char', length: 64, nullable: true }) previousSecretSha256!: string | null;
  @Column({ name: 'previous_expires_at', type: 'datetime', precision: 3, nullable: true }) previousExpiresAt!: Date | null;
  @Column({ name: 'scopes', type: 'simple-json' }) scopes!: string[];
  /** Appids it may act for; `null`: all. */
  @Column({ name: 'authorizers', type: 'mediumtext', nullable: true, transformer: JSON_TEXT }) authorizers!: string[] | null;
  @Column({ name: 'options', type: 'simple-json', nullable: true }) options!: ClientOptions | null;
  @Column({ name: 'expires_at', type: 'datetime', precision: 3, nullable: true }) expiresAt!: Date | null;
  @Column({ name: 'revoked_at', type: 'datetime', precision: 3, nullable: true }) revokedAt!: Date | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
  @Column({ name: 'updated_at', type: 'datetime', precision: 3 }) updatedAt!: Date;
}

/** Who was here, by key or by token, and in which hour last; of a token also whose it was, to know later what he may do then. */
@Entity('f_wechat_caller')
export class CallerEntity {
  /** Of a key its client id; of a token made of issuer and subject. */
  @PrimaryColumn({ name: 'caller_id', type: 'varchar', length: 32 }) callerId!: string;
  @Column({ name: 'kind', type: 'varchar', length: 16 }) kind!: string;
  @Column({ name: 'name', type: 'varchar', length: 128 }) name!: string;
  @Column({ name: 'issuer', type: 'varchar', length: 255, nullable: true }) issuer!: string | null;
  @Column({ name: 'subject', type: 'varchar', length: 255, nullable: true }) subject!: string | null;
  @Column({ name: 'person_id', type: 'varchar', length: 255, nullable: true }) personId!: string | null;
  /** What bindings look at, as the last token said. */
  @Column({ name: 'known', type: 'mediumtext', nullable: true, transformer: JSON_TEXT }) known!: {
    readonly groups: string[];
    readonly mfa: boolean;
    /** Seconds since 1970; a token from before it changes nothing. */
    readonly issued_at?: number;
  } | null;
  @Column({ name: 'last_used_at', type: 'datetime', precision: 3 }) lastUsedAt!: Date;
}

export interface ClientOptions {
  /** Components it may use; absent: all. */
  readonly components?: readonly string[];
  /** Requests per second, averaged over ten seconds; absent, as in keys of older versions: what `CLIENT_RATE_LIMIT_PER_S` says. */
  readonly rate_limit_per_s?: number;
  /** WeChat API path prefixes the proxy may be used for; absent: what is harmless. */
  readonly proxy_paths?: readonly string[];
  /** Hosts an authorization link may return to; absent: any https host. */
  readonly return_hosts?: readonly string[];
  /** Hosts of webhooks that may lead to a private address that the operator allows; absent: see `SUBSCRIBER_NAMED_HOSTS_ONLY`. */
  readonly webhook_hosts?: readonly string[];
}

/** The audit log: who revealed or wrote what, when, from where. */
@Entity('f_wechat_accesslog')
export class AccessLogEntity {
  @PrimaryGeneratedColumn({ name: 'accesslog_id', type: 'bigint', unsigned: true }) accesslogId!: string;
  @Column({ name: 'at', type: 'datetime', precision: 3 }) at!: Date;
  /** How often, between `at` and `lastAt`: equal accesses of a few seconds are one entry. */
  @Column({ name: 'times', type: 'int', unsigned: true, default: 1 }) times!: number;
  @Column({ name: 'last_at', type: 'datetime', precision: 3, nullable: true }) lastAt!: Date | null;
  @Column({ name: 'app', type: 'varchar', length: 16 }) app!: string;
  @Column({ name: 'client_id', type: 'varchar', length: 32, nullable: true }) clientId!: string | null;
  @Column({ name: 'action', type: 'varchar', length: 64 }) action!: string;
  @Column({ name: 'component_appid', type: 'varchar', length: 64, nullable: true }) componentAppid!: string | null;
  @Column({ name: 'authorizer_appid', type: 'varchar', length: 64, nullable: true }) authorizerAppid!: string | null;
  @Column({ name: 'subject', type: 'varchar', length: 128, nullable: true }) subject!: string | null;
  @Column({ name: 'outcome', type: 'varchar', length: 32 }) outcome!: string;
  @Column({ name: 'ip', type: 'varchar', length: 64, nullable: true }) ip!: string | null;
  @Column({ name: 'request_id', type: 'varchar', length: 64, nullable: true }) requestId!: string | null;
  /** `key`, `person`, `workload`, `tool`, `app`; `stranger`: whoever it was, nothing of it is proven. */
  @Column({ name: 'actor_kind', type: 'varchar', length: 16, nullable: true }) actorKind!: string | null;
  @Column({ name: 'actor_issuer', type: 'varchar', length: 191, nullable: true }) actorIssuer!: string | null;
  @Column({ name: 'actor_subject', type: 'varchar', length: 191, nullable: true }) actorSubject!: string | null;
  @Column({ name: 'person_id', type: 'varchar', length: 191, nullable: true }) personId!: string | null;
  @Column({ name: 'permission', type: 'varchar', length: 64, nullable: true }) permission!: string | null;
  /** Why it was refused or failed: the code of the problem. */
  @Column({ name: 'reason', type: 'varchar', length: 64, nullable: true }) reason!: string | null;
  /** Of the socket, where that is a proxy's and `ip` came in its header. */
  @Column({ name: 'peer_ip', type: 'varchar', length: 64, nullable: true }) peerIp!: string | null;
  @Column({ name: 'trace_id', type: 'varchar', length: 32, nullable: true }) traceId!: string | null;
  /** Of what a write changed, secrets left out. */
  @Column({ name: 'before_sha256', type: 'char', length: 64, nullable: true }) beforeSha256!: string | null;
  @Column({ name: 'after_sha256', type: 'char', length: 64, nullable: true }) afterSha256!: string | null;
  @Column({ name: 'difference', type: 'text', nullable: true }) difference!: string | null;
  /** The process, and the entry's place in its chain; `null`: written by a release that made no chain. */
  @Column({ name: 'writer', type: 'varchar', length: 32, nullable: true }) writer!: string | null;
  @Column({ name: 'seq', type: 'bigint', unsigned: true, nullable: true }) seq!: string | null;
  @Column({ name: 'prev', type: 'char', length: 64, nullable: true }) prev!: string | null;
  @Column({ name: 'hash', type: 'char', length: 64, nullable: true }) hash!: string | null;
}

/** The remembered answer of a write that carried an `Idempotency-Key`. */
@Entity('f_wechat_idempotency')
export class IdempotencyEntity {
  @PrimaryColumn({ name: 'client_id', type: 'varchar', length: 32 }) clientId!: string;
  @PrimaryColumn({ name: 'idempotency_key', type: 'varchar', length: 128 }) idempotencyKey!: string;
  @Column({ name: 'request_hash', type: 'char', length: 64 }) requestHash!: string;
  @Column({ name: 'status', type: 'smallint', unsigned: true, nullable: true }) status!: number | null;
  /** JSON; ciphertext, domain `answers`. */
  @Column({ name: 'response', type: 'mediumtext', nullable: true }) response!: string | null;
  @Column({ name: 'created_at', type: 'datetime', precision: 3 }) createdAt!: Date;
}
