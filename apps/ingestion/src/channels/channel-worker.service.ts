import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import { BINDINGS, type ChannelEntity, type EventEntity, SecretBox } from '#persistence';
import { ComponentRegistry, LOGGER, type Logger, Periodic } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { nextPauseS, parseSchedule } from '../deliveries/delivery.domain.js';
import { ChannelStore } from '../notices/channel.store.js';
import { messageOf } from '../notices/message.domain.js';
import { type DueNotice, NoticeRepository } from '../notices/notice.repository.js';
import { isAtLeast, type Notice, noticeOf } from '../notices/notice-kinds.domain.js';
import { heldUntil } from '../notices/when.domain.js';
import { ChannelSender } from './channel-sender.service.js';
import type { Outcome } from './robots.domain.js';

const LOOK_EVERY_MS = 1_000;
/** Twenty a minute is what the robots of 企业微信 and 钉钉 take: what comes meanwhile is joined in the next message. */
const BETWEEN_MS = 3_000;
/** Longer than a message may take: a claim that is not heard of again is another replica's after that. */
const LEASE_MS = 60_000;
/** Notices of one message at most; the others are in the next one. */
const JOINED = 500;

interface Ready extends DueNotice {
  readonly told: Notice;
}

/** Sends what channels have to tell: one message at a time for each, whatever the number of replicas. */
@Injectable()
export class ChannelWorker {
  private readonly schedule: readonly number[];
  private readonly messages: Counter<'kind' | 'outcome'>;

  constructor(
    private readonly channels: ChannelStore,
    private readonly notices: NoticeRepository,
    private readonly sender: ChannelSender,
    private readonly components: ComponentRegistry,
    private readonly secrets: SecretBox,
    private readonly config: IngestionConfig,
    private readonly periodic: Periodic,
    @Inject(LOGGER) private readonly logger: Logger,
    registry: Registry,
  ) {
    this.schedule = parseSchedule(config.DELIVERY_SCHEDULE_S);
    this.messages = new Counter({
      name: 'wxplane_channel_messages_total',
      help: 'Messages to people, by kind of channel and whether they were taken',
      labelNames: ['kind', 'outcome'],
      registers: [registry],
    });
    periodic.every('channels.look', LOOK_EVERY_MS, () => this.look());
  }

  async look(): Promise<void> {
    const due = await this.channels.due(new Date());
    await Promise.all(due.map((channelId) => this.turn(channelId)));
  }

  /** A message that says that it is a test. @returns what became of it */
  async test(channel: ChannelEntity): Promise<Outcome> {
    const text = { zh: '这是 wxplane 的测试消息。', en: 'This is a test message of wxplane.' };
    const test: Notice = {
      kind: 'test',
      severity: 'info',
      title: text,
      detail: { zh: channel.name, en: channel.name },
      group: 'test',
      about: undefined,
      path: '',
      command: `channels show ${channel.channelId}`,
    };
    return this.deliver(channel, [test], `test-${channel.channelId}-${Date.now()}`);
  }

  private async turn(channelId: string): Promise<void> {
    const now = new Date();
    if (!(await this.channels.claim(channelId, now, new Date(now.getTime() + LEASE_MS)))) return;
    let pauseMs = 0;
    try {
      const channel = await this.channels.find(channelId);
      const ready = channel ? await this.ready(channel, now) : [];
      if (channel && ready.length > 0) pauseMs = await this.tell(channel, ready);
    } finally {
      await this.channels.release(channelId, new Date(Date.now() + pauseMs));
    }
  }

  /** What is to be said now; what is not is put where it belongs. */
  private async ready(channel: ChannelEntity, now: Date): Promise<Ready[]> {
    const due = await this.notices.due(channel.channelId, now, JOINED);
    const ready: Ready[] = [];
    const [gone, small]: [string[], string[]] = [[], []];
    for (const { notice, event } of due) {
      const told = event && this.noticeOf(event);
      if (!told) gone.push(notice.noticeId);
      else if (!isAtLeast(told.severity, channel.leastSeverity)) small.push(notice.noticeId);
      else {
        // One that was tried is past its waiting.
        const until = notice.attempts > 0 ? now : heldUntil(channel, told.severity, notice.createdAt, now);
        if (until > now) await this.notices.postpone(notice.noticeId, until);
        else ready.push({ notice, event, told });
      }
    }
    await this.notices.finish(gone, 'cancelled', 'the event is gone: its retention is over');
    await this.notices.finish(small, 'skipped');
    return ready;
  }

  private noticeOf(event: EventEntity): Notice | undefined {
    const { kind, componentAppid, dedupeKey, payload } = event;
    return noticeOf(kind, JSON.parse(this.secrets.open(payload, BINDINGS.event(componentAppid, dedupeKey))));
  }

  /** @returns the pause after it, milliseconds */
  private async tell(channel: ChannelEntity, ready: readonly Ready[]): Promise<number> {
    const ids = ready.map(({ notice }) => notice.noticeId);
    const messageId = hash('sha256', ids.join(), 'hex').slice(0, 32);
    await this.notices.begin(ids, messageId, new Date(Date.now() + LEASE_MS));
    const { error, pauseS = 0 } = await this.deliver(
      channel,
      ready.map(({ told }) => told),
      messageId,
    );
    if (error === undefined) {
      await this.untilWritten(() => this.notices.finish(ids, 'sent'));
      return BETWEEN_MS;
    }
    for (const { notice } of ready) {
      const nextS = nextPauseS(this.schedule, notice.attempts + 1, pauseS);
      if (nextS === undefined) await this.notices.finish([notice.noticeId], 'failed', error);
      else await this.notices.postpone(notice.noticeId, new Date(Date.now() + nextS * 1_000), error);
    }
    return Math.max(BETWEEN_MS, pauseS * 1_000);
  }

  private async deliver(channel: ChannelEntity, notices: readonly Notice[], messageId: string): Promise<Outcome> {
    const { channelId, componentAppid: component, kind, language } = channel;
    const options = { language, component, consoleUrl: this.consoleUrl(component), maxBytes: this.sender.maxBytes(kind) };
    const outcome = await this.sender.send(channel, messageOf(notices, options), messageId);
    this.messages.inc({ kind, outcome: outcome.error === undefined ? 'ok' : 'failed' });
    if (outcome.error === undefined) await this.channels.noteSuccess(channelId, new Date());
    else {
      await this.channels.noteFailure(channelId, new Date(), outcome.error);
      this.logger.warn(
        { event: 'channel.failed', channel_id: channelId, kind, error: outcome.error },
        'A message did not arrive',
      );
    }
    return outcome;
  }

  /** The console has the component in its paths where there are several. */
  private consoleUrl(component: string): string | undefined {
    const base = this.config.NOTIFY_BASE_URL?.replace(/\/+$/, '');
    return base && this.components.all.length > 1 ? `${base}/c/${component}` : base;
  }

  /** It was taken: as long as that can be written down at all, it is not said twice. */
  private async untilWritten(write: () => Promise<void>): Promise<void> {
    for (const until = Date.now() + LEASE_MS / 2; ; await sleep(500)) {
      try {
        return await write();
      } catch (error) {
        if (this.periodic.isStopping || Date.now() > until) throw error;
      }
    }
  }
}
