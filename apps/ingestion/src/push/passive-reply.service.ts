import { Inject, Injectable } from '@nestjs/common';
import type { SubscriptionEntity } from '#persistence';
import { LOGGER, type Logger } from '#service';
import { isReleaseCheckAppid, replyAddress } from '#wechat';
import { IngestionConfig } from '../config/ingestion.config.js';
import { targetUrl } from '../deliveries/delivery.domain.js';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { MessageService } from '../deliveries/message.service.js';
import { SubscriptionHealth } from '../deliveries/subscription-health.service.js';
import { decide } from '../dispatch/dispatch.domain.js';
import { DispatchRepository } from '../dispatch/dispatch.repository.js';
import { type Outcome, SubscriberClient } from '../subscribers/subscriber-client.service.js';
import { matches, replierScopesFor } from '../subscribers/subscription.domain.js';
import { type LiveSubscription, SubscriptionStore } from '../subscribers/subscription.store.js';
import { readReply, WrongReplyError } from './passive-reply.domain.js';
import type { Incoming } from './push.domain.js';

/** Messages that wait for repliers at once; beyond that users get no reply, and WeChat its `success`. */
const WAITING_MAX = 500;
/** Less than this is not worth the attempt. */
const LEAST_MS = 100;
/** WeChat sends a message three times within fifteen seconds. Later it is somebody else who sends what was recorded. */
const TRIES_MS = 20_000;

/** Lets a subscriber answer a message while WeChat waits. */
@Injectable()
export class PassiveReply {
  private waiting = 0;

  constructor(
    private readonly subscriptions: SubscriptionStore,
    private readonly health: SubscriptionHealth,
    private readonly handover: DispatchRepository,
    private readonly messages: MessageService,
    private readonly deliveries: DeliveryRepository,
    private readonly client: SubscriberClient,
    private readonly config: IngestionConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * @param startedMs `performance.now()` when the push had arrived
   * @returns the plain XML of the reply; `undefined` for none. Never throws, and never takes longer than the deadline.
   */
  async answerTo(incoming: Incoming, startedMs: number): Promise<string | undefined> {
    const replier = this.replierFor(incoming);
    if (!replier || this.waiting >= WAITING_MAX) return undefined;
    const leftMs = this.config.PASSIVE_REPLY_DEADLINE_MS - (performance.now() - startedMs);
    if (leftMs < LEAST_MS) return undefined;
    this.waiting += 1;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), leftMs);
    });
    const asking = this.ask(replier, incoming, startedMs).catch((error: unknown) => {
      this.logger.warn(
        { event: 'reply.failed', subscription_id: replier.subscriptionId, err: error },
        'A replier could not be asked',
      );
      return undefined;
    });
    try {
      return await Promise.race([asking, late]);
    } finally {
      clearTimeout(timer);
      this.waiting -= 1;
    }
  }

  private replierFor(incoming: Incoming): LiveSubscription | undefined {
    const { authorizerAppid, family, componentAppid } = incoming;
    if (family !== 'authorizer' || authorizerAppid === null || !/^(message|event)\./.test(incoming.kind)) return undefined;
    // WeChat's own test accounts are no team's: their messages hold authorization codes, and the broker answers them.
    if (isReleaseCheckAppid(authorizerAppid)) return undefined;
    const candidates = this.subscriptions.snapshot();
    if (candidates.length === 0) return undefined;
    const scopes = replierScopesFor(componentAppid, authorizerAppid);
    const subject = { componentAppid, authorizerAppid, kind: incoming.kind };
    for (const scope of scopes) {
      const found = candidates.find((subscription) => subscription.replierScope === scope && matches(subscription, subject));
      if (found) return found;
    }
    return undefined;
  }

  private async ask(replier: LiveSubscription, incoming: Incoming, startedMs: number): Promise<string | undefined> {
    const { event } = incoming;
    const { ToUserName, FromUserName } = (event ?? {}) as { ToUserName?: string; FromUserName?: string };
    const row = await this.handover.find(incoming.componentAppid, incoming.dedupeKey);
    if (!event || !row || !ToUserName || !FromUserName || decide(row).state === 'mismatch') return undefined;
    // The path is not signed: the same bytes sent again under another account's are not that account's.
    if (row.authorizerAppid !== incoming.authorizerAppid) return undefined;
    if (Date.now() - row.receivedAtMs > TRIES_MS) return undefined;
    const message = this.messages.ofPush(replier, event, { ...row, receivedAt: new Date(row.receivedAtMs) });
    const at = new Date();
    const leftMs = Math.max(1, Math.floor(this.config.PASSIVE_REPLY_DEADLINE_MS - (performance.now() - startedMs)));
    const url = targetUrl(replier.url, replier.bodyFormat, row.authorizerAppid);
    const outcome = await this.client.post({ url, ...message, webhookHosts: replier.webhookHosts }, leftMs, leftMs);
    let reply: string | undefined;
    let note: string | undefined;
    try {
      if (outcome.error === undefined && !outcome.whole) note = 'the reply was dropped: it is too long, or did not end';
      else if (outcome.error === undefined)
        reply = readReply(replier.bodyFormat, outcome.body, replyAddress({ ToUserName, FromUserName }));
    } catch (error) {
      if (!(error instanceof WrongReplyError)) throw error;
      note = `the reply was dropped: ${error.message}`;
    }
    // Written after the answer has gone.
    void this.record(replier, row, at, { ...outcome, error: outcome.error ?? note }, outcome.error === undefined).catch(
      (error: unknown) => this.logger.warn({ event: 'reply.unrecorded', err: error }, 'An attempt could not be recorded'),
    );
    return reply;
  }

  private async record(
    replier: SubscriptionEntity,
    row: { eventId: string; authorizerAppid: string | null; kind: string },
    at: Date,
    outcome: Outcome,
    delivered: boolean,
  ): Promise<void> {
    await this.deliveries.recordReply(replier.subscriptionId, row, at, outcome, delivered);
    await (delivered ? this.health.succeeded(replier) : this.health.failed(replier));
  }
}
