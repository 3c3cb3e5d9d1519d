import { Injectable } from '@nestjs/common';
import type { RegistrationEntity } from '#persistence';
import { ComponentRegistry } from '#service';
import { describeErrcode, WechatUrls } from '#wechat';
import { BrokerConfig } from '../config/broker.config.js';
import { RegistrationRepository } from './registration.repository.js';
import type { Shown } from './registration-pages.js';
import { RegistrationSubmitter } from './registration-submitter.js';
import type { RegistrationRequest } from './ways.domain.js';

/** What the person who has to act sees, and comes back with. */
@Injectable()
export class RegistrationPageService {
  private readonly base: string;

  constructor(
    private readonly registrations: RegistrationRepository,
    private readonly submitter: RegistrationSubmitter,
    private readonly components: ComponentRegistry,
    private readonly urls: WechatUrls,
    config: BrokerConfig,
  ) {
    this.base = config.PUBLIC_BASE_URL.replace(/\/$/, '');
  }

  /** @returns `undefined`: there is none */
  async show(registrationId: string): Promise<Shown | undefined> {
    const row = await this.find(registrationId);
    return row && this.shown(row);
  }

  /**
   * WeChat has sent the browser back. A ticket is taken from whoever brings it: it is good with the token of that official account alone.
   */
  async arrive(registrationId: string, ticket: string): Promise<Shown | undefined> {
    const row = await this.find(registrationId);
    if (!row) return undefined;
    if (row.way === 'account' && row.state === 'waiting') await this.submitter.consented(row, ticket, 'page');
    return this.show(registrationId);
  }

  private async find(registrationId: string): Promise<RegistrationEntity | undefined> {
    const row = /^[0-9a-f]{32}$/.test(registrationId) ? await this.registrations.find(registrationId) : null;
    return row && this.components.find(row.componentAppid) ? row : undefined;
  }

  private shown(row: RegistrationEntity): Shown {
    const request = this.registrations.requestOf(row);
    const { way, state, step, expiresAt, appid, errcode } = row;
    const component = this.components.find(row.componentAppid);
    return {
      way,
      state,
      step,
      request,
      brand: { name: component?.name, company: component?.company, contact: component?.contact, logo: component?.logoUrl },
      url: state === 'waiting' ? this.urlOf(row, request) : undefined,
      expiresAt,
      appid,
      remedy: errcode === null ? undefined : describeErrcode(errcode).remedy,
      errcode,
    };
  }

  private urlOf(row: RegistrationEntity, request: RegistrationRequest): string | undefined {
    if (row.way === 'account')
      return this.urls.accountRegistrationPage({
        accountAppid: row.sourceAppid,
        componentAppid: row.componentAppid,
        copyVerification: request.copy_wx_verify ?? true,
        redirectUri: `${this.base}/register/callback?registration=${row.registrationId}`,
      });
    const url = this.registrations.urlOf(row);
    // It becomes a link of our page.
    return url && /^https?:\/\//.test(url) ? url : undefined;
  }
}
