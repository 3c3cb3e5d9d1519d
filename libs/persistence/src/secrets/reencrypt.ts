import { hash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { changed } from '../mysql/errors.js';
import { SEALED_COLUMNS, type SealedColumn } from './sealed-columns.js';
import { type Seal, type SealedVersion, type SecretBox, SecretUnreadableError } from './secret-box.js';

export interface ReencryptProgress {
  readonly table: string;
  readonly column: string;
  /** Rows written anew so far. */
  readonly rewritten: number;
  /** Rows that were found under another key, in another form or in plain text when this column was begun. */
  readonly total: number;
  /** Rows whose key is not configured any more, or that were altered or moved: they stay as they are. */
  readonly unreadable: number;
  /** Which the first of these are: the table's primary key, and why. */
  readonly examples: readonly string[];
  /** Plain text of an older system that was taken over; part of `rewritten`. */
  readonly adopted: number;
  /** Plain text of an older system that was left, because nobody said that it may be taken over. */
  readonly plain: number;
  /** Rows of an older system that belong to no component yet: what they would be bound to would change. They stay as they are. */
  readonly unassigned: number;
}

export interface ReencryptOptions {
  /** Rows per step. Default 200. */
  readonly batch?: number;
  /** Pause between steps, so that the apps are not slowed down. Default 20 ms. */
  readonly pauseMs?: number;
  /** The form that everything is brought to. Default: what the box writes, and a row that is newer stays in its own form. */
  readonly to?: SealedVersion;
  /**
   * Takes over plain text in the columns that an older system wrote. Whoever can write to the database can have put it there, and
   * afterwards it looks genuine: only for a take-over that has just been made. What the last release wrote in plain text needs `to: 'v2'`.
   */
  readonly adoptPlainText?: boolean;
  /** After each step in which plain text was taken over: `<table>.<column>`, and how many rows. */
  readonly onAdopted?: (column: string, rows: number) => Promise<void>;
  readonly onProgress?: (progress: ReencryptProgress) => void;
  readonly signal?: AbortSignal;
}

/** Plain text where no older system has written: somebody who can write to the database has put it there. */
export class ForgedSecretError extends Error {
  constructor(
    readonly table: string,
    readonly column: string,
    readonly row: string,
  ) {
    super(`${table}.${column} of ${row} is plain text, and only ciphertext was ever written there: it is forged`);
  }
}

const EXAMPLES = 20;

type Row = Record<string, unknown> & { readonly sealed: string };

/**
 * Brings every stored secret under the newest key of its domain, or to another form, while the apps run. What is done is seen from the rows themselves, so
 * a run that was stopped goes on where it was, and two runs at once do no harm. A row that changes meanwhile keeps its change.
 *
 * @returns one entry per column; when in all of them `unreadable`, `plain` and `unassigned` are 0, former keys are no longer needed
 * @throws ForgedSecretError at the first plain text where none can be; what was done before it stays done
 */
export async function reencrypt(
  dataSource: DataSource,
  box: SecretBox,
  options: ReencryptOptions = {},
): Promise<ReencryptProgress[]> {
  const done: ReencryptProgress[] = [];
  for (const column of SEALED_COLUMNS) done.push(await new ColumnRun(dataSource, box, column, options).run());
  return done;
}

/** One column's part of a run. */
class ColumnRun {
  private readonly fresh: readonly string[];
  /** Rows to be written anew. */
  private readonly stale: string;
  private progress: ReencryptProgress;

  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    private readonly sealed: SealedColumn,
    private readonly options: ReencryptOptions,
  ) {
    const { table, column, domain } = sealed;
    const to = sealed.onlyBound ? 'v2' : options.to;
    const versions: SealedVersion[] = to ? [to] : box.write === 'v2' ? ['v2'] : ['v1', 'v2'];
    const plain = sealed.formerlyPlain === true && versions.includes('v1');
    const prefixes = versions.filter((version) => version === 'v2' || !plain);
    this.fresh = prefixes.map((version) => `enc:${version}:${box.currentKeyId(domain)}:`);
    const fresh = this.fresh.map((prefix) => `BINARY LEFT(\`${column}\`, ${prefix.length}) = ?`);
    if (plain) fresh.push(`BINARY LEFT(\`${column}\`, 4) <> 'enc:'`);
    this.stale = `\`${column}\` IS NOT NULL AND \`${column}\` <> '' AND NOT (${fresh.join(' OR ')})`;
    this.progress = { table, column, rewritten: 0, total: 0, unreadable: 0, examples: [], adopted: 0, plain: 0, unassigned: 0 };
  }

  async run(): Promise<ReencryptProgress> {
    const { table, id, before } = this.sealed;
    const { batch = 200, pauseMs = 20, signal, onProgress } = this.options;
    const [count] = await this.dataSource.query(`SELECT COUNT(*) AS n FROM \`${table}\` WHERE ${this.stale}`, [...this.fresh]);
    this.progress = { ...this.progress, total: Number(count.n) };
    const selected = [...new Set([id, ...this.sealed.key])].map((name) => `\`${name}\``).join(', ');
    let after: unknown = before;
    for (;;) {
      signal?.throwIfAborted();
      const rows: Row[] = await this.dataSource.query(
        `SELECT ${selected}, \`${this.sealed.column}\` AS sealed FROM \`${table}\`
          WHERE ${this.stale} AND \`${id}\` > ? ORDER BY \`${id}\` LIMIT ${batch}`,
        [...this.fresh, after],
      );
      if (rows.length === 0) break;
      const { adopted } = this.progress;
      for (const row of rows) {
        after = row[id];
        await this.rewrite(row);
      }
      if (this.progress.adopted > adopted)
        await this.options.onAdopted?.(`${table}.${this.sealed.column}`, this.progress.adopted - adopted);
      onProgress?.(this.progress);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    onProgress?.(this.progress);
    return this.progress;
  }

  private async rewrite(row: Row): Promise<void> {
    const { bindingOf } = this.sealed;
    const binding = bindingOf(row);
    let text: string;
    let seal: Seal | undefined;
    try {
      seal = this.box.sealOf(row.sealed);
      if (seal === undefined) {
        if (!binding.olderPlainText) throw new ForgedSecretError(this.sealed.table, this.sealed.column, this.nameOf(row));
        if (!this.options.adoptPlainText && !this.isBroughtOver) return this.count('plain');
      }
      text = this.box.open(row.sealed, binding);
    } catch (error) {
      if (error instanceof SecretUnreadableError) return this.leave(row, error);
      throw error;
    }
    const version = this.options.to ?? (seal?.version === 'v2' ? 'v2' : this.box.write);
    if (version === 'v2' && row['component_appid'] === '') return this.count('unassigned');
    if (!(await this.replace(row, text, this.box.seal(text, binding, version)))) return;
    this.count('rewritten');
    if (seal === undefined) this.count('adopted');
  }

  /** What the last release wrote in plain text has no other form to come from; a rotation leaves it. */
  private get isBroughtOver(): boolean {
    return this.sealed.formerlyPlain === true && this.options.to === 'v2';
  }

  /** Only if the row is as it was read, and is still what the text is bound to. */
  private async replace(row: Row, text: string, fresh: string): Promise<boolean> {
    const { table, column, id, key, digest } = this.sealed;
    // BINARY: a collation that takes `a` for `A` would take another ciphertext for this one.
    const result = await this.dataSource.query(
      `UPDATE \`${table}\` SET \`${column}\` = ?${digest ? `, \`${digest}\` = ?` : ''} WHERE \`${id}\` = ? AND BINARY \`${column}\` = ?
        ${key.map((name) => `AND \`${name}\` <=> ?`).join(' ')}`,
      [fresh, ...(digest ? [hash('sha256', text, 'hex')] : []), row[id], row.sealed, ...key.map((name) => row[name])],
    );
    return changed(result);
  }

  private leave(row: Row, { message }: SecretUnreadableError): void {
    this.count('unreadable');
    if (this.progress.examples.length < EXAMPLES)
      this.progress = { ...this.progress, examples: [...this.progress.examples, `${this.nameOf(row)}: ${message}`] };
  }

  private nameOf(row: Row): string {
    return `${this.sealed.id} ${row[this.sealed.id]}`;
  }

  private count(what: 'rewritten' | 'unreadable' | 'adopted' | 'plain' | 'unassigned'): void {
    this.progress = { ...this.progress, [what]: this.progress[what] + 1 };
  }
}
