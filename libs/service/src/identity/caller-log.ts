import { hash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { CallerEntity, MiniProgramEntity } from '#persistence';
import type { Logger } from '../log/logger.js';
import type { Actor } from './caller.js';
import type { KnownPrincipal } from './token-callers.js';

const HOUR_MS = 3_600_000;
const MOST = 10_000;

/** A token from before the one that is known: it may name a group that was taken from him since. */
const IS_OLDER =
  "COALESCE(CAST(JSON_EXTRACT(VALUES(known), '$.issued_at') AS UNSIGNED) < CAST(JSON_EXTRACT(known, '$.issued_at') AS UNSIGNED), FALSE)";

/** What is kept of a caller: who it is, what its bindings are told by, and in which hour it was last here. */
export class CallerLog {
  /** What of whom is written, or about to be: the hour, and what his last token said. */
  private noted = new Map<string, string>();
  private readonly writing = new Map<string, Promise<void>>();

  constructor(
    private readonly dataSource: Pick<DataSource, 'getRepository' | 'query'>,
    private readonly logger: Logger | undefined,
  ) {}

  /** Behind the request: once an hour for each caller, and for each token of somebody, which may say that he lost a group. */
  note(actor: Actor, principal?: KnownPrincipal): void {
    const hour = Math.floor(Date.now() / HOUR_MS);
    const known = principal && knownOf(principal);
    const what = `${hour} ${known ? hash('sha256', known) : ''}`;
    if (this.noted.get(actor.id) === what) return;
    if (this.noted.size >= MOST) this.noted = new Map();
    this.noted.set(actor.id, what);
    const writing: Promise<void> = this.write(actor, known, new Date(hour * HOUR_MS))
      .catch((error: unknown) => {
        // The next request tries again.
        this.noted.delete(actor.id);
        this.logger?.debug({ event: 'callers.not-written', err: error }, 'When a caller was last here was not written');
      })
      .finally(() => {
        if (this.writing.get(actor.id) === writing) this.writing.delete(actor.id);
      });
    this.writing.set(actor.id, writing);
  }

  /** @returns `undefined`: nobody with that id was ever here */
  async find(callerId: string): Promise<KnownPrincipal | undefined> {
    // Whoever is here for the first time is asked about in the same request.
    await this.writing.get(callerId);
    const row = await this.dataSource.getRepository(CallerEntity).findOneBy({ callerId });
    if (!row?.issuer || !row.subject) return undefined;
    const { groups, mfa, issued_at: issuedAt = 0 } = row.known ?? { groups: [], mfa: false };
    const { issuer, subject, name, personId } = row;
    return { issuer, subject, name, personId: personId ?? undefined, groups, mfa, issuedAt };
  }

  private async write(actor: Actor, known: string | undefined, lastUsedAt: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO f_wechat_caller (caller_id, kind, name, issuer, subject, person_id, known, last_used_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE name = VALUES(name), person_id = VALUES(person_id), known = IF(${IS_OLDER}, known, VALUES(known)),
         last_used_at = GREATEST(last_used_at, VALUES(last_used_at))`,
      [
        actor.id,
        actor.kind,
        actor.name,
        actor.issuer ?? null,
        actor.subject ?? null,
        actor.personId ?? null,
        known ?? null,
        lastUsedAt,
      ],
    );
  }
}

const knownOf = ({ groups, mfa, issuedAt }: KnownPrincipal): string => JSON.stringify({ groups, mfa, issued_at: issuedAt });

/** The mini programs that have one of these tags, in one of these components; `undefined`: in any. */
export async function merchantsWith(
  dataSource: Pick<DataSource, 'getRepository'>,
  tags: readonly string[],
  components: readonly string[] | undefined,
): Promise<ReadonlySet<string>> {
  const query = dataSource
    .getRepository(MiniProgramEntity)
    .createQueryBuilder('m')
    .select('m.authorizerAppid', 'appid')
    .where(`(${tags.map((_, index) => `JSON_CONTAINS(m.tags, JSON_QUOTE(:tag${index}))`).join(' OR ')})`)
    .setParameters(Object.fromEntries(tags.map((tag, index) => [`tag${index}`, tag])));
  if (components) query.andWhere('m.componentAppid IN (:...components)', { components });
  const rows = await query.getRawMany<{ appid: string }>();
  return new Set(rows.map(({ appid }) => appid));
}
