import type { DataSource } from 'typeorm';
import { CallerEntity, MiniProgramEntity } from '#persistence';
import type { Logger } from '../log/logger.js';
import type { Actor } from './caller.js';
import type { KnownPrincipal } from './token-callers.js';

const HOUR_MS = 3_600_000;
const MOST = 10_000;

/** What is kept of a caller: who it is, what its bindings are told by, and in which hour it was last here. */
export class CallerLog {
  /** The hour that is written, or about to be. */
  private hours = new Map<string, number>();

  constructor(
    private readonly dataSource: Pick<DataSource, 'getRepository' | 'query'>,
    private readonly logger: Logger | undefined,
  ) {}

  /** Behind the request, once an hour for each caller. */
  note(actor: Actor, principal?: KnownPrincipal): void {
    const hour = Math.floor(Date.now() / HOUR_MS);
    if (this.hours.get(actor.id) === hour) return;
    if (this.hours.size >= MOST) this.hours = new Map();
    this.hours.set(actor.id, hour);
    this.write(actor, principal, new Date(hour * HOUR_MS)).catch((error: unknown) => {
      // The next request tries again.
      this.hours.delete(actor.id);
      this.logger?.debug({ event: 'callers.not-written', err: error }, 'When a caller was last here was not written');
    });
  }

  /** @returns `undefined`: nobody with that id was ever here */
  async find(callerId: string): Promise<KnownPrincipal | undefined> {
    const row = await this.dataSource.getRepository(CallerEntity).findOneBy({ callerId });
    if (!row?.issuer || !row.subject) return undefined;
    const { groups, mfa } = row.known ?? { groups: [], mfa: false };
    return { issuer: row.issuer, subject: row.subject, name: row.name, personId: row.personId ?? undefined, groups, mfa };
  }

  private async write(actor: Actor, principal: KnownPrincipal | undefined, lastUsedAt: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO f_wechat_caller (caller_id, kind, name, issuer, subject, person_id, known, last_used_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE name = VALUES(name), person_id = VALUES(person_id), known = VALUES(known),
         last_used_at = GREATEST(last_used_at, VALUES(last_used_at))`,
      [
        actor.id,
        actor.kind,
        actor.name,
        actor.issuer ?? null,
        actor.subject ?? null,
        actor.personId ?? null,
        principal ? JSON.stringify({ groups: principal.groups, mfa: principal.mfa }) : null,
        lastUsedAt,
      ],
    );
  }
}

/** The mini programs that have one of these tags. */
export async function merchantsWith(
  dataSource: Pick<DataSource, 'getRepository'>,
  tags: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await dataSource
    .getRepository(MiniProgramEntity)
    .createQueryBuilder('m')
    .select('m.authorizerAppid', 'appid')
    .where(tags.map((_, index) => `JSON_CONTAINS(m.tags, JSON_QUOTE(:tag${index}))`).join(' OR '))
    .setParameters(Object.fromEntries(tags.map((tag, index) => [`tag${index}`, tag])))
    .getRawMany<{ appid: string }>();
  return new Set(rows.map(({ appid }) => appid));
}
