import { Inject, Injectable } from '@nestjs/common';
import type { AuthorizerEntity } from '#persistence';
import { CLOCK, type Clock, LOGGER, type Logger } from '#service';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { isOld, OLD_AFTER_MS } from './profile-age.domain.js';

const AT_ONCE = 8;

type Profile = Pick<AuthorizerEntity, 'componentAppid' | 'authorizerAppid' | 'profileAt'>;

/** Names of merchants, which the broker reads: asked for anew where what we know may be out of date. */
@Injectable()
export class Profiles {
  constructor(
    private readonly gateway: WechatGateway,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Has the broker read those that are older than a day; one that cannot be read stays as it is.
   * @param most so many of them: the rest is for the broker's nightly sync
   * @returns how many were read
   */
  async renew(rows: readonly Profile[], most: number): Promise<number> {
    const old = rows.filter((row) => isOld(row.profileAt, this.clock.now(), OLD_AFTER_MS)).slice(0, most);
    let read = 0;
    for (let from = 0; from < old.length; from += AT_ONCE) {
      const some = old.slice(from, from + AT_ONCE).map((row) => this.reread(row.componentAppid, row.authorizerAppid));
      read += (await Promise.all(some)).filter(Boolean).length;
    }
    return read;
  }

  /** @returns whether the broker has read it */
  async reread(componentAppid: string, authorizerAppid: string): Promise<boolean> {
    try {
      await this.gateway.byBroker((broker) => broker.refreshAuthorizer(componentAppid, authorizerAppid));
      return true;
    } catch (error) {
      this.logger.info(
        { event: 'profile.unread', authorizer: authorizerAppid, problem: (error as Error).message },
        'The broker did not read a profile; the nightly sync will',
      );
      return false;
    }
  }
}
