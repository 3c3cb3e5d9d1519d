import { Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { OrderPathEntity, type OrderPathState } from '#persistence';

/** What WeChat said of one mini program's path. */
export interface ToldOrderPath {
  readonly authorizerAppid: string;
  readonly state: OrderPathState;
  readonly auditId?: string | undefined;
  readonly reason?: string | undefined;
}

/** States in which it was sent and nobody has told what became of it. */
const UNTOLD: readonly OrderPathState[] = ['asked', 'unclear', 'busy'];
/** Of a reason, in characters. */
const LONGEST_REASON = 1_024;

/** The newest order centre path of each mini program. */
@Injectable()
export class OrderPathRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Before WeChat is asked. */
  async ask(componentAppid: string, appids: readonly string[], path: string, clientId: string): Promise<void> {
    const now = new Date();
    const told = { auditId: null, reason: null, toldAt: null };
    await this.rows.upsert(
      appids.map((authorizerAppid) => ({
        ...{ componentAppid, authorizerAppid, path, state: 'asked' as const, clientId, askedAt: now, updatedAt: now },
        ...told,
      })),
      ['componentAppid', 'authorizerAppid'],
    );
  }

  /** WeChat did not take the batch, or that is not known. */
  async ended(componentAppid: string, appids: readonly string[], state: 'refused' | 'unclear'): Promise<void> {
    const of = { componentAppid, authorizerAppid: In([...appids]), state: 'asked' as const };
    await this.rows.update(of, { state, updatedAt: new Date() });
  }

  /** The first of the two events: it says nothing about one whose review has been told. @returns how many it was news for */
  async taken(componentAppid: string, told: readonly ToldOrderPath[], at: Date): Promise<number> {
    let news = 0;
    for (const { authorizerAppid, state } of told) {
      const of = { componentAppid, authorizerAppid, state: In([...UNTOLD]) };
      const { affected } = await this.rows.update(of, { state, toldAt: at, updatedAt: new Date() });
      news += affected ?? 0;
    }
    return news;
  }

  /** The second one; an event of an older review that comes late changes nothing. */
  async decided(componentAppid: string, told: readonly ToldOrderPath[], at: Date): Promise<number> {
    let news = 0;
    for (const { authorizerAppid, state, auditId, reason } of told) {
      const { affected } = await this.rows
        .createQueryBuilder()
        .update({
          state,
          auditId: auditId ?? null,
          reason: reason ? reason.slice(0, LONGEST_REASON) : null,
          toldAt: at,
          updatedAt: new Date(),
        })
        .where('component_appid = :componentAppid AND authorizer_appid = :authorizerAppid', { componentAppid, authorizerAppid })
        .andWhere('(told_at IS NULL OR told_at <= :at)', { at })
        .execute();
      news += affected ?? 0;
    }
    return news;
  }

  /** In the order of their appids; one more than the page may have. */
  list(
    componentAppid: string,
    query: { readonly after?: string | undefined; readonly state?: string | undefined; readonly limit: number },
    among: ReadonlySet<string> | undefined,
  ): Promise<OrderPathEntity[]> {
    const search = this.rows
      .createQueryBuilder('o')
      .where('o.componentAppid = :componentAppid', { componentAppid })
      .orderBy('o.authorizerAppid', 'ASC')
      .take(query.limit + 1);
    if (query.after !== undefined) search.andWhere('o.authorizerAppid > :after', { after: query.after });
    if (query.state) search.andWhere('o.state = :state', { state: query.state });
    if (among) search.andWhere('o.authorizerAppid IN (:...among)', { among: ['', ...among] });
    return search.getMany();
  }

  private get rows() {
    return this.dataSource.getRepository(OrderPathEntity);
  }
}
