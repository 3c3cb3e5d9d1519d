import { Injectable } from '@nestjs/common';
import { BrokerClient } from '#broker-client';
import { ComponentRegistry } from '#service';
import type { CallContext, WechatApi } from '#wechat';
import { WechatApi as Api } from '#wechat';

/** What a call needs: its token, and who is concerned. */
export interface Call {
  readonly token: string;
  readonly context: CallContext;
}

/** WeChat's API with the right token put in; a token that WeChat refuses is reported to the broker and the call repeated once. */
@Injectable()
export class WechatGateway {
  private readonly api: WechatApi;

  constructor(
    api: Api,
    private readonly broker: BrokerClient,
    private readonly components: ComponentRegistry,
  ) {
    this.api = api;
  }

  /** @throws DomainError `component-unknown` */
  requireComponent(componentAppid: string): void {
    this.components.require(componentAppid);
  }

  /** The one component of this deployment, if there is only one: rows of an older system name none. */
  onlyComponent(): string | undefined {
    return this.components.all.length === 1 ? this.components.all[0]?.component_appid : undefined;
  }

  /** @throws WechatApiError, BrokerError */
  forComponent<T>(componentAppid: string, call: (api: WechatApi, call: Call) => Promise<T>): Promise<T> {
    const context = { componentAppid };
    return this.broker.withComponentToken(componentAppid, (token) => call(this.api, { token, context }));
  }

  /** @throws WechatApiError, BrokerError */
  forAuthorizer<T>(
    componentAppid: string,
    authorizerAppid: string,
    call: (api: WechatApi, call: Call) => Promise<T>,
  ): Promise<T> {
    const context = { componentAppid, authorizerAppid };
    return this.broker.withAuthorizerToken(componentAppid, authorizerAppid, (token) => call(this.api, { token, context }));
  }
}
