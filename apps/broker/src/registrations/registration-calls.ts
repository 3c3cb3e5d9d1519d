import { Injectable } from '@nestjs/common';
import type { RegistrationEntity } from '#persistence';
import { EffectGate } from '#service';
import {
  type CallContext,
  type RegistrationAnswer,
  type RegistrationNumbering,
  type RegistrationStatus,
  registrationStatus,
  WechatApi,
} from '#wechat';
import { BrokerConfig } from '../config/broker.config.js';
import { authorizerToken, componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { type RegistrationRequest, WAYS } from './ways.domain.js';

/** What WeChat began. */
export interface Begun {
  readonly taskId?: string;
  /** Where a person acts. Whether a conversion has one is not settled (registration.md §5.1). */
  readonly url?: string;
  readonly status?: number;
}

/** What the consent of an official account's administrator came to. */
export type Submitted =
  | { readonly kind: 'made'; readonly appid: string; readonly code: string | undefined }
  | { readonly kind: 'asked'; readonly url: string };

export interface Looked extends RegistrationStatus {
  readonly status: number | undefined;
}

/** WeChat looks at registries while it is asked. */
const AT_LEAST_MS = 10_000;

/** The calls of each way. Those that begin something go through the gate of protected effects, each time anew. */
@Injectable()
export class RegistrationCalls {
  private readonly timeoutMs: number;

  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly gate: EffectGate,
    config: BrokerConfig,
  ) {
    this.timeoutMs = Math.max(config.WECHAT_TIMEOUT_MS, AT_LEAST_MS);
  }

  /** Before anything is stored. @throws DomainError `approval-needed` */
  admit(componentAppid: string, sourceAppid: string): Promise<void> {
    return this.gate.require(passOf(componentAppid, sourceAppid), async () => {});
  }

  async begin(row: RegistrationEntity, request: RegistrationRequest): Promise<Begun> {
    const { registration } = this.wechat;
    switch (row.way) {
      case 'enterprise':
        return begunBy(
          await this.call(row, (token, context) => registration.registerEnterprise(token, company(request), context)),
        );
      case 'personal': {
        const { wxuser = '', component_phone } = request;
        const body = { wxuser, ...(component_phone === undefined ? {} : { component_phone }) };
        return begunBy(await this.call(row, (token, context) => registration.registerPersonal(token, body, context)));
      }
      case 'trial': {
        const { name = '', openid = '' } = request;
        const made = await this.call(row, (token, context) => registration.registerTrial(token, { name, openid }, context));
        return { taskId: made.unique_id, url: made.authorize_url };
      }
      case 'trial-to-enterprise': {
        const { authorize_url } = await this.call(row, (token, context) =>
          registration.convertToEnterprise(token, company(request), context),
        );
        return authorize_url ? { url: authorize_url } : {};
      }
      case 'trial-to-personal': {
        const body = { component_phone: request.component_phone ?? '' };
        return begunBy(await this.call(row, (token, context) => registration.convertToPersonal(token, body, context)));
      }
      case 'trial-to-account': {
        const body = { mp_appid: request.mp_appid ?? '', same_admin: request.same_admin ? 1 : 0 } as const;
        const { authorize_url } = await this.call(row, (token, context) =>
          registration.askAccountAdministrator(token, body, context),
        );
        return { url: authorize_url };
      }
      case 'account':
        throw new Error('it begins on WeChat’s page');
    }
  }

  /** Uses what an administrator's consent gave. */
  async submit(row: RegistrationEntity, request: RegistrationRequest, ticket: string): Promise<Submitted> {
    const { registration } = this.wechat;
    if (row.way === 'account') {
      const { appid, authorization_code } = await this.call(row, (token, context) =>
        registration.registerByAccount(token, { ticket }, context),
      );
      return { kind: 'made', appid, code: authorization_code || undefined };
    }
    const body = { mp_appid: request.mp_appid ?? '', ticket };
    const { authorize_url } = await this.call(row, (token, context) => registration.convertToAccount(token, body, context));
    return { kind: 'asked', url: authorize_url };
  }

  /** @returns `undefined`: this way cannot be asked for */
  async query(row: RegistrationEntity): Promise<Looked | undefined> {
    const { numbering } = WAYS[row.way];
    if (!numbering || row.taskId === null) return undefined;
    const body = { taskid: row.taskId };
    const { registration } = this.wechat;
    // A query changes nothing: no leave is needed.
    const { status } = await this.perform(row, (token, context) =>
      row.way === 'enterprise'
        ? registration.queryEnterprise(token, body, context)
        : row.way === 'personal'
          ? registration.queryPersonal(token, body, context)
          : registration.queryConversionToPersonal(token, body, context),
    );
    return status === undefined ? undefined : { ...statusOf(numbering, status), status };
  }

  private call<T>(row: RegistrationEntity, work: (token: string, context: CallContext) => Promise<T>): Promise<T> {
    return this.gate.require(passOf(row.componentAppid, row.sourceAppid), () => this.perform(row, work));
  }

  private perform<T>(row: RegistrationEntity, work: (token: string, context: CallContext) => Promise<T>): Promise<T> {
    const { componentAppid, sourceAppid } = row;
    const subject = sourceAppid ? authorizerToken(componentAppid, sourceAppid) : componentToken(componentAppid);
    const context = {
      componentAppid,
      ...(sourceAppid ? { authorizerAppid: sourceAppid } : {}),
      timeoutMs: this.timeoutMs,
    };
    return withToken(this.tokens, subject, (token) => work(token, context));
  }
}

const passOf = (componentAppid: string, sourceAppid: string) =>
  ({ effect: 'registration', componentAppid, ...(sourceAppid ? { authorizerAppid: sourceAppid } : {}) }) as const;

const company = ({ name = '', code = '', component_phone = '' }: RegistrationRequest) => ({ name, code, component_phone });

const begunBy = ({ taskid, authorize_url, status }: RegistrationAnswer): Begun => ({
  taskId: taskid,
  ...(authorize_url ? { url: authorize_url } : {}),
  ...(status === undefined ? {} : { status }),
});

/** WeChat's numbers come as text at times. */
const statusOf = (numbering: RegistrationNumbering, status: number | string): RegistrationStatus =>
  registrationStatus(numbering, Number(status));
