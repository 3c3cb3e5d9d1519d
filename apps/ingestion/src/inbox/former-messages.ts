import type { EntityManager } from 'typeorm';
import { BINDINGS, type SecretBox, SecretUnreadableError } from '#persistence';
import { dedupeKey, parseEvent, XmlRefusedError } from '#wechat';
import type { InboxEntry } from './inbox-entry.js';

/**
 * Leaves out messages that the release before took under its own key. WeChat repeats a message within fifteen seconds, and in the middle of
 * a roll-out the repetition may come to this release: it must not become a second event. What has the former key and is another user's
 * message stays.
 */
export async function withoutFormer(
  manager: EntityManager,
  secrets: SecretBox,
  entries: readonly InboxEntry[],
): Promise<readonly InboxEntry[]> {
  const asked = entries.filter((entry) => entry.formerKey !== undefined);
  if (asked.length === 0) return entries;
  const rows: FormerRow[] = await manager.query(
    `SELECT component_appid, authorizer_appid, dedupe_key, payload FROM f_wechat_event
      WHERE ${asked.map(() => '(component_appid = ? AND dedupe_key = ?)').join(' OR ')}`,
    asked.flatMap((entry) => [entry.componentAppid, entry.formerKey]),
  );
  if (rows.length === 0) return entries;
  const taken = new Set(rows.map((row) => `${row.component_appid} ${row.dedupe_key} ${presentKey(secrets, row)}`));
  return entries.filter((entry) => !taken.has(`${entry.componentAppid} ${entry.formerKey} ${entry.dedupeKey}`));
}

interface FormerRow {
  readonly component_appid: string;
  readonly authorizer_appid: string | null;
  readonly dedupe_key: string;
  readonly payload: string;
}

/** The key that this release gives to what the row holds; `undefined`: it cannot be read, and nothing is said to be the same. */
function presentKey(secrets: SecretBox, row: FormerRow): string | undefined {
  try {
    const xml = secrets.open(row.payload, BINDINGS.event(row.component_appid, row.dedupe_key));
    const { component_appid: componentAppid, authorizer_appid: authorizerAppid } = row;
    return dedupeKey(parseEvent(xml), xml, { componentAppid, ...(authorizerAppid === null ? {} : { authorizerAppid }) });
  } catch (error) {
    if (error instanceof XmlRefusedError || error instanceof SecretUnreadableError) return undefined;
    throw error;
  }
}
