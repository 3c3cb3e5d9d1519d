import type { EntityManager } from 'typeorm';
import { AccessLogEntity } from '#persistence';

/** As the apps do it for their routes. Who has the database has no client of his own. */
export async function audit(db: EntityManager, action: string, subject: string, times = 1): Promise<void> {
  await db.getRepository(AccessLogEntity).insert({ at: new Date(), app: 'cli', action, subject, outcome: 'ok', times });
}
