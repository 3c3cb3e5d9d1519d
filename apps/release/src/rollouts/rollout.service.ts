import { Injectable } from '@nestjs/common';
import { type Client, Cursors, DomainError, formerlyPlain, mayUseComponent, requireUnrestrictedClient } from '#service';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import type { PreviewQuery, RolloutSearch, RolloutSpec, StartRollout, TargetSearch } from './rollout.dto.js';
import type { Rollout } from './rollout.js';
import { RolloutRepository } from './rollout.repository.js';
import { RolloutPlanner } from './rollout-planner.service.js';
import { type Asked, RolloutStarts } from './rollout-starts.service.js';
import { RolloutTargetRepository, type TargetRow } from './rollout-target.repository.js';
import type { RolloutPreview } from './rollout-views.dto.js';

export const ROLLOUTS = new Cursors('rollouts', formerlyPlain);
export const TARGETS = new Cursors('rollout-targets', formerlyPlain);

/** Previews rollouts, starts and finds them. */
@Injectable()
export class RolloutService {
  constructor(
    private readonly rollouts: RolloutRepository,
    private readonly rows: RolloutTargetRepository,
    private readonly planner: RolloutPlanner,
    private readonly starts: RolloutStarts,
    private readonly gateway: WechatGateway,
  ) {}

  /** What would be sent, and what stands in the way. Sends nothing. */
  async preview(componentAppid: string, request: RolloutSpec, query: PreviewQuery, client: Client): Promise<RolloutPreview> {
    return this.starts.preview(await this.asked(componentAppid, request, client), query);
  }

  /** @throws DomainError `conflict` when what would be sent is not what was previewed. */
  async start(componentAppid: string, request: StartRollout, client: Client): Promise<Rollout> {
    return this.starts.start(await this.asked(componentAppid, request, client), request.preview_hash, client);
  }

  /** A rollout concerns many merchants: for a client with a list of them there is none. */
  async get(rolloutId: number, client: Client): Promise<Rollout> {
    if (client.authorizers !== undefined)
      throw new DomainError('not-found', `There is no rollout ${rolloutId} for a client with a list of accounts.`);
    const rollout = await this.rollouts.get(rolloutId);
    if (!mayUseComponent(client, rollout.componentAppid)) throw new DomainError('not-found', `There is no rollout ${rolloutId}.`);
    return rollout;
  }

  /** Newest first; one more than the page may have, if there are so many. */
  async search(componentAppid: string, query: RolloutSearch, client: Client): Promise<Rollout[]> {
    requireUnrestrictedClient(client);
    this.gateway.requireComponent(componentAppid);
    const before = ROLLOUTS.after(query);
    return this.rollouts.search(componentAppid, query.state, before === undefined ? undefined : Number(before), query.limit + 1);
  }

  /** In their order; one more than the page may have, if there are so many. */
  async targets(rolloutId: number, query: TargetSearch, client: Client): Promise<TargetRow[]> {
    await this.get(rolloutId, client);
    const after = TARGETS.after(query);
    return this.rows.list(rolloutId, query.state, after === undefined ? undefined : Number(after), query.limit + 1);
  }

  private async asked(componentAppid: string, request: RolloutSpec, client: Client): Promise<Asked> {
    requireUnrestrictedClient(client);
    this.gateway.requireComponent(componentAppid);
    const { spec, options } = await this.planner.resolve(componentAppid, request);
    const appids = await this.planner.targets(componentAppid, request);
    const { name, leave_out: leaveOut, profile } = request;
    return { componentAppid, name, spec, options, appids, leaveOut, takeOver: request.take_over === true, profile };
  }
}
