import type { DataSource, EntityManager } from 'typeorm';
import { deleteInBites, inTransaction, isDenied, isDuplicate } from '#persistence';
import type { Logger } from '../log/logger.js';
import { BEGINNING } from './chain.js';
import { type Checkpoint, type CheckpointDocument, type CheckpointSigner, type Head, makeCheckpoint } from './checkpoint.js';

type Asker = Pick<EntityManager, 'query'>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * Writes down, minute by minute, how far each chain of the audit log has come, also when nothing happened. Any replica may: the number of a
 * checkpoint is given once, and who comes second leaves it. What was written once is remembered here: a table that knows less was shortened.
 */
export class Checkpointer {
  private last: { readonly seq: number; readonly hash: string } | undefined;
  private saidDenied = false;
  /** When it was known last that this minute has its checkpoint. */
  lookedAt: number | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly logger: Pick<Logger, 'error' | 'info'>,
    private readonly signer: CheckpointSigner | undefined,
    /** The clock of the database, which all replicas share. */
    private readonly now: (db: Asker) => Promise<string> = databaseTime,
  ) {}

  /** Makes the checkpoint of this minute, unless there is one. @returns it, if it was made here */
  async look(): Promise<Checkpoint | undefined> {
    const at = await this.now(this.dataSource.manager);
    const isThere = (newest: Checkpoint | undefined) =>
      newest?.kind === 'minute' && minuteOf(newest.at) === minuteOf(at) && !this.isShortened(newest);
    if (isThere(await newest(this.dataSource.manager))) {
      this.lookedAt = Date.now();
      return undefined;
    }
    return this.append(async (db, base) => {
      const unchained = await unchainedSince(db);
      return { ...base, kind: 'minute', heads: await grown(db), unchained };
    }, isThere);
  }

  /**
   * Whole days that are older: a signed checkpoint says what is dropped, and then it is.
   * @returns how many entries were deleted; `undefined`: this account may not, somebody else does
   */
  async expire(days: number): Promise<number | undefined> {
    const now = await this.now(this.dataSource.manager);
    const before = new Date(Math.floor((Date.parse(now) - days * DAY_MS) / DAY_MS) * DAY_MS).toISOString();
    const [old] = await this.dataSource.query(
      'SELECT seq, hash FROM f_wechat_auditcheckpoint WHERE at < ? ORDER BY seq DESC LIMIT 1',
      [new Date(before)],
    );
    const told = (await retentions(this.dataSource.manager)).at(-1);
    // Also without a checkpoint that is so old: entries without a chain may be.
    const through = { seq: Number(old?.seq ?? 0), hash: String(old?.hash ?? BEGINNING), before };
    if ((told?.through?.before ?? '') < before)
      await this.append(async (db, base) => ({ ...base, kind: 'retention', heads: await headsUpTo(db, through.seq), through }));
    try {
      return await this.drop();
    } catch (error) {
      if (!isDenied(error)) throw error;
      if (!this.saidDenied)
        this.logger.info(
          { event: 'audit.retention' },
          'This account may not delete: "wxplane audit retain" drops what is too old',
        );
      this.saidDenied = true;
      return undefined;
    }
  }

  /** Deletes what the last checkpoint of a retention says, and entries without a chain that are as old. @returns how many */
  async drop(): Promise<number> {
    const told = (await retentions(this.dataSource.manager)).at(-1);
    if (!told?.through) return 0;
    let count = await deleteInBites(this.dataSource, 'f_wechat_accesslog WHERE writer IS NULL AND at < ?', [
      new Date(told.through.before),
    ]);
    for (const [writer, , to] of told.heads) {
      count += await deleteInBites(this.dataSource, 'f_wechat_accesslog WHERE writer = ? AND seq <= ?', [writer, to]);
      const [more] = await this.dataSource.query('SELECT 1 FROM f_wechat_accesslog WHERE writer = ? LIMIT 1', [writer]);
      // How far a chain that goes on has come must stay known.
      await deleteInBites(this.dataSource, `f_wechat_audithead WHERE writer = ? AND to_seq ${more ? '<' : '<='} ?`, [writer, to]);
    }
    await deleteInBites(this.dataSource, 'f_wechat_auditcheckpoint WHERE seq <= ?', [told.through.seq]);
    return count;
  }

  private isShortened(newest: Checkpoint | undefined): boolean {
    if (this.last === undefined) return false;
    return newest === undefined || newest.seq < this.last.seq || (newest.seq === this.last.seq && newest.hash !== this.last.hash);
  }

  /** @param unless whether the newest one makes it needless: another replica may have been quicker since it was looked at */
  private async append(
    fill: (db: Asker, base: Pick<CheckpointDocument, 'v' | 'seq' | 'at' | 'prev'>) => Promise<CheckpointDocument>,
    unless: (newest: Checkpoint | undefined) => boolean = () => false,
  ): Promise<Checkpoint | undefined> {
    try {
      return await inTransaction(this.dataSource, async (db) => {
        const stored = await newest(db);
        if (unless(stored)) return undefined;
        const shortened = this.isShortened(stored);
        if (shortened)
          this.logger.error(
            { event: 'audit.checkpoints-lost', known: this.last?.seq, stored: stored?.seq ?? 0 },
            'Checkpoints of the audit log that were written are not there any more, or are others: somebody changed the table',
          );
        const before = shortened ? this.last : stored;
        const base = { v: 1, seq: (before?.seq ?? 0) + 1, at: await this.now(db), prev: before?.hash ?? BEGINNING } as const;
        const checkpoint = makeCheckpoint(await fill(db, base), this.signer);
        await insert(db, checkpoint);
        return checkpoint;
      }).then((checkpoint) => {
        if (checkpoint) this.last = checkpoint;
        return checkpoint;
      });
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }
}

const minuteOf = (at: string): number => Math.floor(Date.parse(at) / MINUTE_MS);

async function databaseTime(db: Asker): Promise<string> {
  const [{ now }] = await db.query('SELECT UTC_TIMESTAMP(3) AS now');
  return new Date(now).toISOString();
}

export const toCheckpoint = (row: Readonly<Record<string, unknown>>): Checkpoint => ({
  seq: Number(row['seq']),
  at: new Date(row['at'] as Date).toISOString(),
  kind: row['kind'] as Checkpoint['kind'],
  document: String(row['document']),
  hash: String(row['hash']),
  key_id: (row['key_id'] as string | null) ?? null,
  signature: (row['signature'] as string | null) ?? null,
});

async function newest(db: Asker): Promise<Checkpoint | undefined> {
  const [row] = await db.query('SELECT * FROM f_wechat_auditcheckpoint ORDER BY seq DESC LIMIT 1');
  return row && toCheckpoint(row);
}

async function retentions(db: Asker): Promise<CheckpointDocument[]> {
  const rows: { document: string }[] = await db.query(
    "SELECT document FROM f_wechat_auditcheckpoint WHERE kind = 'retention' ORDER BY seq",
  );
  return rows.map(({ document }) => JSON.parse(document) as CheckpointDocument);
}

/** The chains that have grown since they were seen last. */
async function grown(db: Asker): Promise<Head[]> {
  const rows: { writer: string; seen: string | null; to_seq: string; hash: string }[] = await db.query(
    `SELECT a.writer, h.to_seq AS seen, a.to_seq, l.hash
       FROM (SELECT writer, MAX(seq) AS to_seq FROM f_wechat_accesslog WHERE writer > '' GROUP BY writer) a
       JOIN f_wechat_accesslog l ON l.writer = a.writer AND l.seq = a.to_seq
       LEFT JOIN (SELECT writer, MAX(to_seq) AS to_seq FROM f_wechat_audithead GROUP BY writer) h ON h.writer = a.writer
      WHERE h.to_seq IS NULL OR h.to_seq < a.to_seq
      ORDER BY a.writer`,
  );
  return rows.map(({ writer, seen, to_seq, hash }) => [writer, Number(seen ?? 0) + 1, Number(to_seq), hash]);
}

async function headsUpTo(db: Asker, seq: number): Promise<Head[]> {
  const rows: { writer: string; to_seq: string; hash: string }[] = await db.query(
    `SELECT h.writer, h.to_seq, h.hash FROM f_wechat_audithead h
       JOIN (SELECT writer, MAX(to_seq) AS to_seq FROM f_wechat_audithead WHERE checkpoint_seq <= ? GROUP BY writer) m
         ON m.writer = h.writer AND m.to_seq = h.to_seq
      ORDER BY h.writer`,
    [seq],
  );
  return rows.map(({ writer, to_seq, hash }) => [writer, 1, Number(to_seq), hash]);
}

async function unchainedSince(db: Asker): Promise<NonNullable<CheckpointDocument['unchained']>> {
  const [row] = await db.query("SELECT document FROM f_wechat_auditcheckpoint WHERE kind = 'minute' ORDER BY seq DESC LIMIT 1");
  const before = row && (JSON.parse(row.document) as CheckpointDocument).unchained;
  const from = before?.through ?? '0';
  const through = before?.seen ?? '0';
  const [{ count }] = await db.query(
    'SELECT COUNT(*) AS count FROM f_wechat_accesslog WHERE writer IS NULL AND accesslog_id > ? AND accesslog_id <= ?',
    [from, through],
  );
  const [{ seen }] = await db.query('SELECT COALESCE(MAX(accesslog_id), 0) AS seen FROM f_wechat_accesslog');
  return { from, through, count: Number(count), seen: String(seen) };
}

async function insert(db: Asker, checkpoint: Checkpoint): Promise<void> {
  const { seq, at, kind, document, hash, key_id, signature } = checkpoint;
  await db.query(
    'INSERT INTO f_wechat_auditcheckpoint (seq, at, kind, document, hash, key_id, signature) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [seq, new Date(at), kind, document, hash, key_id, signature],
  );
  if (kind === 'retention') return;
  const { heads } = JSON.parse(document) as CheckpointDocument;
  for (const [writer, , to, head] of heads)
    await db.query('INSERT INTO f_wechat_audithead (writer, to_seq, hash, checkpoint_seq) VALUES (?, ?, ?, ?)', [
      writer,
      to,
      head,
      seq,
    ]);
}
