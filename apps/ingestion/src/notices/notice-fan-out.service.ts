import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { matchesPattern } from '../subscribers/subscription.domain.js';
import { ChannelStore } from './channel.store.js';
import { NoticeRepository } from './notice.repository.js';
import { NOTICE_KINDS } from './notice-kinds.domain.js';

/** An event, as far as it says which channels want it. */
export interface Told {
  readonly eventId: string;
  readonly componentAppid: string;
  readonly kind: string;
}

const KNOWN = new Set(NOTICE_KINDS);

/** `rollout_*` means `wxplane.rollout_*`: people type less, and nothing else can be told. */
export const wants = (patterns: readonly string[], kind: string): boolean =>
  patterns.some((pattern) => matchesPattern(pattern, kind) || matchesPattern(`wxplane.${pattern}`, kind));

/** Writes down who has to be told, in the transaction that hands the events over. */
@Injectable()
export class NoticeFanOut {
  constructor(
    private readonly channels: ChannelStore,
    private readonly notices: NoticeRepository,
  ) {}

  async add(manager: EntityManager, events: readonly Told[]): Promise<void> {
    const told = events.filter(({ kind }) => KNOWN.has(kind));
    if (told.length === 0) return;
    const channels = await this.channels.enabled(manager, [...new Set(told.map(({ componentAppid }) => componentAppid))]);
    await this.notices.add(
      manager,
      told.flatMap(({ eventId, componentAppid, kind }) =>
        channels
          .filter((channel) => channel.componentAppid === componentAppid && wants(channel.kinds, kind))
          .map(({ channelId }) => ({ channelId, eventId, kind })),
      ),
    );
  }
}
