import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { type Effect, InboxConsumer, type InboxEvent } from '#inbox';
import { AccessLog, ComponentRegistry, LOGGER, type Logger, monotonicMs } from '#service';
import { isReleaseCheckAppid, WechatApi } from '#wechat';
import { GrantService } from '../authorizations/grant.service.js';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';

const PREFIX = 'QUERY_AUTH_CODE:';
/** Bytes; WeChat's have some hundred. */
const LONGEST_CODE = 512;
const SENDS = 3;
const PAUSE_MS = 500;

/** What only the broker may ask WeChat for others: the answer that the release check wants by API, and tickets to be pushed again. */
@Injectable()
export class ReleaseCheckService {
  constructor(
    private readonly inbox: InboxConsumer,
    private readonly components: ComponentRegistry,
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly grants: GrantService,
    private readonly accessLog: AccessLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Cases 3 and 4 of the full-network release check (authorization.md §4): exchanges the code in the text and sends it back as a
   * customer-service message. The account is WeChat's own: nothing about it is stored. A code of any other account is not answered.
   */
  async reply(eventId: string): Promise<void> {
    await this.inbox.consumeOnce('release-check', eventId, (inboxEvent) => this.answer(inboxEvent));
  }

  private async answer({ eventId, componentAppid, authorizerAppid, event }: InboxEvent): Promise<Effect | undefined> {
    if (!authorizerAppid || !isReleaseCheckAppid(authorizerAppid)) return undefined;
    if (event.kind !== 'message.text' || !event.Content.startsWith(PREFIX))
      return { state: 'skipped', note: 'asks for no answer' };
    const context = { componentAppid, authorizerAppid };
    const code = event.Content.slice(PREFIX.length);
    if (Buffer.byteLength(code) > LONGEST_CODE)
      return { state: 'skipped', note: `its code is longer than ${LONGEST_CODE} bytes` };
    let askedAt = 0;
    const { authorization_info: grant } = await withToken(this.tokens, componentToken(componentAppid), (token) => {
      askedAt = monotonicMs();
      return this.wechat.component.apiQueryAuth(token, { component_appid: componentAppid, authorization_code: code }, context);
    });
    const entry = { action: 'release-check.answer', componentAppid, authorizerAppid: grant.authorizer_appid, subject: eventId };
    if (!isReleaseCheckAppid(grant.authorizer_appid)) {
      // A merchant's code that somebody sent here is used up now: its grant is kept, and nobody is answered with it.
      await this.grants.keep({ componentAppid, code, source: 'push', authorizerAppid: grant.authorizer_appid }, grant, askedAt);
      this.accessLog.record({ ...entry, outcome: 'refused' });
      this.logger.warn(
        { event: 'release-check.foreign-code', event_id: eventId, component_appid: componentAppid },
        'A message of the release check brought the code of a merchant; the grant was kept, and not answered',
      );
      return { state: 'skipped', note: `its code was one of ${grant.authorizer_appid}` };
    }
    // The job cannot be tried again from here on: the code is used up.
    await repeated(() =>
      this.wechat.onBehalf.sendCustomText(
        grant.authorizer_access_token ?? '',
        { touser: event.FromUserName, content: `${code}_from_api` },
        context,
      ),
    );
    this.accessLog.record({ ...entry, outcome: 'ok' });
    this.logger.info(
      { event: 'release-check.answered', event_id: eventId, component_appid: componentAppid },
      'Answered the release check by API',
    );
    return { state: 'done' };
  }

  /** Asks WeChat to push tickets (again). */
  async startPushTicket(componentAppid: string): Promise<void> {
    const component = this.components.find(componentAppid);
    if (!component) return;
    await this.wechat.component.apiStartPushTicket({
      component_appid: componentAppid,
      component_secret: component.appSecret,
    });
    this.logger.info({ event: 'ticket.push-started', component_appid: componentAppid }, 'Asked WeChat to push tickets');
  }
}

/** Tries a few times, with pauses that are short for whoever waits for the message. */
async function repeated(send: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await send();
      return;
    } catch (error) {
      if (attempt === SENDS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
