import { Injectable } from '@nestjs/common';
import { BrokerClient, BrokerError } from '#broker-client';
import { ComponentRegistry } from '#service';
import type { CallContext, WechatApi } from '#wechat';
import { WechatApi as Api, WechatApiError } from '#wechat';

/** What a call needs: its token, and who is concerned. */
export interface Call {
  readonly token: string;
  readonly context: CallContext;
}

/**
 * WeChat's API with the token of the mini program put in; a token that WeChat refuses is reported to the broker and the call repeated once.
 * What needs the component's token the broker does itself.
 */
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
    return this.components.all.length === 1 ? this.components.all[0]?.componentAppid : undefined;
  }

  /**
   * What the broker does with the component's token.
   * @throws WechatApiError where WeChat refused it or did not answer the broker; BrokerError for everything else
   */
  async byBroker<T>(operate: (broker: BrokerClient) => Promise<T>): Promise<T> {
    try {
      return await operate(this.broker);
    } catch (error) {
      throw saidByWechat(error) ?? ofOlderBroker(error) ?? error;
    }
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

/** What the broker was told by WeChat, as if we had asked ourselves. A failure to get a token has no `kind`, and is the broker's matter. */
function saidByWechat(error: unknown): WechatApiError | undefined {
  if (!(error instanceof BrokerError) || error.wechat?.kind === undefined) return undefined;
  const { kind, api = '', errcode, errmsg = '', rid, details, http_status: httpStatus, maybe_executed } = error.wechat;
  // Where it does not say so, nobody knows.
  return new WechatApiError({ kind, api, errcode, errmsg, rid, details, httpStatus, maybeExecuted: maybe_executed ?? true });
}

/** Of these routes none has anything that may be missing but itself. */
function ofOlderBroker(error: unknown): BrokerError | undefined {
  if (!(error instanceof BrokerError) || error.code !== 'not-found') return undefined;
  const detail = 'The broker is of an older version than this app, and cannot do this yet: upgrade it first.';
  return new BrokerError({ code: 'broker-unreachable', detail, requestId: error.requestId });
}
