import { Inject, Injectable } from '@nestjs/common';
import type { QuotaResetEntity } from '#persistence';
import { CLOCK, type Clock, ComponentRegistry, DomainError, LOGGER, type Logger } from '#service';
import { type CallContext, ERRCODE, WechatApi, WechatApiError } from '#wechat';
import { authorizerToken, componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import { QuotaResets } from './quota-resets.repository.js';
import { beijingMonth, exhaustedAt, RESETS_A_MONTH, urlWithoutSecrets, withoutSecrets } from './quotas.domain.js';
import type {
  CallbackCheckView,
  CheckCallback,
  QuotaResetsView,
  QuotaResetView,
  QuotaView,
  ResetQuotas,
  RidView,
} from './quotas.dto.js';

/** A merchant, or the component itself. */
export interface Account {
  readonly componentAppid: string;
  readonly authorizerAppid?: string | undefined;
}

/** WeChat's quotas (fleet-duties.md §4): read, looked up, and reset when somebody says so. Never by itself. */
@Injectable()
export class QuotasService {
  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly components: ComponentRegistry,
    private readonly resets: QuotaResets,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async quota(account: Account, path: string): Promise<QuotaView> {
    const answer = await this.asked(account, (token, context) =>
      this.wechat.diagnosis.getQuota(token, { cgi_path: path }, context),
    );
    const { daily_limit, used, remain } = answer.quota;
    const limited = daily_limit > 0;
    return {
      path,
      account_appid: appidOf(account),
      daily_limit: limited ? daily_limit : null,
      used,
      remaining: limited ? (remain ?? Math.max(0, daily_limit - used)) : null,
      exhausted_at: exhaustedAt(answer.quota, this.clock.now()),
      rate_limit: rateOf(answer.rate_limit),
      component_rate_limit: rateOf(answer.component_rate_limit),
    };
  }

  /** Of an account the token of which made the call: WeChat tells nobody else. */
  async rid(account: Account, rid: string): Promise<RidView> {
    const { request } = await this.asked(account, (token, context) => this.wechat.diagnosis.getRid(token, { rid }, context));
    return {
      rid,
      at: new Date(request.invoke_time * 1_000).toISOString(),
      duration_ms: request.cost_in_ms,
      request_url: urlWithoutSecrets(String(request.request_url ?? '')),
      request_body: withoutSecrets(String(request.request_body ?? '')),
      response_body: withoutSecrets(String(request.response_body ?? '')),
      client_ip: request.client_ip,
    };
  }

  /** Whether WeChat reaches the URL that the account has configured for pushes. */
  async checkCallback(account: Account, { action, network }: CheckCallback): Promise<CallbackCheckView> {
    const { dns = [], ping = [] } = await this.asked(account, (token, context) =>
      this.wechat.diagnosis.checkCallback(token, { action, check_operator: network }, context),
    );
    return {
      dns: dns.map(({ ip, real_operator }) => ({ ip, network: real_operator })),
      ping: ping.map(({ ip, from_operator, package_loss, time }) => ({ ip, network: from_operator, package_loss, time })),
    };
  }

  async list(account: Account): Promise<QuotaResetsView> {
    this.components.require(account.componentAppid);
    const month = beijingMonth(this.clock.now());
    const appid = appidOf(account);
    const [used, rows] = await Promise.all([
      this.resets.used(appid, month),
      this.resets.list(account.componentAppid, appid, month),
    ]);
    return { account_appid: appid, month, used, limit: RESETS_A_MONTH, items: rows.map(toView) };
  }

  /** The ten of a month are the account's own, also of a merchant: written down before WeChat is asked. */
  async reset(account: Account, { path = '', reason }: ResetQuotas, clientId: string): Promise<QuotaResetsView> {
    this.components.require(account.componentAppid);
    const [month, accountAppid] = [beijingMonth(this.clock.now()), appidOf(account)];
    const { componentAppid } = account;
    const resetId = await this.resets.begin({ componentAppid, accountAppid, month, path, clientId, reason }, RESETS_A_MONTH);
    if (resetId === undefined) throw allUsed(accountAppid, month);
    try {
      await this.send(account, path);
      await this.resets.end(resetId, 'done', null);
    } catch (error) {
      const refusal = error instanceof DomainError ? error.extras.wechat : undefined;
      const errcode = refusal?.errcode ?? null;
      // Without a call of WeChat (no token) nothing was done.
      await this.resets.end(resetId, refusal?.maybe_executed ? 'unclear' : 'refused', errcode);
      throw error;
    }
    this.logger.warn({ event: 'quota.reset', account: accountAppid, path: path || 'all' }, 'Quotas were reset at WeChat');
    return this.list(account);
  }

  /**
   * By the account's own token. Where none can be had because the quota of tokens is used up as well, by the component's secret, which
   * wants no token and goes for the whole account only.
   */
  private async send(account: Account, path: string): Promise<void> {
    const { diagnosis } = this.wechat;
    if (path !== '') {
      await this.asked(account, (token, context) => diagnosis.clearPathQuota(token, { cgi_path: path }, context));
      return;
    }
    try {
      await this.asked(account, (token, context) => diagnosis.clearQuota(token, { appid: appidOf(account) }, context));
    } catch (error) {
      const { wechat } = error instanceof DomainError ? error.extras : {};
      // A failure to get a token names no call of ours.
      if (wechat?.errcode !== ERRCODE.QUOTA_EXHAUSTED || wechat.api === 'clear_quota') throw error;
      await this.bySecret(account);
    }
  }

  private async bySecret({ componentAppid, authorizerAppid }: Account): Promise<void> {
    const { appSecret } = this.components.require(componentAppid);
    try {
      await this.wechat.diagnosis.clearQuotaBySecret(
        {
          component_appid: componentAppid,
          appsecret: appSecret,
          ...(authorizerAppid === undefined ? {} : { appid: authorizerAppid }),
        },
        authorizerAppid === undefined ? {} : { authorizerAppid },
      );
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat refused the reset.') : error;
    }
  }

  private async asked<T>(
    { componentAppid, authorizerAppid }: Account,
    call: (token: string, context: CallContext) => Promise<T>,
  ): Promise<T> {
    this.components.require(componentAppid);
    const subject =
      authorizerAppid === undefined ? componentToken(componentAppid) : authorizerToken(componentAppid, authorizerAppid);
    const context = { componentAppid, ...(authorizerAppid === undefined ? {} : { authorizerAppid }) };
    try {
      return await withToken(this.tokens, subject, (token) => call(token, context));
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat refused the call.') : error;
    }
  }
}

const appidOf = ({ componentAppid, authorizerAppid }: Account): string => authorizerAppid ?? componentAppid;

function rateOf(rate: { readonly call_count: number; readonly refresh_second: number } | undefined) {
  return rate ? { calls: rate.call_count, seconds: rate.refresh_second } : null;
}

function toView(row: QuotaResetEntity): QuotaResetView {
  return {
    reset_id: String(row.resetId),
    path: row.path || null,
    state: row.state,
    errcode: row.errcode,
    client_id: row.clientId,
    reason: row.reason,
    at: row.createdAt.toISOString(),
  };
}

const allUsed = (appid: string, month: string): DomainError =>
  new DomainError('wechat-quota', `All ${RESETS_A_MONTH} resets of ${appid} in ${month} are used; WeChat was not asked.`, {
    remedy: {
      en: 'Wait for the next day, when the daily quotas begin anew, or for the next month.',
      zh: '请等待次日额度恢复，或下月再重置。',
    },
  });
