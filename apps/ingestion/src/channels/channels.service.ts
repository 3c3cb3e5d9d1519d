import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BINDINGS, type ChannelEntity, inTransaction, type NoticeEntity, SecretBox } from '#persistence';
import { type Client, ComponentRegistry, Cursors, DomainError, requireUnrestrictedClient } from '#service';
import { ChannelStore } from '../notices/channel.store.js';
import { NoticeRepository } from '../notices/notice.repository.js';
import { wants } from '../notices/notice-fan-out.service.js';
import { NOTICE_KINDS } from '../notices/notice-kinds.domain.js';
import { ChannelSender, isMail, type Target } from './channel-sender.service.js';
import { ChannelWorker } from './channel-worker.service.js';
import type { ChangeChannel, ChannelPath, ChannelSearch, CreateChannel, NoticeSearch } from './channels.dto.js';
import type { Outcome } from './robots.domain.js';

/** Of one component. */
const MOST = 50;

export const CHANNELS = new Cursors('channels', undefined, /^\d{1,15}:chn_[0-9a-f]{20}$/);
export const NOTICES = new Cursors('notices');

export const positionOf = ({ createdAt, channelId }: ChannelEntity): string => `${createdAt.getTime()}:${channelId}`;

/** Robots and mailboxes of a component. Who may act for some of its merchants only has no part in them: they tell of all. */
@Injectable()
export class ChannelsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly channels: ChannelStore,
    private readonly notices: NoticeRepository,
    private readonly sender: ChannelSender,
    private readonly worker: ChannelWorker,
    private readonly components: ComponentRegistry,
    private readonly secrets: SecretBox,
  ) {}

  async create(client: Client, componentAppid: string, request: CreateChannel): Promise<ChannelEntity> {
    requireUnrestrictedClient(client);
    this.components.require(componentAppid);
    const target = targetOf(request.kind, request);
    this.check(request.kind, target, request.kinds);
    if ((await this.channels.countOf(componentAppid)) >= MOST)
      throw new DomainError('conflict', `This component has ${MOST} channels; delete some, or let one have more kinds.`);
    const channelId = `chn_${randomBytes(10).toString('hex')}`;
    const now = new Date();
    const row: ChannelEntity = {
      channelId,
      componentAppid,
      kind: request.kind,
      name: request.name,
      ...this.sealed(channelId, target),
      kinds: [...new Set(request.kinds ?? ['*'])],
      leastSeverity: request.least_severity ?? 'notice',
      language: request.language ?? 'both',
      quiet: request.quiet ?? null,
      digestMinutes: request.digest_minutes ?? null,
      state: 'enabled',
      nextSendAt: now,
      failures: 0,
      failingSince: null,
      lastError: null,
      lastSuccessAt: null,
      createdBy: client.name,
      createdAt: now,
      updatedAt: now,
    };
    await this.channels.insert(row);
    return row;
  }

  /** One more than the page may have, if there are so many. */
  list(client: Client, componentAppid: string, query: ChannelSearch): Promise<ChannelEntity[]> {
    requireUnrestrictedClient(client);
    this.components.require(componentAppid);
    const [createdMs, id] = CHANNELS.after(query)?.split(':') ?? [];
    const after = id === undefined ? undefined : { createdAt: new Date(Number(createdMs)), channelId: id };
    return this.channels.list(componentAppid, query.limit + 1, after);
  }

  /** @throws DomainError `not-found`, also for another component's */
  async get(client: Client, { component_appid, channel_id }: ChannelPath): Promise<ChannelEntity> {
    requireUnrestrictedClient(client);
    const row = await this.channels.find(channel_id);
    if (row?.componentAppid !== component_appid) throw new DomainError('not-found', `There is no channel ${channel_id}.`);
    return row;
  }

  counts(channelId: string): Promise<{ pending: number; failed: number }> {
    return this.notices.counts(channelId);
  }

  async change(client: Client, path: ChannelPath, request: ChangeChannel): Promise<ChannelEntity> {
    const { kind, channelId } = await this.get(client, path);
    const given = request.url !== undefined || request.secret !== undefined || request.addresses !== undefined;
    const target = given ? targetOf(kind, request) : undefined;
    this.check(kind, target, request.kinds);
    if (request.quiet && request.no_quiet)
      throw new DomainError('invalid-request', 'Say either quiet or no_quiet.', {
        errors: [{ field: 'no_quiet', message: 'no_quiet must not stand beside quiet' }],
      });
    await this.channels.update(channelId, {
      ...(request.name === undefined ? {} : { name: request.name }),
      ...(target ? this.sealed(channelId, target) : {}),
      ...(request.kinds === undefined ? {} : { kinds: [...new Set(request.kinds)] }),
      ...(request.least_severity === undefined ? {} : { leastSeverity: request.least_severity }),
      ...(request.language === undefined ? {} : { language: request.language }),
      ...(request.quiet === undefined ? {} : { quiet: request.quiet }),
      ...(request.no_quiet ? { quiet: null } : {}),
      ...(request.digest_minutes === undefined ? {} : { digestMinutes: request.digest_minutes || null }),
      ...(request.state === undefined ? {} : { state: request.state }),
    });
    return this.get(client, path);
  }

  async delete(client: Client, path: ChannelPath): Promise<void> {
    const { channelId } = await this.get(client, path);
    await inTransaction(this.dataSource, async (manager) => {
      await this.channels.delete(channelId, manager);
      await this.notices.cancel(channelId, manager);
    });
  }

  async test(client: Client, path: ChannelPath): Promise<Outcome> {
    return this.worker.test(await this.get(client, path));
  }

  /** One more than the page may have, if there are so many. */
  async told(client: Client, path: ChannelPath, query: NoticeSearch): Promise<NoticeEntity[]> {
    const { channelId } = await this.get(client, path);
    return this.notices.list(channelId, query.state, NOTICES.after(query), query.limit + 1);
  }

  async retry(client: Client, path: ChannelPath): Promise<number> {
    const { channelId } = await this.get(client, path);
    return this.notices.retryFailed(channelId);
  }

  private check(kind: ChannelEntity['kind'], target: Target | undefined, kinds: readonly string[] | undefined): void {
    const problem = target && this.sender.problemOf(kind, target);
    if (problem) throw refused(kind === 'mail' ? 'addresses' : 'url', problem);
    const idle = kinds?.find((pattern) => !NOTICE_KINDS.some((each) => wants([pattern], each)));
    if (idle !== undefined)
      throw refused('kinds', `kinds: nothing that can be told fits ${idle}; there are ${NOTICE_KINDS.join(', ')}`);
  }

  private sealed(channelId: string, target: Target): Pick<ChannelEntity, 'target' | 'place'> {
    const place = isMail(target) ? `${target.to.length} mail` : new URL(target.url).host;
    return { target: this.secrets.seal(JSON.stringify(target), BINDINGS.channelTarget(channelId)), place: place.slice(0, 255) };
  }
}

const refused = (field: string, message: string) =>
  new DomainError('invalid-request', `${message}.`, { errors: [{ field, message }] });

/** What belongs to the kind, and nothing else. */
function targetOf(
  kind: ChannelEntity['kind'],
  { url, secret, addresses }: Pick<CreateChannel, 'url' | 'secret' | 'addresses'>,
): Target {
  if (kind === 'mail') {
    if (url !== undefined || secret !== undefined) throw refused('url', 'mail has addresses, and neither url nor secret');
    if (addresses === undefined) throw refused('addresses', 'mail needs addresses');
    return { to: [...new Set(addresses)] };
  }
  if (addresses !== undefined) throw refused('addresses', 'a robot has a url, and no addresses');
  if (url === undefined) throw refused('url', 'a robot needs its url');
  if (kind === 'wecom' && secret !== undefined) throw refused('secret', 'a robot of 企业微信 has no secret but its url');
  return { url, ...(secret === undefined ? {} : { secret }) };
}
