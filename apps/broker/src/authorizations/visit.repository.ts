import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuthorizationLinkEntity, deleteInBites, inTransaction, PreAuthCodeEntity } from '#persistence';

/** After so many refused codes a visit is closed: WeChat sends each browser back with one, and that one is good. */
const MOST_REFUSED = 3;

export const isClosed = (visit: Pick<PreAuthCodeEntity, 'refused'>): boolean => visit.refused >= MOST_REFUSED;

/** Whether this is the browser that opened the page; a visit that a release before this rule made is anybody's. */
export const isVisitOf = (visit: Pick<PreAuthCodeEntity, 'browserHash'>, browserId: string | undefined): boolean =>
  visit.browserHash === null || (browserId !== undefined && visit.browserHash === hash(browserId));

/** Longer than an exchange takes; a process that was killed in the middle gives its use back after that. */
const HELD_S = 60;
/** WeChat sends the browser back at once. Whoever comes later with a visit's address is not that browser. */
const RETURN_WITHIN_S = 600;
/** A reload, or the browser's own repetition, gets the same return for so long. */
const RETURN_AGAIN_S = 120;

/**
 * `held`: one use of the link is this visit's · `counted`: its grant has come already, by the push or another of the browser's requests ·
 * `busy`: other visits hold what is left of it; they may still fail · else why the link can authorize nobody any more.
 */
export type Hold = 'held' | 'counted' | 'busy' | 'revoked' | 'expired' | 'used';

/** A link ends with the client that made it: nobody is left who may send merchants, or get them back with our signature. */
const CLIENT_ENDED = `EXISTS (SELECT 1 FROM f_wechat_client AS client WHERE client.client_id = link.client_id
          AND (client.revoked_at IS NOT NULL OR client.expires_at <= UTC_TIMESTAMP(3)))`;

export type LinkNow = AuthorizationLinkEntity & {
  /** It was revoked, or its client was, or that one's time is over. */
  readonly isWithdrawn: boolean;
};

/** `f_wechat_preauthcode`: visits of launch pages. Holds a hash of the pre-auth code, never the code. */
@Injectable()
export class VisitRepository {
  constructor(private readonly dataSource: DataSource) {}

  static newId(): string {
    return randomBytes(16).toString('hex');
  }

  async create(visit: {
    readonly visitId: string;
    readonly preAuthCode: string;
    readonly componentAppid: string;
    readonly linkId: string;
    readonly expiresInS: number;
    /** Whose visit it is: see `browserIdOf`. */
    readonly browserId: string;
  }): Promise<void> {
    const now = Date.now();
    await this.dataSource.getRepository(PreAuthCodeEntity).insert({
      preAuthCodeHash: hash(visit.preAuthCode),
      visitId: visit.visitId,
      componentAppid: visit.componentAppid,
      linkId: visit.linkId,
      createdAt: new Date(now),
      expiresAt: new Date(now + visit.expiresInS * 1_000),
      browserHash: hash(visit.browserId),
    });
  }

  /** Deletes visits that ended more than so many days ago. */
  async expire(days: number): Promise<void> {
    await deleteInBites(this.dataSource, 'f_wechat_preauthcode WHERE expires_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY', [days]);
  }

  byId(visitId: string): Promise<PreAuthCodeEntity | null> {
    return this.dataSource.getRepository(PreAuthCodeEntity).findOneBy({ visitId });
  }

  /** The push names the pre-auth code that the link was made with. */
  byPreAuthCode(componentAppid: string, preAuthCode: string): Promise<PreAuthCodeEntity | null> {
    return this.dataSource.getRepository(PreAuthCodeEntity).findOneBy({ preAuthCodeHash: hash(preAuthCode), componentAppid });
  }

  /**
   * Keeps one use of the link for a visit, before its code is exchanged: of many that return at the same moment only as many go on as the
   * link allows. The link's row is locked, so they are counted one after the other.
   */
  hold(visitId: string): Promise<Hold> {
    return inTransaction(
      this.dataSource,
      async (manager) => {
        const [visit] = await manager.query(
          'SELECT link_id, used_at IS NOT NULL AS counted FROM f_wechat_preauthcode WHERE visit_id = ? FOR UPDATE',
          [visitId],
        );
        // Before the link is asked: its last use may be this visit's own.
        if (Number(visit?.counted) === 1) return 'counted';
        const [link] = await manager.query(
          `SELECT uses, max_uses, revoked_at IS NOT NULL OR ${CLIENT_ENDED} AS revoked, expires_at <= UTC_TIMESTAMP(3) AS expired
             FROM f_wechat_authorizationlink AS link WHERE link_id = ? FOR UPDATE`,
          [visit?.link_id],
        );
        if (!link || Number(link.revoked) === 1) return 'revoked';
        if (Number(link.expired) === 1) return 'expired';
        if (Number(link.uses) >= Number(link.max_uses)) return 'used';
        const [others] = await manager.query(
          `SELECT COUNT(*) AS held FROM f_wechat_preauthcode
            WHERE link_id = ? AND held_until > UTC_TIMESTAMP(3) AND used_at IS NULL AND visit_id <> ?`,
          [visit.link_id, visitId],
        );
        if (Number(link.uses) + Number(others.held) >= Number(link.max_uses)) return 'busy';
        await manager.query(
          `UPDATE f_wechat_preauthcode SET held_until = UTC_TIMESTAMP(3) + INTERVAL ${HELD_S} SECOND WHERE visit_id = ?`,
          [visitId],
        );
        return 'held';
      },
      { isolation: 'READ COMMITTED', idempotent: true },
    );
  }

  /** The visit came to nothing: its use of the link is free for others. */
  async letGo(visitId: string): Promise<void> {
    await this.dataSource.query('UPDATE f_wechat_preauthcode SET held_until = NULL WHERE visit_id = ? AND used_at IS NULL', [
      visitId,
    ]);
  }

  /**
   * The visit led to an authorization: it counts once, whichever delivery came first; not beyond what the link allows, and not for another
   * account than the link is for. Whether it did stands in the visit's row.
   */
  async complete(manager: EntityManager, visitId: string, authorizerAppid: string): Promise<void> {
    await manager.query(
      `UPDATE f_wechat_preauthcode AS visit JOIN f_wechat_authorizationlink AS link ON link.link_id = visit.link_id
          SET link.uses = link.uses + 1, visit.used_at = UTC_TIMESTAMP(3), visit.authorizer_appid = ?
        WHERE visit.visit_id = ? AND visit.used_at IS NULL
          AND link.uses < link.max_uses AND link.revoked_at IS NULL AND NOT ${CLIENT_ENDED} AND (link.biz_appid IS NULL OR link.biz_appid = ?)`,
      [authorizerAppid, visitId, authorizerAppid],
    );
  }

  /**
   * The browser goes on to the client, once.
   * @returns when it first did, Unix seconds, also for a repetition soon after; `undefined`: too late for either
   */
  async returned(visitId: string): Promise<number | undefined> {
    await this.dataSource.query(
      `UPDATE f_wechat_preauthcode SET returned_at = UTC_TIMESTAMP(3)
        WHERE visit_id = ? AND returned_at IS NULL AND used_at > UTC_TIMESTAMP(3) - INTERVAL ${RETURN_WITHIN_S} SECOND`,
      [visitId],
    );
    const [row] = await this.dataSource.query(
      `SELECT TIMESTAMPDIFF(SECOND, '1970-01-01', returned_at) AS at FROM f_wechat_preauthcode
        WHERE visit_id = ? AND returned_at > UTC_TIMESTAMP(3) - INTERVAL ${RETURN_AGAIN_S} SECOND`,
      [visitId],
    );
    return row && Number(row.at);
  }

  /** A code that came with this visit was refused by WeChat. */
  async refused(visitId: string): Promise<void> {
    await this.dataSource.query('UPDATE f_wechat_preauthcode SET refused = LEAST(refused + 1, 255) WHERE visit_id = ?', [
      visitId,
    ]);
  }

  async link(linkId: string): Promise<LinkNow | null> {
    const link = await this.dataSource.getRepository(AuthorizationLinkEntity).findOneBy({ linkId });
    if (!link) return null;
    const [client] = await this.dataSource.query(
      `SELECT ${CLIENT_ENDED} AS ended FROM f_wechat_authorizationlink AS link WHERE link_id = ?`,
      [linkId],
    );
    return { ...link, isWithdrawn: link.revokedAt !== null || Number(client?.ended) === 1 };
  }
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
