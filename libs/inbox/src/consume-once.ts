import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { BINDINGS, EventEffectEntity, EventEntity, SecretBox } from '#persistence';
import type { ConsumerName } from '#queues';
import { LOGGER, type Logger } from '#service';
import { parseEvent, type WechatEvent } from '#wechat';

/**
 * What a consumer did with an event. `done`: it acted · `skipped`: there was nothing to do · `failed`: it could not, and a repetition alone
 * does not help; the event is acted on again when a person or the search for lost jobs asks for it.
 */
export interface Effect {
  readonly state: EventEffectEntity['state'];
  /** For people, 512 characters at most. */
  readonly note?: string;
}

/** An event of the inbox, opened. */
export interface InboxEvent {
  readonly eventId: string;
  readonly componentAppid: string;
  /** `null`: the event is about no one account. */
  readonly authorizerAppid: string | null;
  readonly kind: string;
  /** By our clock. */
  readonly receivedAt: Date;
  readonly event: WechatEvent;
  /**
   * Records the effect in the transaction of what it did: a consumer that is killed right after it has acted, and has said so.
   * What `act` returns is not written then.
   */
  conclude(manager: EntityManager, effect: Effect): Promise<void>;
}

/** How much an effect weighs: one that weighs less never takes the place of one that weighs more. */
const WEIGHT = `FIELD(%, 'failed', 'skipped', 'done')`;
const weightOf = (value: string) => WEIGHT.replace('%', value);

/** MySQL assigns from left to right: `state` is last, since all the others compare with what it was. */
const RECORD = `
  INSERT INTO f_wechat_eventeffect (event_id, consumer, state, note, attempts, at) VALUES (?, ?, ?, ?, 1, UTC_TIMESTAMP(3))
  ON DUPLICATE KEY UPDATE
    attempts = attempts + 1,
    note = IF(${weightOf('state')} > ${weightOf('VALUES(state)')}, note, VALUES(note)),
    at = IF(${weightOf('state')} > ${weightOf('VALUES(state)')}, at, VALUES(at)),
    state = IF(${weightOf('state')} > ${weightOf('VALUES(state)')}, state, VALUES(state))`;

/** Lets a consumer act on an event, once. Events come twice, late, in any order, and to two replicas at the same time. */
@Injectable()
export class InboxConsumer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Does nothing when the consumer has done or skipped it already, when the event is gone, or when it is kept and not believed. Should two
   * replicas act at the same time, `done` stays: the other one found nothing left to do.
   * @param act must do no harm when it is done twice; its failure leaves no effect
   * @returns what was done now; `undefined`: nothing was to be done
   * @throws what `act` threw, so that the job is tried again
   */
  async consumeOnce(
    consumer: ConsumerName,
    eventId: string,
    act: (event: InboxEvent) => Promise<Effect | undefined>,
  ): Promise<Effect | undefined> {
    const earlier = await this.dataSource.getRepository(EventEffectEntity).findOneBy({ eventId, consumer });
    if (earlier && earlier.state !== 'failed') return undefined;
    const row = await this.dataSource.getRepository(EventEntity).findOneBy({ eventId });
    if (!row || row.state === 'mismatch' || row.state === 'stale') return undefined;
    let concluded: Effect | undefined;
    const { componentAppid, authorizerAppid, kind, receivedAt } = row;
    const returned = await act({
      eventId,
      componentAppid,
      authorizerAppid,
      kind,
      receivedAt,
      event: parseEvent(this.secrets.open(row.payload, BINDINGS.event(row.componentAppid, row.dedupeKey))),
      conclude: async (manager, effect) => {
        await this.record(manager, consumer, eventId, effect);
        concluded = effect;
      },
    });
    const effect = concluded ?? returned;
    if (!effect) return undefined;
    if (!concluded) await this.record(this.dataSource.manager, consumer, eventId, effect);
    this.logger.info({ event: 'event.handled', consumer, event_id: eventId, kind, ...effect }, 'Event handled');
    return effect;
  }

  private async record(manager: EntityManager, consumer: ConsumerName, eventId: string, { state, note }: Effect): Promise<void> {
    await manager.query(RECORD, [eventId, consumer, state, note === undefined ? null : [...note].slice(0, 512).join('')]);
  }
}
