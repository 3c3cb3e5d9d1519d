import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { inTransaction, SecretBox } from '#persistence';
import { withoutFormer } from './former-messages.js';
import { type InboxEntry, pushedAt } from './inbox-entry.js';

const COLUMNS =
  '(component_appid, authorizer_appid, family, kind, dedupe_key, msg_signature, to_user_name, create_time, received_at, payload, state, note, handed_over_at, traceparent)';
const ROW = '(?,?,?,?,?,?,?,?,?,?,?,?,?,?)';
/** Payloads of one statement at most, far below any `max_allowed_packet`: many large pushes may come, or wait in Redis, at once. */
const STATEMENT_CHARACTERS = 1_000_000;

/** Writes events, each at most once: both unique keys (content, signature) make a repetition vanish. */
@Injectable()
export class InboxRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
  ) {}

  /** Durable when it resolves: all entries of the call, or none. */
  async insert(all: readonly InboxEntry[]): Promise<void> {
    const entries = await withoutFormer(this.dataSource.manager, this.secrets, all);
    if (entries.length === 0) return;
    const tickets = entries.filter((entry) => entry.ticket !== null);
    const parts = partsOf(entries);
    if (tickets.length === 0 && parts.length === 1) return insertEvents(this.dataSource.manager, entries);
    const write = async (manager: EntityManager) => {
      for (const part of parts) await insertEvents(manager, part);
      if (tickets.length > 0) await insertTickets(manager, await withoutRepetitions(manager, tickets));
    };
    // Once: a push waits for it, and its writer knows for how long it may be tried again before Redis takes it.
    await inTransaction(this.dataSource, write, { attempts: 1 });
  }
}

/** In order, as many together as one statement may hold; a larger one goes alone. */
export function partsOf(entries: readonly InboxEntry[]): InboxEntry[][] {
  const parts: InboxEntry[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    characters += entry.payload.length;
    if (characters > STATEMENT_CHARACTERS) {
      parts.push([]);
      characters = entry.payload.length;
    }
    parts.at(-1)!.push(entry);
  }
  return parts;
}

async function insertEvents(manager: EntityManager, entries: readonly InboxEntry[]): Promise<void> {
  const values = entries.flatMap((entry) => [
    entry.componentAppid,
    entry.authorizerAppid,
    entry.family,
    entry.kind,
    entry.dedupeKey,
    entry.msgSignature,
    entry.toUserName,
    entry.createTimeMs === null ? null : new Date(entry.createTimeMs),
    new Date(entry.receivedAtMs),
    entry.payload,
    entry.state,
    entry.note,
    entry.state === 'queued' ? new Date(entry.receivedAtMs) : null,
    entry.traceparent ?? null,
  ]);
  // ON DUPLICATE KEY and not IGNORE: only repetitions may vanish, every other problem must be an error. A repetition changes nothing, but
  // for one: what was kept as `stale`, because a clock was wrong or somebody sent an old recording first, must not swallow the push that
  // WeChat signed just now. The note first, since each assignment sees what those before it wrote.
  await manager.query(
    `INSERT INTO f_wechat_event ${COLUMNS} VALUES ${entries.map(() => ROW).join(',')}
     ON DUPLICATE KEY UPDATE note = IF(state = 'stale' AND VALUES(state) = 'received', VALUES(note), note),
       state = IF(state = 'stale' AND VALUES(state) = 'received', 'received', state)`,
    values,
  );
}

async function insertTickets(manager: EntityManager, entries: readonly InboxEntry[]): Promise<void> {
  // A stale ticket stays visible in the inbox; the history is what the broker takes its ticket from.
  const live = entries.filter((entry) => entry.state === 'received');
  if (live.length === 0) return;
  await manager.query(
    `INSERT INTO f_wechat_verifyticket (component_verify_ticket, create_time, component_appid, pushed_at) VALUES ${live.map(() => '(?,?,?,?)').join(',')}`,
    live.flatMap((entry) => [entry.ticket, new Date(entry.receivedAtMs), entry.componentAppid, pushedAt(entry)]),
  );
}

/**
 * Those whose row was written just now, told by the ciphertext, which is never the same twice; unless the very same entry comes a second
 * time, because the outcome of its first write was not known: then its ticket is there already.
 */
async function withoutRepetitions(manager: EntityManager, entries: readonly InboxEntry[]): Promise<InboxEntry[]> {
  const rows: { payload: string }[] = await manager.query(
    `SELECT payload FROM f_wechat_event WHERE ${entries.map(() => '(component_appid = ? AND dedupe_key = ?)').join(' OR ')}`,
    entries.flatMap((entry) => [entry.componentAppid, entry.dedupeKey]),
  );
  const stored = new Set(rows.map((row) => row.payload));
  const fresh = entries.filter((entry) => stored.has(entry.payload));
  if (fresh.length === 0) return [];
  const kept: { ticket: string }[] = await manager.query(
    `SELECT component_verify_ticket AS ticket FROM f_wechat_verifyticket
      WHERE ${fresh.map(() => '(component_appid = ? AND component_verify_ticket = ?)').join(' OR ')}`,
    fresh.flatMap((entry) => [entry.componentAppid, entry.ticket]),
  );
  const known = new Set(kept.map((row) => row.ticket));
  return fresh.filter((entry) => entry.ticket !== null && !known.has(entry.ticket));
}
