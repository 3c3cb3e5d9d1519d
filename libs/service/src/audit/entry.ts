import { cut } from './batch-insert.js';

/** What somebody did, or tried to do. */
export interface Access {
  readonly clientId?: string | undefined;
  /** Who it was behind the client id. */
  readonly actor?: Actor | undefined;
  /** By which he was let in, or which he lacks. */
  readonly permission?: string | undefined;
  /** For example `token.reveal`, `release.submit`. */
  readonly action: string;
  readonly componentAppid?: string | undefined;
  readonly authorizerAppid?: string | undefined;
  readonly subject?: string | undefined;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** Why it was refused or failed: the code of the problem. */
  readonly reason?: string | undefined;
  /** What a write changed, secrets left out: see `changeOf`. */
  readonly change?: Change | undefined;
  readonly ip?: string | undefined;
  /** Of the socket, where it is a proxy's and `ip` came in its header. */
  readonly peerIp?: string | undefined;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
}

export interface Actor {
  /** `key`, `person`, `workload`, `tool`, `app`; `stranger`: nothing of it is proven. */
  readonly kind: string;
  readonly issuer?: string | undefined;
  readonly subject?: string | undefined;
  readonly personId?: string | undefined;
}

export interface Change {
  readonly beforeSha256: string | undefined;
  readonly afterSha256: string | undefined;
  readonly difference: string;
}

/** When, and how often. */
export interface Occasion {
  readonly at: number;
  readonly lastAt: number;
  readonly times: number;
}

/** An entry by its columns, without its place in a chain. What is absent is `null`. */
export type EntryColumns = Readonly<Record<EntryColumn, string | number | null>>;

export const ENTRY_COLUMNS = [
  'at',
  'times',
  'last_at',
  'app',
  'client_id',
  'actor_kind',
  'actor_issuer',
  'actor_subject',
  'person_id',
  'permission',
  'action',
  'component_appid',
  'authorizer_appid',
  'subject',
  'outcome',
  'reason',
  'ip',
  'peer_ip',
  'request_id',
  'trace_id',
  'before_sha256',
  'after_sha256',
  'difference',
] as const;
export type EntryColumn = (typeof ENTRY_COLUMNS)[number];

/** As the columns can hold it: what is hashed must come back from the database to the letter. */
export function toColumns(app: string, access: Access, { at, lastAt, times }: Occasion): EntryColumns {
  const { actor, change } = access;
  return {
    at: new Date(at).toISOString(),
    times,
    last_at: lastAt > at ? new Date(lastAt).toISOString() : null,
    app: text(app, 16),
    client_id: text(access.clientId, 32),
    actor_kind: text(actor?.kind, 16),
    actor_issuer: text(actor?.issuer, 191),
    actor_subject: text(actor?.subject, 191),
    person_id: text(actor?.personId, 191),
    permission: text(access.permission, 64),
    action: text(access.action, 64),
    component_appid: text(access.componentAppid, 64),
    authorizer_appid: text(access.authorizerAppid, 64),
    subject: text(access.subject, 128),
    outcome: text(access.outcome, 32),
    reason: text(access.reason, 64),
    ip: text(access.ip, 64),
    peer_ip: text(access.peerIp, 64),
    request_id: text(access.requestId, 64),
    trace_id: text(access.traceId, 32),
    before_sha256: change?.beforeSha256 ?? null,
    after_sha256: change?.afterSha256 ?? null,
    difference: change?.difference ?? null,
  };
}

const text = (value: string | undefined, width: number) => cut(value?.toWellFormed(), width);
