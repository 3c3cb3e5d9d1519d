import type { DataSource } from 'typeorm';
import { changed } from './errors.js';
import type { SecretBox } from './secret-box.js';

/** Every column that holds ciphertext, with the purpose it is sealed for. A new one belongs here. */
export const SEALED_COLUMNS = [
  { table: 'f_wechat_verifyticket', id: 'ticket_id', column: 'component_verify_ticket', purpose: 'verifyticket' },
  { table: 'f_wechat_refreshtoken', id: 'refresh_id', column: 'authorizer_refresh_token', purpose: 'refreshtoken' },
  { table: 'f_wechat_refreshtoken', id: 'refresh_id', column: 'previous_refresh_token', purpose: 'refreshtoken' },
  { table: 'f_wechat_accesstoken', id: 'token_id', column: 'access_token', purpose: 'accesstoken' },
  { table: 'f_wechat_authorizationlink', id: 'link_id', column: 'return_secret', purpose: 'returnsecret' },
  { table: 'f_wechat_subscription', id: 'subscription_id', column: 'secret', purpose: 'subscription' },
  { table: 'f_wechat_subscription', id: 'subscription_id', column: 'previous_secret', purpose: 'subscription' },
  { table: 'f_wechat_event', id: 'event_id', column: 'payload', purpose: 'event' },
] as const;

const TEXT_IDS: ReadonlySet<string> = new Set(['link_id', 'subscription_id']);

export interface ReencryptProgress {
  readonly table: string;
  readonly column: string;
  /** Rows written under the newest key so far. */
  readonly rewritten: number;
  /** Rows that were found under another key, or in plain text, when this column was begun. */
  readonly total: number;
  /** Rows whose key is not configured any more: they stay as they are. */
  readonly unreadable: number;
}

export interface ReencryptOptions {
  /** Rows per step. Default 200. */
  readonly batch?: number;
  /** Pause between steps, so that the apps are not slowed down. Default 20 ms. */
  readonly pauseMs?: number;
  readonly onProgress?: (progress: ReencryptProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Brings every stored secret under the newest key, while the apps run. What is done is seen from the rows themselves, so a run that
 * was stopped goes on where it was, and two runs at once do no harm. A row that changes meanwhile keeps its change.
 *
 * @returns one entry per column; when all `unreadable` are 0 and this returns, the former keys are no longer needed
 */
export async function reencrypt(
  dataSource: DataSource,
  box: SecretBox,
  { batch = 200, pauseMs = 20, onProgress, signal }: ReencryptOptions = {},
): Promise<ReencryptProgress[]> {
  const done: ReencryptProgress[] = [];
  const current = `enc:v1:${box.currentKeyId}:`;
  for (const { table, id, column, purpose } of SEALED_COLUMNS) {
    const stale = `\`${column}\` IS NOT NULL AND \`${column}\` <> '' AND LEFT(\`${column}\`, ${current.length}) <> ?`;
    const [count] = await dataSource.query(`SELECT COUNT(*) AS n FROM \`${table}\` WHERE ${stale}`, [current]);
    let progress: ReencryptProgress = { table, column, rewritten: 0, total: Number(count.n), unreadable: 0 };
    let after: string | number = TEXT_IDS.has(id) ? '' : 0;
    for (;;) {
      signal?.throwIfAborted();
      const rows: { id: string | number; stored: string }[] = await dataSource.query(
        `SELECT \`${id}\` AS id, \`${column}\` AS stored FROM \`${table}\` WHERE ${stale} AND \`${id}\` > ? ORDER BY \`${id}\` LIMIT ${batch}`,
        [current, after],
      );
      if (rows.length === 0) break;
      for (const { id: key, stored } of rows) {
        after = key;
        let fresh: string;
        try {
          fresh = box.seal(box.open(stored, purpose), purpose);
        } catch {
          progress = { ...progress, unreadable: progress.unreadable + 1 };
          continue;
        }
        // BINARY: a collation that takes `a` for `A` would take another ciphertext for this one.
        const result = await dataSource.query(
          `UPDATE \`${table}\` SET \`${column}\` = ? WHERE \`${id}\` = ? AND BINARY \`${column}\` = ?`,
          [fresh, key, stored],
        );
        if (changed(result)) progress = { ...progress, rewritten: progress.rewritten + 1 };
      }
      onProgress?.(progress);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    done.push(progress);
    onProgress?.(progress);
  }
  return done;
}
