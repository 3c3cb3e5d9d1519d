import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { AuthorizerPermissionEntity, type ReleaseEntity } from '#persistence';
import { type CategoryChoice, CODE_PERMISSION_SET, type CodePrivacyInfo, type SubmitAuditBody } from '#wechat';
import { AuditQuota } from '../audit-quota/audit-quota.service.js';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { parseJson, parseSubmitRequest } from '../releases/release-policy.domain.js';
import { errcodeOf, verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import {
  type Check,
  checkCategories,
  checkPending,
  checkPermission,
  checkPrivacyGuide,
  checkQuota,
  checkScan,
  hindering,
  type Remedy,
} from './preflight.domain.js';

const CATEGORIES_BELIEVED_MS = 300_000;
const NO_TICKET = new Set([85058, 85012]);

/** What is looked at before a submission, so that WeChat is not asked for what it would refuse. */
@Injectable()
export class PreflightService {
  private readonly categories = new LRUCache<string, readonly CategoryChoice[]>({ max: 5_000, ttl: CATEGORIES_BELIEVED_MS });

  constructor(
    private readonly dataSource: DataSource,
    private readonly gateway: WechatGateway,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly quota: AuditQuota,
  ) {}

  /** What must be right before a submission is sent. */
  async beforeSubmission(row: ReleaseEntity, body: SubmitAuditBody): Promise<readonly Check[]> {
    const checks = [
      await this.permission(row.componentAppid, row.authorizerAppid),
      checkScan(parseJson<CodePrivacyInfo>(row.scanResult), body),
    ];
    if (body.item_list?.length) checks.push(await this.categoriesOf(row.componentAppid, row.authorizerAppid, body));
    return hindering(checks);
  }

  /** Everything, for a person who wants to know. Asks WeChat. */
  async all(row: ReleaseEntity, templateIds: () => Promise<readonly number[]>): Promise<Check[]> {
    const { componentAppid: component, authorizerAppid: appid } = row;
    const body = parseSubmitRequest(row.submitRequest);
    return Promise.all([
      this.permission(component, appid),
      Promise.resolve(checkScan(parseJson<CodePrivacyInfo>(row.scanResult), body)),
      this.categoriesOf(component, appid, body),
      this.looked('pending-audit', () => this.pending(component, appid)),
      this.looked('privacy-guide', () => this.privacyGuide(component, appid)),
      this.looked('domains', () => this.domains(component, appid)),
      this.looked('quota', async () => checkQuota(await this.quota.read(component, appid))),
      this.looked('template', async () =>
        (await templateIds()).includes(row.templateId)
          ? { check: 'template', result: 'ok' }
          : { check: 'template', result: 'warning', detail: `Template ${row.templateId} was deleted; what is committed stays.` },
      ),
    ]);
  }

  /** For a preview: what WeChat would refuse at the submission. */
  async live(
    component: string,
    appid: string,
    body: SubmitAuditBody,
  ): Promise<{ authorizerAppid: string; path: string; message: string; remedy?: Remedy }[]> {
    const checks = await Promise.all([
      this.categoriesOf(component, appid, body),
      this.looked('pending-audit', () => this.pending(component, appid)),
    ]);
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
    // What nobody has told us is not held against the mini program.
    if (!(await this.miniPrograms.authorizer(componentAppid, authorizerAppid))) return { check: 'permission', result: 'unknown' };
    const rows = this.dataSource.getRepository(AuthorizerPermissionEntity);
    if (!(await rows.existsBy({ componentAppid, authorizerAppid }))) return { check: 'permission', result: 'unknown' };
    return checkPermission(await rows.existsBy({ componentAppid, authorizerAppid, funcscopeId: CODE_PERMISSION_SET }));
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

  private async privacyGuide(component: string, appid: string): Promise<Check> {
    const { privacy_list = [], setting_list = [] } = await this.gateway.forAuthorizer(
      component,
      appid,
      (api, { token, context }) => api.settings.getPrivacySetting(token, 2, context),
    );
    return checkPrivacyGuide(
      privacy_list,
      setting_list.map((setting) => setting.privacy_key),
    );
  }

  /** Without domains the mini program works, but cannot reach a server. */
  private async domains(component: string, appid: string): Promise<Check> {
    const answer = await this.gateway.forAuthorizer(component, appid, (api, { token, context }) =>
      api.settings.getEffectiveDomain(token, context),
    );
    const { requestdomain } = (answer['effective_domain'] ?? {}) as { requestdomain?: unknown };
    if (Array.isArray(requestdomain) && requestdomain.length > 0) return { check: 'domains', result: 'ok' };
    return {
      check: 'domains',
      result: 'warning',
      detail: 'No request domain will hold after the release.',
      remedy: {
        en: 'Register the domain with the platform and push it to the mini program before publishing.',
        zh: '请先在第三方平台登记服务器域名，并在发布前配置到该小程序。',
      },
    };
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
