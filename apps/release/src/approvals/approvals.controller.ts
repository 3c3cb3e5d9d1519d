import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import {
  Audited,
  type Caller,
  ComponentPath,
  ComponentRegistry,
  CurrentClient,
  Cursors,
  callerFor,
  DomainError,
  mayActFor,
  mayUseComponent,
  Needs,
  requirePermission,
} from '#service';
import { ApprovalPage, ApprovalPath, ApprovalSearch, ApprovalView, Decision } from './approval.dto.js';
import { ApprovalRepository, type StoredApproval } from './approval.repository.js';
import { toApprovalView } from './approval.view.js';
import { Approvals, permissionFor, requireSeen } from './approvals.service.js';
import { ChangeRequests } from './change-requests.js';
import { Deciders } from './deciders.js';
import { namesOf, whoIs } from './who-is.js';

const APPROVALS = new Cursors('approvals', () => undefined, /^\d{1,15} [roc][0-9a-f]{1,32}$/);

/** What others than its makers have to agree to: releases, rollouts, and changes that wait for a second person. */
@ApiTags('approvals')
@Controller('v1')
export class ApprovalsController {
  constructor(
    private readonly stored: ApprovalRepository,
    private readonly approvals: Approvals,
    private readonly changes: ChangeRequests,
    private readonly deciders: Deciders,
    private readonly components: ComponentRegistry,
    private readonly dataSource: DataSource,
  ) {}

  /** Newest first. */
  @Get('components/:component_appid/approvals')
  @Needs('releases.read')
  async list(
    @Param() path: ComponentPath,
    @Query() query: ApprovalSearch,
    @CurrentClient() client: Caller,
  ): Promise<ApprovalPage> {
    this.components.require(path.component_appid);
    const [at, id] = (APPROVALS.after(query) ?? '').split(' ');
    const found = await this.stored.list({
      componentAppid: path.component_appid,
      state: query.state,
      authorizers: client.authorizers,
      before: id === undefined ? undefined : { at: new Date(Number(at)), id },
      limit: query.limit + 1,
    });
    const items = found.slice(0, query.limit);
    const last = items.at(-1);
    const more = found.length > query.limit && last !== undefined;
    return {
      items: await Promise.all(items.map((item) => this.view(item))),
      next_cursor: more ? APPROVALS.encode(`${Date.parse(last.createdAt)} ${last.id}`) : null,
    };
  }

  /** What is asked for, by whom, and who agreed. */
  @Get('approvals/:approval_id')
  @Needs('releases.read')
  async one(@Param() path: ApprovalPath, @Req() request: FastifyRequest): Promise<ApprovalView> {
    return this.view((await this.visible(path.approval_id, request)).approval);
  }

  /** Agrees, refuses, or takes back. A change is made at once when enough others than its makers agree to it; look at `state` then. */
  @Post('approvals/:approval_id')
  @HttpCode(200)
  @Needs('releases.read')
  @Audited('approval.decide', {
    entry: ({ body, params }) => ({ subject: `${params['approval_id']} ${body['decision']}`.slice(0, 128) }),
  })
  async decide(@Param() path: ApprovalPath, @Body() body: Decision, @Req() request: FastifyRequest): Promise<ApprovalView> {
    const { approval, client } = await this.visible(path.approval_id, request);
    requireSeen(await this.presently(approval), body.digest);
    if (body.decision === 'withdraw') return this.view(await this.withdraw(approval, client));
    const approver = callerFor(request, permissionFor(approval), approval.componentAppid);
    requirePermission(approver, permissionFor(approval));
    if (!isWithin(approver, approval)) throw new DomainError('forbidden', `You may not decide about ${approval.id}.`);
    return this.view(body.decision === 'approve' ? await this.approve(approval, approver, body) : await this.refuse(approval));
  }

  private async view(approval: StoredApproval): Promise<ApprovalView> {
    return toApprovalView(await this.presently(approval), this.approvals.neededFor(approval));
  }

  /** With what would be sent now: a submission may have changed it since others were asked. */
  private async presently(approval: StoredApproval): Promise<StoredApproval> {
    const found = approval.change ? undefined : this.deciders.of(approval);
    return { ...approval, ...(await found?.decider.present?.(found.number)) };
  }

  private async approve(approval: StoredApproval, client: Caller, { note, digest }: Decision): Promise<StoredApproval> {
    if (approval.change) return this.changes.approve(approval, client, note);
    const found = this.deciders.of(approval);
    if (!found) throw new DomainError('not-found', `There is no approval ${approval.id}.`);
    await found.decider.approve(found.number, client, note, digest);
    return (await this.approvals.find(approval.id)) ?? approval;
  }

  private async refuse(approval: StoredApproval): Promise<StoredApproval> {
    return this.ended(approval, approval.change ? 'refused' : 'open', () => true);
  }

  /** Whoever asked for a change ends it; an approver takes their own word back. */
  private async withdraw(approval: StoredApproval, client: Caller): Promise<StoredApproval> {
    if (approval.change && namesOf(client).some((name) => approval.makers.includes(name)))
      return this.ended(approval, 'withdrawn', () => false);
    if (approval.change) this.changes.requireOpen(approval);
    if (!approval.agreements.some(({ who }) => who === whoIs(client)))
      throw new DomainError('conflict', 'You have not approved this: there is nothing to take back.');
    return this.ended(approval, 'open', ({ who }) => who === whoIs(client));
  }

  private async ended(
    approval: StoredApproval,
    state: 'refused' | 'withdrawn' | 'open',
    gone: Parameters<Approvals['withdraw']>[1],
  ): Promise<StoredApproval> {
    const done = await this.approvals.change(approval.id, (now) => {
      if (now.change) this.changes.requireOpen(now);
      return { state, agreements: now.agreements.filter((agreement) => !gone(agreement)) };
    });
    await this.approvals.announce('decided', done, this.dataSource.manager);
    return done;
  }

  /** @throws DomainError `not-found`, also when the client may not see what it is about */
  private async visible(id: string, request: FastifyRequest): Promise<{ approval: StoredApproval; client: Caller }> {
    const approval = await this.approvals.find(id);
    const client = approval && callerFor(request, 'releases.read', approval.componentAppid);
    if (!client || !isWithin(client, approval)) throw new DomainError('not-found', `There is no approval ${id}.`);
    this.components.require(approval.componentAppid);
    return { approval, client };
  }
}

function isWithin(client: Caller, { componentAppid, authorizerAppid }: StoredApproval): boolean {
  if (!mayUseComponent(client, componentAppid)) return false;
  return authorizerAppid ? mayActFor(client, authorizerAppid) : client.authorizers === undefined;
}
