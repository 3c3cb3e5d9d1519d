import { Inject, Injectable } from '@nestjs/common';
import { RegistrationEntity } from '#persistence';
import { CLOCK, type Client, type Clock, ComponentRegistry, Cursors, DomainError } from '#service';
import { PERMISSION_SETS, WechatApiError } from '#wechat';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { BrokerConfig } from '../config/broker.config.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { OWN_LINK_LIFE_MS, RENEWABLE, subjectHash } from './registration.domain.js';
import { RegistrationRepository } from './registration.repository.js';
import { toMoveView, toRegistrationView } from './registration.view.js';
import { RegistrationCalls } from './registration-calls.js';
import { RegistrationRunner, type Turn } from './registration-runner.js';
import type {
  CreateRegistrationRequest,
  RegistrationDetailsView,
  RegistrationPage,
  RegistrationSearch,
  RegistrationView,
} from './registrations.dto.js';
import { problemsOf, type RegistrationRequest, type RegistrationWay, WAYS } from './ways.domain.js';

const REGISTRATIONS = new Cursors('registrations');

/** Registrations as callers ask for them. What happens to them afterwards is done by runner, events and poller. */
@Injectable()
export class RegistrationsService {
  private readonly base: string;

  constructor(
    private readonly registrations: RegistrationRepository,
    private readonly runner: RegistrationRunner,
    private readonly calls: RegistrationCalls,
    private readonly authorizers: AuthorizerRepository,
    private readonly components: ComponentRegistry,
    config: BrokerConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.base = config.PUBLIC_BASE_URL.replace(/\/$/, '');
  }

  /** The same once more, while it is open, is the one that is there. */
  async create(componentAppid: string, client: Client, body: CreateRegistrationRequest): Promise<RegistrationView> {
    this.components.require(componentAppid);
    const { way, reference = null, ...request } = { ...body };
    const asked = wanted(request);
    const errors = problemsOf(way, asked);
    if (errors.length > 0)
      throw new DomainError('invalid-request', `${errors.map(({ message }) => message).join('; ')}.`, { errors });
    const { subject, source, startsAtPage } = WAYS[way];
    const sourceAppid = source ? asked[source]! : '';
    await this.checkSource(componentAppid, way, sourceAppid);
    await this.calls.admit(componentAppid, sourceAppid);
    const hash = subjectHash(componentAppid, way, String(asked[subject]));
    const made = await this.registrations.create({
      componentAppid,
      way,
      state: startsAtPage ? 'waiting' : 'preparing',
      subjectHash: hash,
      sourceAppid,
      reference,
      request: asked,
      expiresAt: startsAtPage ? this.ownEnd() : null,
      clientId: client.clientId,
    });
    if (!made) return this.existing(hash, asked, reference);
    return startsAtPage ? this.view(made) : this.begun(await this.runner.begin(made, 'request'));
  }

  async list(componentAppid: string, query: RegistrationSearch): Promise<RegistrationPage> {
    const search = this.registrations.dataSource
      .getRepository(RegistrationEntity)
      .createQueryBuilder('r')
      .where('r.component_appid = :componentAppid', { componentAppid })
      .orderBy('r.row_id', 'DESC')
      .take(query.limit + 1);
    const before = REGISTRATIONS.after(query);
    if (before) search.andWhere('r.row_id < :before', { before });
    if (query.state) search.andWhere('r.state = :state', { state: query.state });
    if (query.way) search.andWhere('r.way = :way', { way: query.way });
    if (query.reference) search.andWhere('r.reference = :reference', { reference: query.reference });
    if (query.authorizer_appid) search.andWhere('r.appid = :appid', { appid: query.authorizer_appid });
    return REGISTRATIONS.page(
      await search.getMany(),
      query,
      (row) => row.rowId,
      (row) => this.view(row),
    );
  }

  async get(componentAppid: string, registrationId: string): Promise<RegistrationDetailsView> {
    const row = await this.find(componentAppid, registrationId);
    return {
      ...this.view(row),
      request: { ...this.registrations.requestOf(row) } as RegistrationDetailsView['request'],
      history: (await this.registrations.history(row)).map(toMoveView),
    };
  }

  /** Begun anew with the same data: after a refusal, after its end, or because a page of WeChat's failed. */
  async renew(componentAppid: string, registrationId: string, client: Client): Promise<RegistrationView> {
    const row = await this.find(componentAppid, registrationId);
    if (!RENEWABLE.includes(row.state))
      throw new DomainError('conflict', `It is ${row.state}: only ${RENEWABLE.join(', ')} can be renewed.`);
    const { startsAtPage } = WAYS[row.way];
    await this.checkSource(componentAppid, row.way, row.sourceAppid);
    await this.calls.admit(componentAppid, row.sourceAppid);
    const options = { cause: 'renew', clientId: client.clientId };
    const now = new Date(this.clock.now());
    const anew = {
      round: row.round + 1,
      attempts: 0,
      step: 1,
      begunAt: now,
      nextAt: now,
      attemptedAt: null,
      authorizeUrl: null,
      ticket: null,
      taskId: null,
      wechatStatus: null,
      errcode: null,
      reason: null,
      expiresAt: startsAtPage ? this.ownEnd() : null,
    };
    // The page of ours is there as before: it is open for longer.
    const moved =
      startsAtPage && row.state === 'waiting'
        ? await this.registrations.update(row, anew)
        : await this.registrations.move(row, startsAtPage ? 'waiting' : 'preparing', anew, options);
    if (!moved)
      throw new DomainError(
        'conflict',
        'It has moved meanwhile, or another registration of the same subject is open: look again.',
      );
    return startsAtPage ? this.view(moved) : this.begun(await this.runner.begin(moved, 'renew'));
  }

  private view(row: RegistrationEntity): RegistrationView {
    return toRegistrationView(row, this.registrations.requestOf(row), this.base);
  }

  /** A refusal that somebody has to mend is the answer; what passes by itself is not. */
  private begun({ row, refusal }: Turn): RegistrationView {
    if (row.state !== 'failed' || refusal === undefined) return this.view(row);
    const problem =
      refusal instanceof WechatApiError ? wechatProblem(refusal, 'WeChat did not begin the registration.') : refusal;
    const members = { ...problem.extras.members, registration_id: row.registrationId };
    throw new DomainError(problem.code, problem.detail, { ...problem.extras, members });
  }

  private async existing(hash: string, asked: RegistrationRequest, reference: string | null): Promise<RegistrationView> {
    const row = await this.registrations.openOf(hash);
    if (!row) throw new DomainError('conflict', 'Another registration of the same subject has ended just now: try again.');
    const same = row.reference === reference && sameJson(this.registrations.requestOf(row), asked);
    if (same) return this.view(row);
    throw new DomainError('conflict', 'A registration of the same subject is open, with other data.', {
      members: { registration_id: row.registrationId },
      remedy: {
        en: 'WeChat takes one at a time: finish that one, or wait until it ends.',
        zh: '微信对同一主体逐个处理：请先完成已有的注册，或等待其结束。',
      },
    });
  }

  private async find(componentAppid: string, registrationId: string): Promise<RegistrationEntity> {
    const row = await this.registrations.find(registrationId);
    if (row?.componentAppid !== componentAppid) throw new DomainError('not-found', 'There is no such registration.');
    return row;
  }

  /** What WeChat would refuse with 61007 or 61051, told before it is asked. */
  private async checkSource(componentAppid: string, way: RegistrationWay, appid: string): Promise<void> {
    const { source, permissionSet } = WAYS[way];
    if (!source) return;
    const known = await this.authorizers.find(componentAppid, appid);
    if (!known || known.state === 'cancelled')
      throw new DomainError('authorizer-unknown', `${appid} has not authorized ${componentAppid}.`);
    const kind = source === 'mp_appid' ? 'official_account' : 'mini_program';
    if (known.kind !== null && known.kind !== kind)
      throw new DomainError('invalid-request', `${source}: ${appid} is no ${kind.replace('_', ' ')}.`);
    const granted = (await this.authorizers.permissionSets(componentAppid, [appid])).get(appid) ?? [];
    if (permissionSet === undefined || known.permissionSetsAt === null || granted.includes(permissionSet)) return;
    const name = PERMISSION_SETS.get(permissionSet)?.name;
    throw new DomainError(
      'conflict',
      `${appid} has not granted the permission set ${permissionSet}${name ? ` (${name.zh})` : ''}, which this needs.`,
      {
        remedy: {
          en: `Send its administrator an authorization link with category_ids [${permissionSet}] among the sets it has.`,
          zh: `请向其管理员发送授权链接，勾选权限集 ${permissionSet}${name ? `（${name.zh}）` : ''}。`,
        },
      },
    );
  }

  private ownEnd(): Date {
    return new Date(this.clock.now() + OWN_LINK_LIFE_MS);
  }
}

/** Only what was given, in one order. */
function wanted(body: Omit<CreateRegistrationRequest, 'way' | 'reference'>): RegistrationRequest {
  const given = Object.entries(body).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const sameJson = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
