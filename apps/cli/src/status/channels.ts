import type { DataSource } from 'typeorm';
import { counted, localTime } from '../shell/output.js';

/** A channel that people are not told by. */
export interface MuteChannel {
  readonly channel_id: string;
  readonly component_appid: string;
  readonly name: string;
  /** Messages that were tried for the last time. */
  readonly failed: number;
  /** `null`: the last message arrived. */
  readonly failing_since: string | null;
  readonly last_error: string | null;
}

const MOST = 20;

export async function readMuteChannels(db: DataSource): Promise<MuteChannel[]> {
  const rows = (await db.query(
    `SELECT c.channel_id AS id, c.component_appid AS component, c.name, c.failing_since AS since, c.last_error AS error,
            (SELECT COUNT(*) FROM f_wechat_notice n WHERE n.channel_id = c.channel_id AND n.state = 'failed') AS failed
       FROM f_wechat_channel c WHERE c.state = 'enabled' HAVING since IS NOT NULL OR failed > 0 ORDER BY c.channel_id LIMIT ${MOST}`,
  )) as { id: string; component: string; name: string; since: Date | null; error: string | null; failed: string }[];
  return rows.map((row) => ({
    channel_id: row.id,
    component_appid: row.component,
    name: row.name,
    failed: Number(row.failed),
    failing_since: row.since?.toISOString() ?? null,
    last_error: row.error,
  }));
}

/** What somebody must do about it. */
export function channelProblem({ channel_id, name, failed, failing_since, last_error }: MuteChannel): string {
  const given = failed > 0 ? `, ${counted(failed, 'message')} given up` : '';
  const state = failing_since ? ` tells nobody anything since ${localTime(failing_since)} (${last_error})` : ' works again';
  const then = failed > 0 ? `, then wxplane channels retry ${channel_id}` : '';
  return `channel ${name}${state}${given}: wxplane channels test ${channel_id}${then}`;
}
