import { Injectable } from '@nestjs/common';
import { ComponentRegistry } from '#service';
import { WechatApi, WechatApiError } from '#wechat';
import { TicketRepository } from '../tickets/ticket.repository.js';
import { Cooldowns } from './cooldowns.js';
import { RefreshFailure } from './refresh-failure.js';
import type { TokenSubject } from './token.domain.js';
import type { FreshToken, TokenSource } from './token-source.js';
import { accepted } from './with-token.js';

/** Tickets tried for one token; each try costs quota. */
const TICKETS_TRIED = 4;
/** Where only a change of configuration, or a new day, helps: each try costs quota. */
const OPERATOR_PAUSE_MS = 60_000;
/** Between two requests to start the pushes: doubled each time, until a token comes. */
const START_PAUSE_MS = { first: 20_000, most: 1_200_000 } as const;

/** Ticket and secret → component access token. */
@Injectable()
export class ComponentSource implements TokenSource {
  constructor(
    private readonly components: ComponentRegistry,
    private readonly tickets: TicketRepository,
    private readonly wechat: WechatApi,
    private readonly cooldowns: Cooldowns,
  ) {}

  accepts({ componentAppid }: TokenSubject, token: string): Promise<boolean> {
    return accepted(() => this.wechat.diagnosis.getCallbackIps(token, { componentAppid }));
  }

  async renew({ componentAppid }: TokenSubject): Promise<FreshToken> {
    const component = this.components.find(componentAppid);
    if (!component) throw new RefreshFailure('component-unknown', 'This deployment does not serve that component.');
    const tickets = await this.tickets.candidates(componentAppid, TICKETS_TRIED);
    if (tickets.length === 0) {
      await this.startPushes(componentAppid, component.appSecret);
      throw new RefreshFailure('ticket-missing', 'No ticket younger than 12 hours; WeChat was asked to push one.', {
        capMs: 20_000,
      });
    }
    try {
      const answer = await this.exchange(componentAppid, component.appSecret, tickets);
      await this.cooldowns.forget(startsOf(componentAppid));
      return { token: answer.component_access_token, expiresInMs: answer.expires_in * 1_000 };
    } catch (error) {
      if (!(error instanceof WechatApiError)) throw error;
      if (error.refusal?.ticketRefused) {
        await this.startPushes(componentAppid, component.appSecret);
        throw new RefreshFailure('ticket-missing', 'WeChat refused the newest tickets; it was asked to push another one.', {
          wechat: error,
          capMs: 20_000,
        });
      }
      const lasts = error.reaction === 'operator' || error.refusal?.quotaExhausted;
      throw RefreshFailure.of(error, 'WeChat gave no component token.', lasts ? { floorMs: OPERATOR_PAUSE_MS } : {});
    }
  }

  /** With the newest ticket; with the next ones when WeChat refuses it: somebody else's, or a broken one, must not stand before a good one. */
  private async exchange(componentAppid: string, secret: string, tickets: readonly string[]) {
    let refused: unknown;
    for (const ticket of tickets) {
      try {
        return await this.wechat.component.apiComponentToken({
          component_appid: componentAppid,
          component_appsecret: secret,
          component_verify_ticket: ticket,
        });
      } catch (error) {
        if (!(error instanceof WechatApiError && error.refusal?.ticketRefused)) throw error;
        refused = error;
      }
    }
    throw refused;
  }

  /** Harmless when the pushes run already; but each request costs quota, and a missing ticket may last for days. */
  private async startPushes(componentAppid: string, secret: string): Promise<void> {
    const last = await this.cooldowns.look<number>(startsOf(componentAppid));
    if (last?.active) return;
    const pauseMs = last ? Math.min(START_PAUSE_MS.most, last.value * 2) : START_PAUSE_MS.first;
    await this.cooldowns.begin(startsOf(componentAppid), { value: pauseMs, ms: pauseMs, rememberMs: START_PAUSE_MS.most });
    await this.wechat.component.apiStartPushTicket({ component_appid: componentAppid, component_secret: secret }).catch(() => {});
  }
}

const startsOf = (componentAppid: string) => `start-push-ticket:${componentAppid}`;
