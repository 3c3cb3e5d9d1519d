import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Agent, request } from 'undici';
import type { Component, Merchant } from '../world/model.js';
import { digits, newMsgId, newOpenid } from '../world/random.js';
import { World } from '../world/world.service.js';
import { type Envelope, envelope, openReply, type Tamper } from './envelope.domain.js';
import { PushFaults } from './push-faults.service.js';
import { PushLog, type PushRecord, type PushTry } from './push-log.service.js';
import { type XmlFields, xml } from './xml.domain.js';

const AT_ONCE = 64;
const KEPT_ANSWER = 4096;
/** Sender of system events such as audit results. */
export const SYSTEM_OPENID = 'oSYSTEM0000000000000000000000';

export interface PushOrder {
  readonly component: Component;
  /** set: the message URL of this account; not set: the component's own event URL */
  readonly merchant?: Merchant | undefined;
  readonly kind: string;
  readonly message: string;
  readonly openid?: string | undefined;
  readonly tamper?: Tamper | undefined;
  readonly timestamp?: string | undefined;
  readonly nonce?: string | undefined;
  readonly drop?: boolean | undefined;
  readonly delayMs?: number | undefined;
  /** Called once, after the last try. */
  readonly onDone?: (record: PushRecord) => void;
}

export interface PushTicket {
  readonly record: PushRecord;
  readonly done: Promise<PushRecord>;
}

/** Sends pushes as WeChat does: encrypted POST, five seconds, `success` or it failed. */
@Injectable()
export class PushService implements OnModuleDestroy {
  private readonly agent = new Agent({ connections: AT_ONCE, pipelining: 1 });
  private readonly waiting: Array<() => void> = [];
  private readonly stop = new AbortController();
  private running = 0;

  constructor(
    private readonly world: World,
    private readonly faults: PushFaults,
    private readonly log: PushLog,
  ) {}

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.agent.destroy();
  }

  /** A component event: `InfoType` and its fields. */
  event(
    component: Component,
    infoType: string,
    fields: XmlFields,
    more: Partial<PushOrder> & { createTime?: number } = {},
  ): PushTicket {
    const message = this.written({
      AppId: component.appid,
      CreateTime: more.createTime ?? this.world.nowS,
      InfoType: infoType,
      ...fields,
    });
    return this.send({ component, kind: infoType, message, ...more });
  }

  /** An event about an account, on the message URL. */
  accountEvent(
    component: Component,
    merchant: Merchant,
    event: string,
    fields: XmlFields,
    more: Partial<PushOrder> = {},
  ): PushTicket {
    const openid = more.openid ?? SYSTEM_OPENID;
    const message = this.written({
      ToUserName: merchant.user_name,
      FromUserName: openid,
      CreateTime: this.world.nowS,
      MsgType: 'event',
      Event: event,
      ...fields,
    });
    return this.send({ component, merchant, kind: event, message, openid, ...more });
  }

  /** A text message that a user sends to an account. */
  userText(component: Component, merchant: Merchant, openid: string, content: string): PushTicket {
    const fields = {
      ToUserName: merchant.user_name,
      FromUserName: openid,
      CreateTime: this.world.nowS,
      MsgType: 'text',
      Content: content,
      MsgId: newMsgId(),
    };
    return this.send({ component, merchant, kind: 'text', message: this.written(fields), openid });
  }

  send(order: PushOrder): PushTicket {
    const { component, merchant } = order;
    const fault = this.faults.take(order.kind, component.appid, merchant?.appid ?? '');
    const tamper = order.tamper ?? (fault?.action === 'tamper' ? (fault.tamper ?? 'signature') : undefined);
    const sealed = this.seal(order, tamper);
    const dropped = (order.drop ?? false) || fault?.action === 'drop';
    const delayMs = (order.delayMs ?? 0) + (fault?.action === 'delay' ? fault.delay_ms : 0);
    const first = this.start(order, sealed, tamper, dropped, delayMs);
    if (fault?.action === 'double') void this.start(order, sealed, tamper, false, delayMs + fault.delay_ms);
    return first;
  }

  /** The same bytes and the same query once more. */
  replay(former: PushRecord): PushTicket {
    const component = this.world.component(former.component_appid);
    const merchant = former.authorizer_appid ? this.world.merchant(former.authorizer_appid) : undefined;
    return this.start({ component, merchant, kind: former.kind, message: former.xml }, former.sealed, former.tampered, false, 0);
  }

  /** The content of a push in the format that is set. */
  written(fields: XmlFields): string {
    return this.world.settings.push_format === 'json' ? JSON.stringify(fields) : xml(fields);
  }

  private seal(order: PushOrder, tamper: Tamper | undefined): Envelope {
    const clock = this.world.settings.push_timestamp === 'real' ? Date.now() : this.world.now;
    return envelope(order.component.options, order.message, {
      timestamp: order.timestamp ?? String(Math.floor(clock / 1000)),
      nonce: order.nonce ?? digits(10),
      openid: order.merchant ? (order.openid ?? newOpenid()) : undefined,
      toUserName: order.merchant?.user_name,
      format: this.world.settings.push_format,
      tamper,
    });
  }

  private start(order: PushOrder, sealed: Envelope, tampered: Tamper | undefined, dropped: boolean, delayMs: number): PushTicket {
    const { component, merchant } = order;
    const url = merchant
      ? component.options.message_event_url.replaceAll('$APPID$', merchant.appid)
      : component.options.auth_event_url;
    const record = this.log.add({
      at_ms: this.world.now,
      component_appid: component.appid,
      authorizer_appid: merchant?.appid ?? '',
      channel: merchant ? 'messages' : 'events',
      kind: order.kind,
      url,
      tries: [],
      delivered: false,
      dropped,
      tampered,
      reply: null,
      xml: order.message,
      sealed,
    });
    const done = this.run(record, order, component, delayMs);
    return { record, done };
  }

  private async run(record: PushRecord, order: PushOrder, component: Component, delayMs: number): Promise<PushRecord> {
    try {
      if (record.dropped) return record;
      if (delayMs > 0) await sleep(delayMs, undefined, { signal: this.stop.signal });
      const { auth_event_repeats: repeats, message_tries: messageTries, push_retry_ms: pause } = component.options;
      const most = record.channel === 'messages' ? messageTries : order.kind === 'component_verify_ticket' ? 1 : 1 + repeats;
      for (let attempt = 1; attempt <= most; attempt++) {
        const outcome = await this.inTurn(() => this.attempt(record));
        record.tries.push(outcome);
        record.delivered = outcome.ok;
        if (outcome.ok) break;
        if (attempt < most && pause > 0) await sleep(pause, undefined, { signal: this.stop.signal });
      }
    } catch (error) {
      if (!this.stop.signal.aborted) throw error;
    }
    order.onDone?.(record);
    return record;
  }

  private async attempt(record: PushRecord): Promise<PushTry> {
    const started = performance.now();
    const ms = (): number => Math.round(performance.now() - started);
    try {
      const separator = record.url.includes('?') ? '&' : '?';
      const signal = AbortSignal.any([AbortSignal.timeout(this.world.settings.push_timeout_ms), this.stop.signal]);
      const response = await request(`${record.url}${separator}${new URLSearchParams(record.sealed.query)}`, {
        method: 'POST',
        body: record.sealed.body,
        headers: {
          'content-type': record.sealed.body.startsWith('{') ? 'application/json' : 'text/xml',
          'user-agent': 'Mozilla/4.0',
          accept: '*/*',
        },
        dispatcher: this.agent,
        signal,
      });
      // Not `text()`, which would hide a byte order mark; WeChat takes `success` only byte for byte.
      const answer = Buffer.from(await response.body.arrayBuffer()).toString('utf8');
      const fault = response.statusCode === 200 ? this.judge(record, answer) : `HTTP ${response.statusCode}`;
      return {
        status: response.statusCode,
        ms: ms(),
        ok: !fault,
        answer: answer.slice(0, KEPT_ANSWER),
        ...(fault && { error: fault }),
      };
    } catch (error) {
      const reason =
        error instanceof Error ? (error.name === 'TimeoutError' ? 'timeout' : error.message || error.name) : String(error);
      return { status: 0, ms: ms(), ok: false, answer: '', error: reason };
    }
  }

  /** What is wrong with an answer; undefined when WeChat would be content. */
  private judge(record: PushRecord, answer: string): string | undefined {
    if (answer === 'success') return undefined;
    if (record.channel === 'events') return 'answer is not success';
    if (answer === '') return undefined;
    try {
      record.reply = openReply(record.sealed, record.component_appid, answer);
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : 'bad reply';
    }
  }

  /** At most `AT_ONCE` at a time, so that a wave of events does not time out in our own queue. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }
}
