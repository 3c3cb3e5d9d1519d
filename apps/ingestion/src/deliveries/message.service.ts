import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BINDINGS, type BodyFormat, EventEntity, SecretBox, type SubscriptionEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { parseEvent, type WechatEvent, XmlRefusedError } from '#wechat';
import { TEST_EVENT } from '../subscribers/subscription.domain.js';
import { webhookHeaders } from '../subscribers/webhook-signature.domain.js';
import { messageId, publicEvent, wxcomponentBody, wxplaneBody } from './delivery.domain.js';

export interface Message {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** What the envelope says of an event. */
export type About = Pick<EventEntity, 'eventId' | 'kind' | 'componentAppid' | 'authorizerAppid' | 'receivedAt'>;

/** What is sent to a subscriber: made from the inbox at the moment of sending, so the queue holds no content. */
@Injectable()
export class MessageService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns `undefined` when the event is gone: its retention is over. */
  async ofEvent(subscription: SubscriptionEntity, eventId: string, replay: string): Promise<Message | undefined> {
    const row = await this.dataSource.getRepository(EventEntity).findOneBy({ eventId });
    if (!row) return undefined;
    const id = messageId(eventId, replay);
    const body = this.bodyOf(row, id, replay !== '', subscription.bodyFormat);
    return this.signed(subscription, id, row.kind, body);
  }

  /**
   * Of a push that waits for its reply, under the id of its event: made of what this very push brought, never of what the inbox has, so that
   * no mistake about which event it is can show one user's words in the answer to another.
   */
  ofPush(subscription: SubscriptionEntity, event: WechatEvent, about: About): Message {
    const id = messageId(about.eventId, '');
    const body =
      subscription.bodyFormat === 'wxcomponent'
        ? wxcomponentBody(event)
        : wxplaneBody({ ...about, id, replay: false }, publicEvent(event));
    return this.signed(subscription, id, about.kind, body);
  }

  test(subscription: SubscriptionEntity, replay: string): Message {
    const id = messageId('test', replay);
    const body = wxplaneBody(
      {
        id,
        eventId: null,
        kind: TEST_EVENT,
        componentAppid: subscription.componentAppid,
        authorizerAppid: null,
        receivedAt: new Date(this.clock.now()),
        replay: false,
      },
      { message: 'This is a test.', subscription_id: subscription.subscriptionId },
    );
    return this.signed(subscription, id, TEST_EVENT, body);
  }

  private bodyOf(row: EventEntity, id: string, replay: boolean, format: BodyFormat): string {
    const payload = this.secrets.open(row.payload, BINDINGS.event(row.componentAppid, row.dedupeKey));
    const event = row.family === 'wxplane' ? undefined : tryParse(payload);
    if (event && format === 'wxcomponent') return wxcomponentBody(event);
    const { eventId, kind, componentAppid, authorizerAppid, receivedAt } = row;
    const data = row.family === 'wxplane' ? JSON.parse(payload) : event ? publicEvent(event) : null;
    return wxplaneBody({ id, eventId, kind, componentAppid, authorizerAppid, receivedAt, replay }, data);
  }

  private signed(subscription: SubscriptionEntity, id: string, kind: string, body: string): Message {
    const now = this.clock.now();
    const { secret, previousSecret, previousSecretUntil } = subscription;
    const secrets = [secret, ...(previousSecret && (previousSecretUntil?.getTime() ?? 0) > now ? [previousSecret] : [])];
    const binding = BINDINGS.webhookSecret(subscription.subscriptionId);
    const opened = secrets.map((sealed) => this.secrets.open(sealed, binding));
    return { body, headers: { ...webhookHeaders(id, now, body, opened), 'wxplane-event': encodeURIComponent(kind) } };
  }
}

function tryParse(xml: string) {
  try {
    return parseEvent(xml);
  } catch (error) {
    if (error instanceof XmlRefusedError) return undefined;
    throw error;
  }
}
