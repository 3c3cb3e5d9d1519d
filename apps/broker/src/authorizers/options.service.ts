import { Injectable } from '@nestjs/common';
import { ComponentRegistry, DomainError, EffectGate } from '#service';
import { type AuthorizerOption, type CallContext, WechatApi, WechatApiError } from '#wechat';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { AuthorizerRepository } from './authorizer.repository.js';

/** By the component's token with both appids, which satisfies the present page and the older ones (authorization.md §5.7). */
@Injectable()
export class OptionsService {
  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly components: ComponentRegistry,
    private readonly authorizers: AuthorizerRepository,
    private readonly gate: EffectGate,
  ) {}

  async get(componentAppid: string, authorizerAppid: string, name: AuthorizerOption): Promise<number> {
    const { option_value } = await this.asked(componentAppid, authorizerAppid, (token, context, of) =>
      this.wechat.component.getAuthorizerOption(token, { ...of, option_name: name }, context),
    );
    return Number(option_value);
  }

  set(componentAppid: string, authorizerAppid: string, name: AuthorizerOption, value: number): Promise<unknown> {
    return this.gate.require({ effect: 'component-settings', componentAppid, authorizerAppid }, () =>
      this.asked(componentAppid, authorizerAppid, (token, context, of) =>
        this.wechat.component.setAuthorizerOption(token, { ...of, option_name: name, option_value: String(value) }, context),
      ),
    );
  }

  private async asked<T>(
    component_appid: string,
    authorizer_appid: string,
    call: (token: string, context: CallContext, of: { component_appid: string; authorizer_appid: string }) => Promise<T>,
  ): Promise<T> {
    this.components.require(component_appid);
    if (!(await this.authorizers.find(component_appid, authorizer_appid)))
      throw new DomainError('authorizer-unknown', `${authorizer_appid} has not authorized ${component_appid}.`);
    const context = { componentAppid: component_appid, authorizerAppid: authorizer_appid };
    try {
      return await withToken(this.tokens, componentToken(component_appid), (token) =>
        call(token, context, { component_appid, authorizer_appid }),
      );
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat refused the call.') : error;
    }
  }
}
