import { Inject, Injectable } from '@nestjs/common';
import { BINDINGS, SecretBox } from '#persistence';
import { CLOCK, type Clock, ClockWatch, ComponentRegistry, LOGGER, type Logger, traces, within } from '#service';
import { isJson, type OpenedPush, PushCrypto, PushRefusedError, replyInJson } from '#wechat';
import { IngestionConfig } from '../config/ingestion.config.js';
import { EventInterest } from '../dispatch/event-interest.service.js';
import { OverloadedError } from '../inbox/group-commit.js';
import { type InboxEntry, pushedAt } from '../inbox/inbox-entry.js';
import { InboxWriter } from '../inbox/inbox-writer.service.js';
import { PassiveReply } from './passive-reply.service.js';
import { type Incoming, readPush, signedAgeMs } from './push.domain.js';
import { PushMetrics } from './push.metrics.js';
import { releaseCheckReply } from './release-check.domain.js';

export interface Push {
  readonly route: 'events' | 'messages';
  readonly component: string;
  /** The path's, on the message event URL. Not signed. */
  readonly pathAppid: string | undefined;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Buffer | undefined;
}

/** Always short plain text, except for an encrypted reply. */
export interface PushAnswer {
  readonly status: number;
  readonly body: string;
  readonly type: 'text/plain' | 'application/xml' | 'application/json';
}

export const SUCCESS: PushAnswer = { status: 200, body: 'success', type: 'text/plain' };
const refusal = (status: number, why: string): PushAnswer => ({ status, body: why, type: 'text/plain' });

/** WeChat hangs up after five seconds. */
const ANSWER_WITHIN_MS = 4_600;
/** A roll-out is over by then: no replica of the release before can have taken a message that WeChat still repeats. */
const ROLL_OUT_MS = 30 * 60_000;
/** What WeChat puts in the place of `$APPID$`. Wider than an appid: no push is lost for its looks. */
const PATH_APPID = /^[A-Za-z0-9_-]{1,64}$/;

/** One push from the first byte we believe to the answer. */
@Injectable()
export class PushService {
  private readonly crypto: ReadonlyMap<string, PushCrypto>;
  private readonly startedMs = performance.now();
  private lastWarningAt = 0;

  constructor(
    components: ComponentRegistry,
    private readonly inbox: InboxWriter,
    private readonly secrets: SecretBox,
    private readonly settled: EventInterest,
    private readonly passiveReply: PassiveReply,
    private readonly metrics: PushMetrics,
    private readonly clocks: ClockWatch,
    private readonly config: IngestionConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.crypto = new Map(
      components.all.map(({ componentAppid, pushTokens, encodingAesKeys }) => [
        componentAppid,
        new PushCrypto({ componentAppid, pushTokens, encodingAesKeys }),
      ]),
    );
  }

  async receive(push: Push): Promise<PushAnswer> {
    const startedMs = performance.now();
    const crypto = this.crypto.get(push.component);
    if (!crypto || (push.pathAppid !== undefined && !PATH_APPID.test(push.pathAppid))) {
      this.metrics.answered('unknown', push.route, 'no-such-component', startedMs);
      return refusal(404, 'no such component');
    }
    const { answer, outcome } = await this.take(push, crypto, startedMs);
    this.metrics.answered(push.component, push.route, outcome, startedMs);
    return answer;
  }

  /** What came to an address that is none (a mistyped one in WeChat's console looks like this), or did not come whole. */
  unread(outcome: string, answer: PushAnswer): PushAnswer {
    this.metrics.answered('unknown', 'unknown', outcome);
    this.warn({ event: 'push.unread', outcome }, "A request to WeChat's side of this app could not be taken for a push");
    return answer;
  }

  /** The GET that WeChat sends when the URL of an account's own configuration is saved. */
  echo(component: string, query: Readonly<Record<string, unknown>>): PushAnswer {
    const crypto = this.crypto.get(component);
    if (!crypto) return this.unread('no-such-component', refusal(404, 'no such component'));
    try {
      return { ...SUCCESS, body: crypto.verifyEcho(query) };
    } catch (error) {
      if (error instanceof PushRefusedError) return this.unread(error.reason, refusal(401, 'refused: signature'));
      throw error;
    }
  }

  /** A mistake of ours: WeChat comes again, and somebody looks at the log. */
  unexpected(error: unknown): PushAnswer {
    this.logger.error({ event: 'push.unexpected', err: error }, 'A push failed unexpectedly');
    return refusal(500, 'failed');
  }

  private async take(push: Push, crypto: PushCrypto, startedMs: number): Promise<{ answer: PushAnswer; outcome: string }> {
    try {
      const opened = crypto.open({ query: push.query, body: push.body ?? '' });
      const now = this.clock.now();
      const ageMs = signedAgeMs(opened.timestamp, now);
      if (ageMs !== undefined) this.clocks.wechatShowed(now - ageMs);
      const incoming = readPush(opened, {
        componentAppid: push.component,
        pathAppid: push.pathAppid,
        nowMs: this.clock.now(),
        maxAgeMs: this.config.PUSH_MAX_AGE_S * 1_000,
      });
      await within(ANSWER_WITHIN_MS, this.inbox.store(this.toEntry(incoming)));
      this.metrics.accepted(incoming.componentAppid, incoming.event?.kind);
      if (!incoming.event)
        this.warn(
          { event: 'push.unreadable', component_appid: push.component, route: push.route, note: incoming.note },
          'A push that WeChat signed was kept, but cannot be read; the events API shows it raw',
        );
      this.logger.debug(
        {
          event: 'push.accepted',
          component_appid: push.component,
          authorizer_appid: incoming.authorizerAppid,
          kind: incoming.kind,
        },
        'Push stored',
      );
      const answer = incoming.state === 'received' ? await this.replyTo(incoming, opened, crypto, startedMs) : SUCCESS;
      return { answer, outcome: incoming.state === 'received' ? 'success' : incoming.state };
    } catch (error) {
      return this.failed(push, error);
    }
  }

  /** The passive reply (被动回复), if one is due; never an error: the push is stored, `success` is always right. */
  private async replyTo(incoming: Incoming, opened: OpenedPush, crypto: PushCrypto, startedMs: number): Promise<PushAnswer> {
    const plain = releaseCheckReply(incoming) ?? (await this.passiveReply.answerTo(incoming, startedMs));
    if (plain === undefined) return SUCCESS;
    const body = crypto.seal(isJson(opened.xml) ? replyInJson(plain) : plain, {
      format: opened.format,
      timestamp: Math.floor(this.clock.now() / 1_000),
      nonce: opened.nonce,
      encodingAesKey: opened.encodingAesKey,
      pushToken: opened.pushToken,
    });
    return { status: 200, body, type: opened.format === 'json' ? 'application/json' : 'application/xml' };
  }

  private failed(push: Push, error: unknown): { answer: PushAnswer; outcome: string } {
    const about = { component_appid: push.component, route: push.route };
    if (error instanceof PushRefusedError) {
      const { reason, code } = error;
      this.warn({ event: 'push.refused', ...about, reason, code }, 'Refused a push');
      return {
        answer: refusal(reason === 'signature' ? 401 : reason === 'too-large' ? 413 : 400, `refused: ${reason}`),
        outcome: reason,
      };
    }
    const outcome = error instanceof OverloadedError ? 'overloaded' : 'not-stored';
    this.warn(
      { event: 'push.not-stored', ...about, code: (error as { code?: string }).code, err: error },
      'Nothing took a push; WeChat will repeat it',
    );
    return { answer: refusal(503, 'not stored, come again'), outcome };
  }

  /** At most one line a second: whoever sends nonsense must not be able to fill the disk. Every one is counted. */
  private warn(fields: object, message: string): void {
    const now = Date.now();
    if (now - this.lastWarningAt < 1_000) return;
    this.lastWarningAt = now;
    this.logger.warn(fields, message);
  }

  private formerMayRun(): boolean {
    return performance.now() - this.startedMs < ROLL_OUT_MS;
  }

  private toEntry(incoming: Incoming): InboxEntry {
    const { xml, event: _, ticket, formerKey, ...rest } = incoming;
    const { componentAppid, dedupeKey, createTimeMs } = rest;
    const receivedAtMs = Date.now();
    return {
      ...rest,
      ...(formerKey !== undefined && this.formerMayRun() ? { formerKey } : {}),
      state: rest.state === 'received' && this.settled.needsNobody(rest) ? 'queued' : rest.state,
      receivedAtMs,
      traceparent: traces.current() ?? null,
      payload: this.secrets.seal(xml, BINDINGS.event(componentAppid, dedupeKey)),
      ticket:
        ticket === null
          ? null
          : this.secrets.seal(ticket, BINDINGS.ticket(componentAppid, pushedAt({ createTimeMs, receivedAtMs }))),
    };
  }
}
