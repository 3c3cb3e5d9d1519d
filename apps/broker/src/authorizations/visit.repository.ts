import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuthorizationLinkEntity, PreAuthCodeEntity } from '#persistence';

/** After so many refused codes a visit is closed: WeChat sends each browser back with one, and that one is good. */
const MOST_REFUSED = 3;

export const isClosed = (visit: Pick<PreAuthCodeEntity, 'refused'>): boolean => visit.refused >= MOST_REFUSED;

/** Other visits have used the link up: this one was opened before they ended, and may not authorize any more. */
export const isTooMany = (
  visit: Pick<PreAuthCodeEntity, 'usedAt'>,
  link: Pick<AuthorizationLinkEntity, 'uses' | 'maxUses'>,
): boolean => visit.usedAt === null && link.uses >= link.maxUses;

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
  }): Promise<void> {
    const now = Date.now();
    await this.dataSource.getRepository(PreAuthCodeEntity).insert({
      preAuthCodeHash: hash(visit.preAuthCode),
      visitId: visit.visitId,
      componentAppid: visit.componentAppid,
      linkId: visit.linkId,
      createdAt: new Date(now),
      expiresAt: new Date(now + visit.expiresInS * 1_000),
    });
  }

  byId(visitId: string): Promise<PreAuthCodeEntity | null> {
    return this.dataSource.getRepository(PreAuthCodeEntity).findOneBy({ visitId });
  }

  /** The push names the pre-auth code that the link was made with. */
  byPreAuthCode(componentAppid: string, preAuthCode: string): Promise<PreAuthCodeEntity | null> {
    return this.dataSource.getRepository(PreAuthCodeEntity).findOneBy({ preAuthCodeHash: hash(preAuthCode), componentAppid });
  }

  /** The visit led to an authorization: it counts once, whichever delivery came first. */
  async complete(manager: EntityManager, visitId: string, authorizerAppid: string): Promise<void> {
    const done = await manager.query(
      'UPDATE f_wechat_preauthcode SET used_at = UTC_TIMESTAMP(3), authorizer_appid = ? WHERE visit_id = ? AND used_at IS NULL',
      [authorizerAppid, visitId],
    );
    if (Number(done.affectedRows) !== 1) return;
    await manager.query(
      'UPDATE f_wechat_authorizationlink SET uses = uses + 1 WHERE link_id = (SELECT link_id FROM f_wechat_preauthcode WHERE visit_id = ?)',
      [visitId],
    );
  }

  /** A code that came with this visit was refused by WeChat. */
  async refused(visitId: string): Promise<void> {
    await this.dataSource.query('UPDATE f_wechat_preauthcode SET refused = LEAST(refused + 1, 255) WHERE visit_id = ?', [
      visitId,
    ]);
  }

  link(linkId: string): Promise<AuthorizationLinkEntity | null> {
    return this.dataSource.getRepository(AuthorizationLinkEntity).findOneBy({ linkId });
  }
}

const hash = (preAuthCode: string) => createHash('sha256').update(preAuthCode).digest('hex');
