import type { EntityManager } from 'typeorm';
import { AccessLogEntity } from '#persistence';
import { operator } from './operator.js';

/** As the apps do it for their routes. @throws CliError wrong use, when nobody says who he is */
export async function audit(db: EntityManager, action: string, subject: string, times = 1): Promise<void> {
  await db
    .getRepository(AccessLogEntity)
    .insert({ at: new Date(), app: 'cli', action, subject, outcome: 'ok', times, ...operator() });
}
