import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, type Client, ComponentPath, CurrentClient, DomainError, Needs, requireUnrestrictedClient } from '#service';
import { LIMITS, type PlatformDomainAnswer, type PlatformDomainBody } from '#wechat';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { ConfirmFileView, PlatformDomains, PlatformDomainsView } from './domains.dto.js';

/** Domains of the platform: mini programs may have those and the ones below them. 50 changes a month. */
@ApiTags('platform settings')
@Controller('v1/components/:component_appid')
export class PlatformDomainsController {
  constructor(private readonly gateway: WechatGateway) {}

  /** Domains that the mini programs' code may call. */
  @Get('server-domains')
  @Needs('mini-programs.read')
  serverDomains(@Param() path: ComponentPath): Promise<PlatformDomainsView> {
    return this.server(path, { action: 'get' });
  }

  /** At most 1,000. */
  @Post('server-domains')
  @HttpCode(200)
  @Needs('domains.write')
  @Audited('platform.server-domains')
  async changeServerDomains(
    @Param() path: ComponentPath,
    @Body() body: PlatformDomains,
    @CurrentClient() client: Client,
  ): Promise<PlatformDomainsView> {
    requireUnrestrictedClient(client);
    return this.server(path, { ...changeOf(body), wxa_server_domain: body.domains.join(';') });
  }

  /** Domains that `<web-view>` may show. */
  @Get('jump-domains')
  @Needs('mini-programs.read')
  jumpDomains(@Param() path: ComponentPath): Promise<PlatformDomainsView> {
    return this.jump(path, { action: 'get' });
  }

  /** At most 200; the confirm file has to be at the root of each. */
  @Post('jump-domains')
  @HttpCode(200)
  @Needs('domains.write')
  @Audited('platform.jump-domains')
  async changeJumpDomains(
    @Param() path: ComponentPath,
    @Body() body: PlatformDomains,
    @CurrentClient() client: Client,
  ): Promise<PlatformDomainsView> {
    requireUnrestrictedClient(client);
    if (body.domains.length > LIMITS.jumpDomains)
      throw new DomainError('invalid-request', `At most ${LIMITS.jumpDomains} domains of web pages.`);
    return this.jump(path, { ...changeOf(body), wxa_jump_h5_domain: body.domains.join(';') });
  }

  /** The file that WeChat looks for at the root of a domain of web pages. */
  @Get('jump-domains/confirm-file')
  @Needs('mini-programs.read')
  async confirmFile(@Param() { component_appid }: ComponentPath): Promise<ConfirmFileView> {
    this.gateway.requireComponent(component_appid);
    const { file_name, file_content } = await this.gateway.forComponent(component_appid, (api, { token, context }) =>
      api.settings.getPlatformDomainConfirmFile(token, context),
    );
    return { file_name, file_content };
  }

  private async server(
    { component_appid }: ComponentPath,
    body: PlatformDomainBody & { wxa_server_domain?: string },
  ): Promise<PlatformDomainsView> {
    this.gateway.requireComponent(component_appid);
    const answer = await this.gateway.forComponent(component_appid, (api, { token, context }) =>
      api.settings.modifyPlatformServerDomain(token, body, context),
    );
    return toView(answer, 'wxa_server_domain');
  }

  private async jump(
    { component_appid }: ComponentPath,
    body: PlatformDomainBody & { wxa_jump_h5_domain?: string },
  ): Promise<PlatformDomainsView> {
    this.gateway.requireComponent(component_appid);
    const answer = await this.gateway.forComponent(component_appid, (api, { token, context }) =>
      api.settings.modifyPlatformJumpDomain(token, body, context),
    );
    return toView(answer, 'wxa_jump_h5_domain');
  }
}

const changeOf = ({ action, published_together }: PlatformDomains): PlatformDomainBody => ({
  action,
  ...(published_together === undefined ? {} : { is_modify_published_together: published_together }),
});

function toView(answer: PlatformDomainAnswer, field: string): PlatformDomainsView {
  const list = (name: string) => (answer[`${name}_${field}`] ?? '').split(';').filter(Boolean);
  return { published: list('published'), testing: list('testing'), invalid: list('invalid') };
}
