import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { BrokerClient, ComponentDomainsView } from '#broker-client';
import { Audited, type Client, ComponentPath, CurrentClient, DomainError, Needs, requireUnrestrictedClient } from '#service';
import { LIMITS } from '#wechat';
import { Brings } from '../approvals/brings.decorator.js';
import { testingOnlyOf } from '../platform-domains/platform-domains.domain.js';
import { PlatformDomainLists } from '../platform-domains/platform-domains.service.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { ConfirmFileView, PlatformDomains, PlatformDomainsView } from './domains.dto.js';

/** Domains of the platform: mini programs may have those and the ones below them. 50 changes a month. */
@ApiTags('platform settings')
@Controller('v1/components/:component_appid')
export class PlatformDomainsController {
  constructor(
    private readonly gateway: WechatGateway,
    private readonly lists: PlatformDomainLists,
  ) {}

  /** Domains that the mini programs' code may call. */
  @Get('server-domains')
  @Needs('mini-programs.read')
  serverDomains(@Param() path: ComponentPath): Promise<PlatformDomainsView> {
    return this.domains(path, (broker) => broker.serverDomains(path.component_appid));
  }

  /** At most 1,000. */
  @Post('server-domains')
  @HttpCode(200)
  @Needs('domains.write')
  @Audited('platform.server-domains')
  @Brings('component-settings')
  async changeServerDomains(
    @Param() path: ComponentPath,
    @Body() body: PlatformDomains,
    @CurrentClient() client: Client,
  ): Promise<PlatformDomainsView> {
    requireUnrestrictedClient(client);
    const changed = await this.domains(path, (broker) => broker.changeServerDomains(path.component_appid, body));
    this.lists.forget(path.component_appid);
    return changed;
  }

  /** Domains that `<web-view>` may show. */
  @Get('jump-domains')
  @Needs('mini-programs.read')
  jumpDomains(@Param() path: ComponentPath): Promise<PlatformDomainsView> {
    return this.domains(path, (broker) => broker.jumpDomains(path.component_appid));
  }

  /** At most 200; the confirm file has to be at the root of each. */
  @Post('jump-domains')
  @HttpCode(200)
  @Needs('domains.write')
  @Audited('platform.jump-domains')
  @Brings('component-settings')
  async changeJumpDomains(
    @Param() path: ComponentPath,
    @Body() body: PlatformDomains,
    @CurrentClient() client: Client,
  ): Promise<PlatformDomainsView> {
    requireUnrestrictedClient(client);
    if (body.domains.length > LIMITS.jumpDomains)
      throw new DomainError('invalid-request', `At most ${LIMITS.jumpDomains} domains of web pages.`);
    return this.domains(path, (broker) => broker.changeJumpDomains(path.component_appid, body));
  }

  /** The file that WeChat looks for at the root of a domain of web pages. */
  @Get('jump-domains/confirm-file')
  @Needs('mini-programs.read')
  async confirmFile(@Param() { component_appid }: ComponentPath): Promise<ConfirmFileView> {
    this.gateway.requireComponent(component_appid);
    return this.gateway.byBroker((broker) => broker.jumpDomainsConfirmFile(component_appid));
  }

  private async domains(
    { component_appid }: ComponentPath,
    operate: (broker: BrokerClient) => Promise<ComponentDomainsView>,
  ): Promise<PlatformDomainsView> {
    this.gateway.requireComponent(component_appid);
    const lists = await this.gateway.byBroker(operate);
    const { published = [], testing = [], invalid = [] } = lists;
    return {
      published: [...published],
      testing: [...testing],
      testing_only: testingOnlyOf(lists),
      invalid: [...invalid],
    };
  }
}
