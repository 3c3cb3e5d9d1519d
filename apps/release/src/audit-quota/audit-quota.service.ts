import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Gauge, Registry } from 'prom-client';
import { ComponentRegistry, DomainError, LOGGER, type Logger, Periodic } from '#service';
import type { AuditQuota as Quota } from '#wechat';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { errcodeOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';

const LOOK_EVERY_MS = 3_600_000;
const RECENT_MS = 60_000;

/** How many submissions and speed-ups the platform may still make this month (WeChat: `queryquota`), asked when it matters and each hour. */
@Injectable()
export class AuditQuota {
  private readonly known = new LRUCache<string, Quota>({ max: 1_000, ttl: RECENT_MS });
  private readonly left: Gauge;
  private readonly limit: Gauge;

  constructor(
    private readonly gateway: WechatGateway,
    private readonly miniPrograms: MiniProgramRepository,
    private readonly components: ComponentRegistry,
    metrics: Registry,
    @Inject(LOGGER) private readonly logger: Logger,
    periodic: Periodic,
  ) {
    const labelNames = ['component', 'kind'];
    const registers = [metrics];
    this.left = new Gauge({
      name: 'wxplane_audit_quota_left',
      help: 'What WeChat still grants this month',
      labelNames,
      registers,
    });
    this.limit = new Gauge({ name: 'wxplane_audit_quota_limit', help: 'What WeChat grants a month', labelNames, registers });
    periodic.every('audit-quota', LOOK_EVERY_MS, () => this.look());
  }

  /**
   * WeChat answers it to the token of any mini program of the platform.
   * @throws DomainError `conflict` when the component has no mini program yet.
   */
  async read(componentAppid: string, authorizerAppid?: string): Promise<Quota> {
    this.gateway.requireComponent(componentAppid);
    const candidates = authorizerAppid ? [authorizerAppid] : await this.miniPrograms.someActive(componentAppid, 3);
    let failure: unknown = new DomainError(
      'conflict',
      'No mini program has authorized this component yet, and only they can ask for the quota.',
    );
    for (const appid of candidates) {
      try {
        const quota = await this.gateway.forAuthorizer(componentAppid, appid, (api, { token, context }) =>
          api.code.queryQuota(token, context),
        );
        this.learned(componentAppid, quota);
        return quota;
      } catch (error) {
        // This one's authorization may have just ended; the next one's may live.
        if (errcodeOf(error) === undefined && !(error as { code?: string }).code?.startsWith('authorizer-')) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** As `read`, but what was learned within a minute will do. */
  async recent(componentAppid: string, authorizerAppid?: string): Promise<Quota> {
    return this.known.get(componentAppid) ?? (await this.read(componentAppid, authorizerAppid));
  }

  private learned(component: string, quota: Quota): void {
    this.known.set(component, quota);
    this.left.set({ component, kind: 'submit' }, quota.rest);
    this.limit.set({ component, kind: 'submit' }, quota.limit);
    this.left.set({ component, kind: 'speedup' }, quota.speedup_rest);
    this.limit.set({ component, kind: 'speedup' }, quota.speedup_limit);
  }

  private async look(): Promise<void> {
    for (const { componentAppid } of this.components.all) {
      try {
        await this.read(componentAppid);
      } catch (error) {
        // No mini program yet, or WeChat is away: whoever needs the quota now is told; this look is for the metric alone.
        this.logger.debug(
          { event: 'audit-quota.unknown', component_appid: componentAppid, err: error },
          'The audit quota could not be read',
        );
      }
    }
  }
}
