import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { type Finding, fail, ok } from './finding.js';

const AREA = 'database';
/** Nobody's: no client has such an id. */
const CLIENT = 'doctor';
/** What a mode, a character set or a proxy between would change on its way. */
const TEXT = `it's "quoted", C:\\path\\n, 中文 🎉, trailing blank `;

/** A row goes in and comes back: by itself and in a transaction, read on another connection than the one that wrote it. Then it is gone. */
export async function checkRoundTrip(db: DataSource): Promise<Finding> {
  const [alone, together] = [randomUUID(), randomUUID()];
  const writer = db.createQueryRunner();
  const reader = db.createQueryRunner();
  try {
    await write(writer.manager, alone);
    await writer.startTransaction();
    await write(writer.manager, together);
    if ((await read(reader.manager, together)) !== undefined)
      return fail(
        AREA,
        'a transaction is not one: others see a row before it is committed',
        'Is a table not InnoDB? Does a proxy end transactions?',
      );
    await writer.commitTransaction();
    for (const key of [alone, together]) {
      const found = await read(reader.manager, key);
      if (found === undefined)
        return fail(
          AREA,
          'a row that was written is not there on another connection',
          'DATABASE_URL leads to a splitter of reads and writes, or to a replica: use the primary’s own address.',
        );
      if (found !== TEXT)
        return fail(AREA, 'a text comes back as another one', 'Look at the character set, sql_mode, and at proxies between.');
    }
    return ok(AREA, 'a row was written, committed and read back');
  } catch (error) {
    return fail(
      AREA,
      `no row can be written: ${(error as Error).message.slice(0, 200)}`,
      'Is this the primary, and may this account write?',
    );
  } finally {
    if (writer.isTransactionActive) await writer.rollbackTransaction().catch(() => {});
    // Its own alone: another doctor may be at work.
    await writer
      .query('DELETE FROM f_wechat_idempotency WHERE client_id = ? AND idempotency_key IN (?, ?)', [CLIENT, alone, together])
      .catch(() => {});
    await Promise.all([writer.release(), reader.release()]);
  }
}

const write = (manager: EntityManager, key: string) =>
  manager.query(
    `INSERT INTO f_wechat_idempotency (client_id, idempotency_key, request_hash, status, response, created_at)
     VALUES (?, ?, '', 200, ?, UTC_TIMESTAMP(3))`,
    [CLIENT, key, TEXT],
  );

async function read(manager: EntityManager, key: string): Promise<string | undefined> {
  const [row] = await manager.query('SELECT response FROM f_wechat_idempotency WHERE client_id = ? AND idempotency_key = ?', [
    CLIENT,
    key,
  ]);
  return row?.response;
}
