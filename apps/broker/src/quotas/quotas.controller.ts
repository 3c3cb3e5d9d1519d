import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, type Client, ComponentPath, CurrentClient, Needs, requireUnrestrictedClient } from '#service';
import {
  AuthorizerRidPath,
  CallbackCheckView,
  CheckCallback,
  ComponentRidPath,
  QuotaQuery,
  QuotaResetsView,
  QuotaView,
  ResetComponentQuotas,
  ResetQuotas,
  RidView,
} from './quotas.dto.js';
import { QuotasService } from './quotas.service.js';

const subject = (body: Readonly<Record<string, unknown>>) => ({ subject: String(body['path'] ?? 'all') });

/** WeChat's quotas: each account has its own for every API, and ten resets a month. */
@ApiTags('diagnosis')
@Controller('v1/components/:component_appid')
export class QuotasController {
  constructor(private readonly quotas: QuotasService) {}

  /** Of the component itself: what is called with its token. */
  @Get('quota')
  @Needs('quotas.read')
  ofComponent(@Param() path: ComponentPath, @Query() query: QuotaQuery): Promise<QuotaView> {
    return this.quotas.quota(of(path), query.path);
  }

  /** Of a merchant: calls on its behalf use up its own quota. */
  @Get('authorizers/:authorizer_appid/quota')
  @Needs('quotas.read')
  ofAuthorizer(@Param() path: AuthorizerPath, @Query() query: QuotaQuery): Promise<QuotaView> {
    return this.quotas.quota(of(path), query.path);
  }

  /** Resets of this month, as far as we made them. */
  @Get('quota-resets')
  @Needs('quotas.read')
  resetsOfComponent(@Param() path: ComponentPath): Promise<QuotaResetsView> {
    return this.quotas.list(of(path));
  }

  /** Resets of this month, as far as we made them. */
  @Get('authorizers/:authorizer_appid/quota-resets')
  @Needs('quotas.read')
  resetsOfAuthorizer(@Param() path: AuthorizerPath): Promise<QuotaResetsView> {
    return this.quotas.list(of(path));
  }

  /** Resets the component's own quotas, one of ten times a month. */
  @Post('quota-resets')
  @HttpCode(200)
  @Needs('quotas.reset')
  @Audited('quota.reset', { entry: ({ body }) => subject(body) })
  resetComponent(
    @Param() path: ComponentPath,
    @Body() body: ResetComponentQuotas,
    @CurrentClient() client: Client,
  ): Promise<QuotaResetsView> {
    requireUnrestrictedClient(client);
    return this.quotas.reset(of(path), body, client.clientId);
  }

  /** Resets a merchant's quotas: one of the merchant's own ten of the month. Look at the quota first. */
  @Post('authorizers/:authorizer_appid/quota-resets')
  @HttpCode(200)
  @Needs('quotas.reset')
  @Audited('quota.reset', { entry: ({ body }) => subject(body) })
  resetAuthorizer(
    @Param() path: AuthorizerPath,
    @Body() body: ResetQuotas,
    @CurrentClient() client: Client,
  ): Promise<QuotaResetsView> {
    return this.quotas.reset(of(path), body, client.clientId);
  }

  /** Whether WeChat's networks reach the URL to which the merchant's own server gets pushes. WeChat tests one that is configured; of a component it does not say. */
  @Post('authorizers/:authorizer_appid/callback-check')
  @HttpCode(200)
  @Needs('quotas.read')
  @Audited('callback.check', { idempotent: false })
  checkCallback(@Param() path: AuthorizerPath, @Body() body: CheckCallback): Promise<CallbackCheckView> {
    return this.quotas.checkCallback(of(path), body);
  }

  /** What a call with the component's token was, by WeChat's request id: without tokens. */
  @Get('rids/:rid')
  @Needs('quotas.read')
  @Audited('rid.read', { idempotent: false })
  ridOfComponent(@Param() path: ComponentRidPath): Promise<RidView> {
    return this.quotas.rid(of(path), path.rid);
  }

  /** What a call with a merchant's token was, by WeChat's request id: without tokens. */
  @Get('authorizers/:authorizer_appid/rids/:rid')
  @Needs('quotas.read')
  @Audited('rid.read', { idempotent: false })
  ridOfAuthorizer(@Param() path: AuthorizerRidPath): Promise<RidView> {
    return this.quotas.rid(of(path), path.rid);
  }
}

const of = ({ component_appid, authorizer_appid }: ComponentPath & { readonly authorizer_appid?: string }) => ({
  componentAppid: component_appid,
  authorizerAppid: authorizer_appid,
});
