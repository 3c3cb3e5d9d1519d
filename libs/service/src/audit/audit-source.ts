import type { DataSource } from 'typeorm';
import { CHAIN_COLUMNS, type EntryDocument, fromRow } from './chain.js';
import type { Checkpoint } from './checkpoint.js';
import { toCheckpoint } from './checkpointer.js';
import { ENTRY_COLUMNS } from './entry.js';
import type { AuditSource } from './verify.js';

const PAGE = 2_000;
const COLUMNS = ['accesslog_id', ...ENTRY_COLUMNS, ...CHAIN_COLUMNS].join(', ');

/** The audit log as the database has it. */
export function storedAudit(db: DataSource, from: Date, to: Date): AuditSource {
  async function* page(writer: string, first: number, last: number): AsyncIterable<EntryDocument> {
    for (let next = first; next <= last; ) {
      const rows: Record<string, unknown>[] = await db.query(
        `SELECT ${COLUMNS} FROM f_wechat_accesslog WHERE writer = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ${PAGE}`,
        [writer, next, last],
      );
      for (const row of rows) yield fromRow(row);
      if (rows.length < PAGE) return;
      next = Number(rows.at(-1)!['seq']) + 1;
    }
  }
  return {
    checkpoints: async () => {
      const rows: Record<string, unknown>[] = await db.query(
        `SELECT * FROM f_wechat_auditcheckpoint
          WHERE at < ? AND seq >= COALESCE((SELECT MAX(seq) FROM f_wechat_auditcheckpoint WHERE at < ?), 0) ORDER BY seq`,
        [to, from],
      );
      return rows.map(toCheckpoint);
    },
    entries: page,
    tail: async function* () {
      const rows: { writer: string; seen: string | null; newest: string }[] = await db.query(
        `SELECT a.writer, h.to_seq AS seen, a.to_seq AS newest
           FROM (SELECT writer, MAX(seq) AS to_seq FROM f_wechat_accesslog WHERE writer > '' GROUP BY writer) a
           LEFT JOIN (SELECT writer, MAX(to_seq) AS to_seq FROM f_wechat_audithead GROUP BY writer) h ON h.writer = a.writer
          WHERE h.to_seq IS NULL OR h.to_seq < a.to_seq ORDER BY a.writer`,
      );
      for (const { writer, seen, newest } of rows)
        for await (const entry of page(writer, Number(seen ?? 0) + 1, Number(newest)))
          if (Date.parse(String(entry['at'])) < to.getTime()) yield entry;
    },
    unchained: async (after, through) => {
      const [{ count }] = await db.query(
        'SELECT COUNT(*) AS count FROM f_wechat_accesslog WHERE writer IS NULL AND accesslog_id > ? AND accesslog_id <= ?',
        [after, through],
      );
      return Number(count);
    },
    unchainedInPeriod: async () => {
      const rows: { app: string; count: string; last: Date }[] = await db.query(
        `SELECT app, COUNT(*) AS count, MAX(at) AS last FROM f_wechat_accesslog
          WHERE writer IS NULL AND at >= ? AND at < ? GROUP BY app ORDER BY app`,
        [from, to],
      );
      const last = rows.map((row) => new Date(row.last).toISOString()).sort();
      return {
        count: rows.reduce((sum, row) => sum + Number(row.count), 0),
        last: last.at(-1) ?? null,
        apps: rows.map(({ app }) => app),
      };
    },
  };
}

/** A line of an export. */
export type ExportLine = ({ readonly type: 'checkpoint' } & Checkpoint) | ({ readonly type: 'entry' } & EntryDocument);

/** Everything of a period that a verification without the database needs. */
export async function* exportAudit(source: AuditSource): AsyncIterable<ExportLine> {
  const ranges = new Map<string, { from: number; to: number }>();
  const checkpoints = await source.checkpoints();
  for (const [index, checkpoint] of checkpoints.entries()) {
    yield { type: 'checkpoint', ...checkpoint };
    // The first may be the one before the period, whose entries are not of it.
    if (checkpoint.kind !== 'minute' || (index === 0 && checkpoint.seq > 1)) continue;
    const { heads } = JSON.parse(checkpoint.document) as { heads: [string, number, number, string][] };
    for (const [writer, from, to] of heads) ranges.set(writer, { from: ranges.get(writer)?.from ?? from, to });
  }
  for (const [writer, { from, to }] of ranges)
    for await (const entry of source.entries(writer, from, to)) yield { type: 'entry', ...entry };
  for await (const entry of source.tail()) yield { type: 'entry', ...entry };
}

/** The lines of an export, held in memory. */
export function exportedAudit(lines: Iterable<ExportLine>): AuditSource {
  const checkpoints: Checkpoint[] = [];
  const chains = new Map<string, EntryDocument[]>();
  for (const line of lines) {
    if (line.type === 'checkpoint') checkpoints.push(line as unknown as Checkpoint);
    else {
      const { type: _, ...entry } = line as Record<string, string | number | null>;
      const writer = String(entry['writer']);
      const chain = chains.get(writer) ?? [];
      chain.push(entry);
      chains.set(writer, chain);
    }
  }
  for (const chain of chains.values()) chain.sort((a, b) => Number(a['seq']) - Number(b['seq']));
  const seen = new Map<string, number>();
  for (const { document } of checkpoints)
    for (const [writer, , to] of (JSON.parse(document) as { heads: [string, number, number, string][] }).heads)
      seen.set(writer, Math.max(to, seen.get(writer) ?? 0));
  return {
    checkpoints: async () => checkpoints.sort((a, b) => a.seq - b.seq),
    entries: async function* (writer, from, to) {
      for (const entry of chains.get(writer) ?? []) if (Number(entry['seq']) >= from && Number(entry['seq']) <= to) yield entry;
    },
    tail: async function* () {
      for (const [writer, chain] of chains)
        for (const entry of chain) if (Number(entry['seq']) > (seen.get(writer) ?? 0)) yield entry;
    },
    // An export holds none of them.
    unchained: async () => undefined,
    unchainedInPeriod: async () => ({ count: 0, last: null, apps: [] }),
  };
}
