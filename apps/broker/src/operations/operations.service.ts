import { Injectable } from '@nestjs/common';
import { ComponentRegistry, DomainError, EffectGate, wholePage } from '#service';
import { type CallContext, type PlatformDomainBody, WechatApi, WechatApiError } from '#wechat';
import { BrokerConfig } from '../config/broker.config.js';
import { componentToken } from '../tokens/token.domain.js';
import { TokenService } from '../tokens/token.service.js';
import { withToken } from '../tokens/with-token.js';
import { wechatProblem } from '../wechat/wechat-problem.js';
import type {
  AddTemplateRequest,
  ChangeDomainsRequest,
  ComponentDomainsView,
  ConfirmFileView,
  OrderPathRequest,
  TemplateDraftPage,
  TemplatePage,
} from './operations.dto.js';

/** Lists of two hundred templates take WeChat longer than a token does. */
const AT_LEAST_MS = 8_000;

/** Whether somebody still waits for the answer. */
export type Awaited = () => boolean;

/**
 * What is done at WeChat with a component's token on behalf of the release app, so that it needs no such token: this list, and nothing
 * beside it.
 */
@Injectable()
export class OperationsService {
  private readonly timeoutMs: number;

  constructor(
    private readonly tokens: TokenService,
    private readonly wechat: WechatApi,
    private readonly components: ComponentRegistry,
    private readonly gate: EffectGate,
    config: BrokerConfig,
  ) {
    this.timeoutMs = Math.max(config.WECHAT_TIMEOUT_MS, AT_LEAST_MS);
  }

  async drafts(componentAppid: string, awaited: Awaited): Promise<TemplateDraftPage> {
    const { draft_list } = await this.perform(componentAppid, awaited, (token, context) =>
      this.wechat.templates.getTemplateDraftList(token, context),
    );
    return wholePage([...draft_list]);
  }

  async templates(componentAppid: string, awaited: Awaited): Promise<TemplatePage> {
    const { template_list } = await this.perform(componentAppid, awaited, (token, context) =>
      this.wechat.templates.getTemplateList(token, undefined, context),
    );
    return wholePage([...template_list]);
  }

  async addTemplate(componentAppid: string, { draft_id, template_type }: AddTemplateRequest, awaited: Awaited): Promise<void> {
    const body = { draft_id, ...(template_type === undefined ? {} : { template_type }) };
    await this.bring('templates', componentAppid, awaited, (token, context) =>
      this.wechat.templates.addToTemplate(token, body, context),
    );
  }

  async deleteTemplate(componentAppid: string, templateId: number, awaited: Awaited): Promise<void> {
    await this.bring('templates', componentAppid, awaited, (token, context) =>
      this.wechat.templates.deleteTemplate(token, { template_id: templateId }, context),
    );
  }

  /** @param change absent: they are only read */
  async serverDomains(componentAppid: string, awaited: Awaited, change?: ChangeDomainsRequest): Promise<ComponentDomainsView> {
    const body = change ? { ...changeOf(change), wxa_server_domain: change.domains.join(';') } : READ;
    const answer = await this.bring('component-settings', componentAppid, awaited, (token, context) =>
      this.wechat.settings.modifyPlatformServerDomain(token, body, context),
    );
    return domainsOf(answer, 'wxa_server_domain');
  }

  /** @param change absent: they are only read */
  async jumpDomains(componentAppid: string, awaited: Awaited, change?: ChangeDomainsRequest): Promise<ComponentDomainsView> {
    const body = change ? { ...changeOf(change), wxa_jump_h5_domain: change.domains.join(';') } : READ;
    const answer = await this.bring('component-settings', componentAppid, awaited, (token, context) =>
      this.wechat.settings.modifyPlatformJumpDomain(token, body, context),
    );
    return domainsOf(answer, 'wxa_jump_h5_domain');
  }

  /** For up to a hundred mini programs; what becomes of each WeChat tells by events. */
  async orderPath(componentAppid: string, request: OrderPathRequest, awaited: Awaited): Promise<void> {
    const { path, authorizers, pictures, video, test_account, test_password, test_remark } = request;
    const batch = {
      path,
      appid_list: authorizers,
      ...{ img_list: pictures ?? [], video: video ?? '' },
      ...{ test_account: test_account ?? '', test_pwd: test_password ?? '', test_remark: test_remark ?? '' },
    };
    await this.bring('privacy', componentAppid, awaited, (token, context) =>
      this.wechat.duties.applyOrderPath(token, batch, context),
    );
  }

  async confirmFile(componentAppid: string, awaited: Awaited): Promise<ConfirmFileView> {
    const { file_name, file_content } = await this.perform(componentAppid, awaited, (token, context) =>
      this.wechat.settings.getPlatformDomainConfirmFile(token, context),
    );
    return { file_name, file_content };
  }

  /** Whoever has `components.operate`, which is the release app, has asked a second person before, where one is needed. */
  private bring<T>(
    effect: 'templates' | 'component-settings' | 'privacy',
    componentAppid: string,
    awaited: Awaited,
    call: (token: string, context: CallContext) => Promise<T>,
  ): Promise<T> {
    return this.gate.require({ effect, componentAppid, alone: true }, () => this.perform(componentAppid, awaited, call));
  }

  /** Nothing is begun for a caller that has given up: it may look meanwhile whether something was done, and do it again. */
  private async perform<T>(
    componentAppid: string,
    awaited: Awaited,
    call: (token: string, context: CallContext) => Promise<T>,
  ): Promise<T> {
    this.components.require(componentAppid);
    try {
      return await withToken(this.tokens, componentToken(componentAppid), (token) => {
        if (!awaited()) throw new DomainError('unavailable', 'The caller has not waited for it; WeChat was not called.');
        return call(token, { componentAppid, timeoutMs: this.timeoutMs });
      });
    } catch (error) {
      throw error instanceof WechatApiError ? wechatProblem(error, 'WeChat refused the call.') : error;
    }
  }
}

const READ: PlatformDomainBody = { action: 'get' };

const changeOf = ({ action, published_together }: ChangeDomainsRequest): PlatformDomainBody => ({
  action,
  ...(published_together === undefined ? {} : { is_modify_published_together: published_together }),
});

function domainsOf(answer: Readonly<Record<string, string>>, field: string): ComponentDomainsView {
  const list = (name: 'published' | 'testing' | 'invalid') => {
    const text = answer[`${name}_${field}`];
    return text === undefined ? {} : { [name]: text.split(';').filter(Boolean) };
  };
  return { ...list('published'), ...list('testing'), ...list('invalid') };
}
