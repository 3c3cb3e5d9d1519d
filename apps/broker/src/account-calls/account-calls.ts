import { Injectable } from '@nestjs/common';
import { ComponentRegistry, DomainError, EffectGate } from '#service';
import { type CallContext, PERMISSION_SETS, WechatApi } from '#wechat';
import { AuthorizerRepository } from '../authorizers/authorizer.repository.js';
import { authorizerToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';

/** A mini program of a component. */
export interface App {
  readonly componentAppid: string;
  readonly authorizerAppid: string;
}

type AccountCall<T> = (api: WechatApi, token: string, context: CallContext) => Promise<T>;

/** Calls of WeChat with a merchant's token that the broker makes on its own account, for filing and certification. */
@Injectable()
export class AccountCalls {
  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly authorizers: AuthorizerRepository,
    private readonly components: ComponentRegistry,
    private readonly gate: EffectGate,
  ) {}

  /** @throws WechatApiError, or DomainError when there is no token */
  read<T>({ componentAppid, authorizerAppid }: App, call: AccountCall<T>): Promise<T> {
    const context = { componentAppid, authorizerAppid };
    return withToken(this.tokens, authorizerToken(componentAppid, authorizerAppid), (token) => call(this.wechat, token, context));
  }

  /** What changes something. A refusal of the token is the only thing after which it is sent once more. @throws as `read` */
  bring<T>(app: App, call: AccountCall<T>): Promise<T> {
    return this.gate.require({ effect: 'registration', ...app }, () => this.read(app, call));
  }

  /**
   * Before WeChat is asked: the account is known, and has granted one of these sets. Sets that were never read are left to WeChat.
   * @throws DomainError `authorizer-unknown`, `conflict`
   */
  async require({ componentAppid, authorizerAppid }: App, sets: readonly number[]): Promise<void> {
    this.components.require(componentAppid);
    const row = await this.authorizers.find(componentAppid, authorizerAppid);
    if (!row) throw new DomainError('authorizer-unknown', `${authorizerAppid} has not authorized ${componentAppid}.`);
    if (row.permissionSetsAt === null) return;
    const granted = (await this.authorizers.permissionSets(componentAppid, [authorizerAppid])).get(authorizerAppid) ?? [];
    if (sets.some((set) => granted.includes(set))) return;
    const named = (language: 'en' | 'zh') => sets.map((set) => `${set} ${PERMISSION_SETS.get(set)?.name[language] ?? ''}`.trim());
    throw new DomainError('conflict', `${authorizerAppid} has not granted the permission set ${named('en').join(' or ')}.`, {
      remedy: {
        en: `Add the permission set ${named('en').join(' or ')} to the component, make an authorization link, and have the merchant authorize again.`,
        zh: `请在第三方平台勾选权限集 ${named('zh').join(' 或 ')}，再生成授权链接，由商家重新授权。`,
      },
      members: { permission_sets: [...sets] },
    });
  }
}
