import { hash, randomBytes } from 'node:crypto';
import { type Access, ENTRY_COLUMNS, type EntryColumns, toColumns } from './entry.js';

/** An entry in its place: whoever changes it, or what stood before it in its chain, changes `hash`. */
export interface ChainedEntry {
  readonly columns: EntryColumns;
  /** The process that wrote it. */
  readonly writer: string;
  /** From 1. */
  readonly seq: number;
  /** `hash` of the entry before, of the same writer. */
  readonly prev: string;
  readonly hash: string;
}

/** What stands before the first entry of a chain. */
export const BEGINNING = '0'.repeat(64);

/** All places of a chain, as `CHAIN_COLUMNS` and `ENTRY_COLUMNS` name them. */
export const CHAIN_COLUMNS = ['writer', 'seq', 'prev', 'hash'] as const;

/** `SHA-256(prev ‖ canonical JSON)`: members by name, what is absent left out, so that a later column changes no former hash. */
export function hashOf({ columns, writer, seq, prev }: Omit<ChainedEntry, 'hash'>): string {
  const members = { ...columns, writer, seq } as Record<string, string | number | null>;
  const present = Object.keys(members)
    .sort()
    .flatMap((name) => (members[name] === null || members[name] === undefined ? [] : [[name, members[name]] as const]));
  return hash('sha256', `${prev}${JSON.stringify(Object.fromEntries(present))}`, 'hex');
}

/** The chain of one process: nobody else continues it, so that replicas wait for no lock of each other. */
export class Chain {
  readonly writer: string;
  private seq = 0;
  private head = BEGINNING;

  constructor(app: string) {
    this.writer = `${app.slice(0, 15)}-${randomBytes(8).toString('hex')}`;
  }

  next(columns: EntryColumns): ChainedEntry {
    const entry = { columns, writer: this.writer, seq: this.seq + 1, prev: this.head };
    const sealed = { ...entry, hash: hashOf(entry) };
    this.seq += 1;
    this.head = sealed.hash;
    return sealed;
  }
}

/** An entry as a flat document: of an export, of a second sink. */
export type EntryDocument = Readonly<Record<string, string | number | null>>;

export function toDocument({ columns, writer, seq, prev, hash }: ChainedEntry): EntryDocument {
  const present = ENTRY_COLUMNS.flatMap((name) => (columns[name] === null ? [] : [[name, columns[name]] as const]));
  return { ...Object.fromEntries(present), writer, seq, prev, hash };
}

/** @returns `undefined`: it is in no chain */
export function fromDocument(document: EntryDocument): ChainedEntry | undefined {
  const { writer, seq, prev, hash } = document;
  if (writer === null || writer === undefined) return undefined;
  const columns = Object.fromEntries(ENTRY_COLUMNS.map((name) => [name, document[name] ?? null])) as EntryColumns;
  return { columns, writer: String(writer), seq: Number(seq), prev: String(prev), hash: String(hash) };
}

/** For the database: the values of `INTO_ACCESSLOG`. */
export function toRow({ columns, writer, seq, prev, hash }: ChainedEntry): (string | number | Date | null)[] {
  return [
    ...ENTRY_COLUMNS.map((name) => (name === 'at' || name === 'last_at' ? dateOf(columns[name]) : columns[name])),
    writer,
    seq,
    prev,
    hash,
  ];
}

const dateOf = (value: string | number | null) => (value === null ? null : new Date(value));

/** A row as the driver reads it, with `at` and `last_at` as dates. */
export function fromRow(row: Readonly<Record<string, unknown>>): EntryDocument {
  const names = ['accesslog_id', ...ENTRY_COLUMNS, ...CHAIN_COLUMNS];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = row[name];
      if (value === null || value === undefined) return [];
      if (value instanceof Date) return [[name, value.toISOString()]];
      return [[name, name === 'times' || name === 'seq' ? Number(value) : (value as string)]];
    }),
  );
}

/** Columns of `toRow`. */
export const INTO_ACCESSLOG = [...ENTRY_COLUMNS, ...CHAIN_COLUMNS].join(', ');

/** An entry that is a chain of its own: for a process whose entries stand or fall with transactions. */
export function chainedRow(app: string, access: Access, times: number) {
  const at = Date.now();
  return toRow(new Chain(app).next(toColumns(app, access, { at, lastAt: at, times })));
}
