import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type CategoryChoice, CODE_PERMISSION_SET, type CodePrivacyInfo, ERRCODE, type SubmitAuditBody } from '#wechat';
import { AuditQuota } from '../audit-quota/audit-quota.service.js';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { PlatformDomainLists } from '../platform-domains/platform-domains.service.js';
import { ReadinessService } from '../readiness/readiness.service.js';
import { TemplateService } from '../templates/template.service.js';
import { errcodeOf, verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import {
  type Check,
  checkCategories,
  checkDocument,
  checkDomains,
  checkPending,
  checkPermission,
  checkPrivacyGuide,
  checkQuota,
  checkReadiness,
  checkScan,
  checkTemplate,
  droppedDomains,
  hindering,
  type Remedy,
} from './preflight.domain.js';

const CATEGORIES_BELIEVED_MS = 300_000;
const COMPONENT_BELIEVED_MS = 60_000;
const NO_TICKET: ReadonlySet<number> = new Set([ERRCODE.NO_AUDIT, ERRCODE.AUDIT_ID_INVALID]);

/** A release that is to be submitted. */
interface ToSubmit {
  readonly componentAppid: string;
  readonly authorizerAppid: string;
  readonly templateId: number;
  readonly extJson: string;
  readonly submitRequest: SubmitAuditBody;
  /** What the privacy scan found; `null`: it has not ended. */
  readonly scanResult: CodePrivacyInfo | null;
}

/** What is looked at before a submission, so that WeChat is not asked for what it would refuse. */
@Injectable()
export class PreflightService {
  private readonly categories = new LRUCache<string, readonly CategoryChoice[]>({ max: 5_000, ttl: CATEGORIES_BELIEVED_MS });
  private readonly templates = new LRUCache<string, readonly number[]>({ max: 1_000, ttl: COMPONENT_BELIEVED_MS });

  constructor(
    private readonly gateway: WechatGateway,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly quota: AuditQuota,
    private readonly library: TemplateService,
    private readonly platformDomains: PlatformDomainLists,
    private readonly readiness: ReadinessService,
  ) {}

  /**
   * What stands in the way of a submission. What the component has in common (templates, quota) is remembered for a minute.
   * @param skip checks the caller takes the responsibility for
   */
  async beforeSubmission(row: ToSubmit, body: SubmitAuditBody, skip: readonly string[]): Promise<readonly Check[]> {
    return hindering(await this.all(row, body), skip);
  }

  /** Everything that is looked at before a submission. Asks WeChat. */
  async all(row: ToSubmit, body = row.submitRequest): Promise<Check[]> {
    const [checks, readiness] = await Promise.all([this.looks(row, body), this.ready(row.componentAppid, row.authorizerAppid)]);
    return [...checks, ...readiness];
  }

  private looks(row: ToSubmit, body: SubmitAuditBody): Promise<Check[]> {
    const { componentAppid: component, authorizerAppid: appid } = row;
    return Promise.all([
      this.permission(component, appid),
      Promise.resolve(checkScan(row.scanResult, body)),
      this.categoriesOf(component, appid, body),
      this.looked('pending-audit', () => this.pending(component, appid)),
      this.looked('privacy-guide', () => this.privacyGuide(component, appid, body)),
      this.looked('domains', () => this.domains(component, appid)),
      this.looked('quota', async () => {
        const known = await this.quota.recent(component, appid);
        // A new month, or a raise: what was learned a minute ago refuses nobody.
        return checkQuota(known.rest > 0 ? known : await this.quota.read(component, appid));
      }),
      this.template(component, row.templateId),
      ...checkDocument(row.extJson, appid),
    ]);
  }

  private async ready(component: string, appid: string): Promise<Check[]> {
    const found: Check[] = [];
    const looked = await this.looked('filing', async () => {
      found.push(...checkReadiness(await this.readiness.of(component, appid)));
      return { check: 'filing', result: 'ok' };
    });
    return found.length > 0 ? found : [looked];
  }

  /** Whether the library still has it. */
  template(component: string, templateId: number): Promise<Check> {
    return this.looked('template', async () => {
      let known = this.templates.get(component);
      // One that is missing may have been promoted a moment ago.
      if (!known?.includes(templateId)) {
        known = (await this.library.templates(component)).map((template) => template.template_id);
        this.templates.set(component, known);
      }
      return checkTemplate(templateId, known);
    });
  }

  /** For a preview: what WeChat would refuse at the submission. */
  async live(
    component: string,
    appid: string,
    body: SubmitAuditBody,
  ): Promise<{ authorizerAppid: string; path: string; message: string; remedy?: Remedy }[]> {
    const [known, readiness] = await Promise.all([
      Promise.all([
        this.categoriesOf(component, appid, body),
        this.looked('pending-audit', () => this.pending(component, appid)),
      ]),
      this.ready(component, appid),
    ]);
    // What only keeps it from going online is told with the readiness of all targets.
    const checks = [...known, ...readiness.filter(({ result }) => result === 'problem')];
    return checks
      .filter((check) => check.result !== 'ok')
      .map(({ check, detail, remedy }) => ({
        authorizerAppid: appid,
        path: check,
        message: detail ?? '',
        ...(remedy ? { remedy } : {}),
      }));
  }

  private async permission(componentAppid: string, authorizerAppid: string): Promise<Check> {
    const granted = await this.miniPrograms.permissionSets(componentAppid, authorizerAppid);
    // What nobody has told us is not held against the mini program.
    if (granted.length === 0) return { check: 'permission', result: 'unknown' };
    return checkPermission(granted.includes(CODE_PERMISSION_SET));
  }

  private categoriesOf(component: string, appid: string, body: SubmitAuditBody): Promise<Check> {
    return this.looked('categories', async () => {
      const key = `${component}/${appid}`;
      let known = this.categories.get(key);
      let check = known && checkCategories(body.item_list, known);
      if (check?.result !== 'ok') {
        const answer = await this.gateway.forAuthorizer(component, appid, (api, { token, context }) =>
          api.code.getCategory(token, context),
        );
        known = answer.category_list;
        this.categories.set(key, known);
        check = checkCategories(body.item_list, known);
      }
      return check;
    });
  }

  private async pending(component: string, appid: string): Promise<Check> {
    try {
      return checkPending(
        await this.gateway.forAuthorizer(component, appid, (api, { token, context }) =>
          api.code.getLatestAuditStatus(token, context),
        ),
      );
    } catch (error) {
      if (NO_TICKET.has(errcodeOf(error) ?? 0)) return checkPending(undefined);
      throw error;
    }
  }

  private async privacyGuide(component: string, appid: string, body: SubmitAuditBody): Promise<Check> {
    const { privacy_list = [], setting_list = [] } = await this.gateway.forAuthorizer(
      component,
      appid,
      (api, { token, context }) => api.settings.getPrivacySetting(token, 2, context),
    );
    // What is declared as not used need not be described.
    const found = body.privacy_api_not_use ? [] : privacy_list;
    return checkPrivacyGuide(
      found,
      setting_list.map((setting) => setting.privacy_key),
    );
  }

  private async domains(component: string, appid: string): Promise<Check> {
    const answer = await this.gateway.forAuthorizer(component, appid, (api, { token, context }) =>
      api.settings.getEffectiveDomain(token, context),
    );
    if (droppedDomains(answer).length === 0) return checkDomains(answer);
    return checkDomains(answer, await this.platformDomains.server(component).catch(() => undefined));
  }

  /** What cannot be looked at now hinders nothing: WeChat will say so itself. */
  private async looked(check: Check['check'], look: () => Promise<Check>): Promise<Check> {
    try {
      return await look();
    } catch (error) {
      verdictOf(error);
      return { check, result: 'unknown', detail: (error as Error).message };
    }
  }
}
