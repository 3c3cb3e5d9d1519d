import type { EntityManager } from 'typeorm';
import { chainedRow, INTO_ACCESSLOG } from '#base';
import { operator } from './operator.js';

/**
 * As the apps do it for their routes.
 * @param componentAppid which component it was about
 * @throws CliError wrong use, when nobody says who he is
 */
export async function audit(
  db: Pick<EntityManager, 'query'>,
  action: string,
  subject: string,
  times = 1,
  componentAppid?: string,
): Promise<void> {
  const row = chainedRow('cli', { action, subject, componentAppid, outcome: 'ok', actor: operator() }, times);
  await db.query(`INSERT INTO f_wechat_accesslog (${INTO_ACCESSLOG}) VALUES (${row.map(() => '?').join(', ')})`, row);
}
