import type { CallContext, WechatTransport } from './transport.js';

/** What most ways of registration answer. */
export interface RegistrationAnswer {
  readonly taskid: string;
  /** Where a person acts, within 24 hours. WeChat itself tells nobody: the platform shows it. */
  readonly authorize_url?: string;
  /** See `registrationStatus`: its meaning depends on the API. */
  readonly status?: number;
}

export interface EnterpriseRegistration {
  /** As registered; a sole trader without a name: `个体户` and the name of the person. */
  readonly name: string;
  /** 18-digit unified social credit code (统一社会信用代码). */
  readonly code: string;
  /** Service number of the platform, shown to the person. */
  readonly component_phone: string;
}

export interface PersonalRegistration {
  /** WeChat id (微信号), no openid. */
  readonly wxuser: string;
  readonly component_phone?: string;
}

export interface TrialRegistration {
  /** 4 to 30 characters, without 小程序, 微信 and the like. */
  readonly name: string;
  /** Of the WeChat user who becomes administrator, in an app or account of the platform. */
  readonly openid: string;
}

/** Of the way that reuses an official account: text instead of booleans, as in WeChat's sample, counts as well. */
export interface ReuseAnswer {
  readonly appid: string;
  readonly authorization_code: string;
  readonly is_wx_verify_succ?: boolean | 'true' | 'false';
  readonly is_link_succ?: boolean | 'true' | 'false';
}

/**
 * Registration of mini programs (registration.md). None of these calls knows an idempotency key: remember `taskid` or `unique_id` before the
 * address is shown. The old forms without `new_version` ended on 2026-04-30.
 */
export class RegistrationApi {
  constructor(private readonly transport: WechatTransport) {}

  /** §2. One at a time per company (89249). The result comes as `notify_third_fasteregister`, with a code that lives ten minutes. */
  registerEnterprise(
    componentAccessToken: string,
    body: EnterpriseRegistration,
    context?: CallContext,
  ): Promise<RegistrationAnswer> {
    return this.task('fastregisterenterpriseweapp', 'create', componentAccessToken, { ...body }, context);
  }

  queryEnterprise(componentAccessToken: string, body: { taskid: string }, context?: CallContext): Promise<RegistrationAnswer> {
    return this.task('fastregisterenterpriseweapp', 'query', componentAccessToken, body, context);
  }

  /** §3. Five calls a day per WeChat id (91030). */
  registerPersonal(componentAccessToken: string, body: PersonalRegistration, context?: CallContext): Promise<RegistrationAnswer> {
    return this.task('fastregisterpersonalweapp', 'create', componentAccessToken, { ...body }, context);
  }

  queryPersonal(componentAccessToken: string, body: { taskid: string }, context?: CallContext): Promise<RegistrationAnswer> {
    return this.task('fastregisterpersonalweapp', 'query', componentAccessToken, body, context);
  }

  /** §4. The appid comes by push only: `unique_id` tells which. */
  registerTrial(
    componentAccessToken: string,
    body: TrialRegistration,
    context?: CallContext,
  ): Promise<{ unique_id: string; authorize_url: string }> {
    return this.post('fastregisterbetaweapp', '/wxa/component/fastregisterbetaweapp', componentAccessToken, body, context, [
      'unique_id',
    ]);
  }

  /** §4. Before the conversion only; 91020 after it. */
  renameTrial(accessToken: string, body: { name: string }, context?: CallContext): Promise<unknown> {
    return this.post('setbetaweappnickname', '/wxa/setbetaweappnickname', accessToken, body, context);
  }

  /** §5.1. With the token of the trial. Five a minute, 100 a day. Whether an address comes back is not settled. */
  convertToEnterprise(
    accessToken: string,
    { name, ...rest }: EnterpriseRegistration,
    context?: CallContext,
  ): Promise<{ authorize_url?: string }> {
    const body = { verify_info: { enterprise_name: name, ...rest }, new_version: true };
    return this.post('verifybetaweapp', '/wxa/verifybetaweapp', accessToken, body, context);
  }

  /** §5.2. With the token of the trial, although the path says component. Answers by the personal numbers. */
  convertToPersonal(accessToken: string, body: { component_phone: string }, context?: CallContext): Promise<RegistrationAnswer> {
    return this.task('fastnormalizebetaweapp', 'createtask', accessToken, body, context);
  }

  queryConversionToPersonal(accessToken: string, body: { taskid: string }, context?: CallContext): Promise<RegistrationAnswer> {
    return this.task('fastnormalizebetaweapp', 'query', accessToken, body, context);
  }

  /** §5.4, first step: the address is for the administrator of the official account; a ticket for two hours comes as an event. */
  askAccountAdministrator(
    accessToken: string,
    body: { mp_appid: string; same_admin: 0 | 1 },
    context?: CallContext,
  ): Promise<{ authorize_url: string }> {
    return this.post('getmpadminauth', '/wxa/getmpadminauth', accessToken, body, context, ['authorize_url']);
  }

  /** §5.4, second step. */
  convertToAccount(
    accessToken: string,
    body: { mp_appid: string; ticket: string },
    context?: CallContext,
  ): Promise<{ authorize_url: string }> {
    return this.post('mpverifybetaweapp', '/wxa/mpverifybetaweapp', accessToken, body, context, ['authorize_url']);
  }

  /**
   * §6. With the token of the official account. Never again within five seconds, and after an unclear outcome only when neither `authorized`
   * nor the list of authorizers shows the app: the answer to a repetition is 61058 although the app was made.
   */
  registerByAccount(accessToken: string, body: { ticket: string }, context?: CallContext): Promise<ReuseAnswer> {
    return this.post('fastregister', '/cgi-bin/account/fastregister', accessToken, body, context, ['appid']);
  }

  /** §6.1. With the token of the mini program; `taskid` from the page where the new administrator was. */
  rebindAdministrator(accessToken: string, body: { taskid: string }, context?: CallContext): Promise<unknown> {
    return this.post('componentrebindadmin', '/cgi-bin/account/componentrebindadmin', accessToken, body, context);
  }

  private task(
    api: string,
    action: string,
    token: string,
    body: Readonly<Record<string, unknown>>,
    context: CallContext | undefined,
  ): Promise<RegistrationAnswer> {
    return this.transport.json(
      {
        api,
        method: 'POST',
        path: `/wxa/component/${api}`,
        query: { action, access_token: token },
        body: { ...body, new_version: true },
        requires: ['taskid'],
        secrets: [token],
      },
      context,
    );
  }

  private post<T>(
    api: string,
    path: string,
    token: string,
    body: object,
    context: CallContext | undefined,
    requires: readonly string[] = [],
  ): Promise<T> {
    return this.transport.json<T>(
      { api, method: 'POST', path, query: { access_token: token }, body, requires, secrets: [token] },
      context,
    );
  }
}
