import { Inject, Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { SelectionEntity } from '#persistence';
import { type Caller, CLOCK, type Clock, Cursors, DomainError, type PageQuery, requireUnrestrictedClient } from '#service';
import { whoIs } from '../approvals/who-is.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import type { RolloutTargets } from './rollout.dto.js';

export const SELECTIONS = new Cursors('selections');
const NAMED = 20;

/** Targets of rollouts that are kept by name. */
@Injectable()
export class Selections {
  constructor(
    private readonly dataSource: DataSource,
    private readonly gateway: WechatGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** By name; one more than the page may have, if there are so many. */
  list(componentAppid: string, query: PageQuery, client: Caller): Promise<SelectionEntity[]> {
    this.requireAll(componentAppid, client);
    const after = SELECTIONS.after(query);
    const where = { componentAppid, ...(after === undefined ? {} : { name: MoreThan(after) }) };
    return this.rows.find({ where, order: { name: 'ASC' }, take: query.limit + 1 });
  }

  async get(componentAppid: string, name: string, client: Caller): Promise<SelectionEntity> {
    this.requireAll(componentAppid, client);
    const row = await this.rows.findOneBy({ componentAppid, name });
    if (!row) throw await this.unknown(componentAppid, name, 'not-found');
    return row;
  }

  /** @throws DomainError `invalid-request` when it would mean something else for each rollout */
  async write(componentAppid: string, name: string, targets: RolloutTargets, client: Caller): Promise<SelectionEntity> {
    this.requireAll(componentAppid, client);
    if (targets.selection !== undefined || targets.not_up_to_date !== undefined)
      throw new DomainError(
        'invalid-request',
        'A selection has neither selection nor not_up_to_date: say these in the rollout, beside its name.',
      );
    const plain = JSON.parse(JSON.stringify(targets)) as Record<string, unknown>;
    const row = { componentAppid, name, targets: plain, writtenBy: whoIs(client), updatedAt: new Date(this.clock.now()) };
    await this.rows.upsert(row as never, ['componentAppid', 'name']);
    return row;
  }

  async delete(componentAppid: string, name: string, client: Caller): Promise<void> {
    this.requireAll(componentAppid, client);
    const { affected } = await this.rows.delete({ componentAppid, name });
    if (!affected) throw await this.unknown(componentAppid, name, 'not-found');
  }

  /** What a name in a rollout means now. @throws DomainError `invalid-request` that says which there are */
  async targetsOf(componentAppid: string, name: string): Promise<RolloutTargets> {
    const row = await this.rows.findOneBy({ componentAppid, name });
    if (!row) throw await this.unknown(componentAppid, name, 'invalid-request');
    return row.targets as RolloutTargets;
  }

  private async unknown(componentAppid: string, name: string, code: 'not-found' | 'invalid-request'): Promise<DomainError> {
    const rows = await this.rows.find({ where: { componentAppid }, select: { name: true }, order: { name: 'ASC' }, take: NAMED });
    const there = rows.length === 0 ? 'None is kept yet.' : `There are ${rows.map((row) => row.name).join(', ')}.`;
    return new DomainError(code, `There is no selection "${name}". ${there}`);
  }

  private requireAll(componentAppid: string, client: Caller): void {
    requireUnrestrictedClient(client);
    this.gateway.requireComponent(componentAppid);
  }

  private get rows() {
    return this.dataSource.getRepository(SelectionEntity);
  }
}
