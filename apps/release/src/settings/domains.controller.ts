import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, Needs } from '#service';
import { Brings } from '../approvals/brings.decorator.js';
import { ConfirmFileView, Domains, PrefetchDomains, PrefetchDomainsView, WebviewDomains } from './domains.dto.js';
import { DomainsService } from './domains.service.js';
import { WechatAnswer } from './settings.dto.js';
import { SettingsService } from './settings.service.js';

/** Which servers the code may call. What is not registered with the platform is dropped at the release. */
@ApiTags('mini program settings')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid')
export class DomainsController {
  constructor(
    private readonly settings: SettingsService,
    private readonly domainService: DomainsService,
  ) {}

  /** Server domains as they are set. */
  @Get('domains')
  @Needs('mini-programs.read')
  async read(@Param() path: AuthorizerPath): Promise<WechatAnswer> {
    return { ...(await this.domainService.read(path.component_appid, path.authorizer_appid)) };
  }

  /** Server domains; entries that WeChat rejects come back in `invalid_…` lists although the call succeeds. When it refuses everything, they stand in `wechat.details`, or in `refused`. */
  @Post('domains')
  @HttpCode(200)
  @Needs('domains.write')
  @Audited('mini-program.domains')
  @Brings('domains')
  async domains(@Param() path: AuthorizerPath, @Body() body: Domains): Promise<WechatAnswer> {
    return { ...(await this.domainService.change(path.component_appid, path.authorizer_appid, body)) };
  }

  /** What will hold after the next release. */
  @Get('domains/effective')
  @Needs('mini-programs.read')
  async effectiveDomains(@Param() path: AuthorizerPath): Promise<WechatAnswer> {
    return {
      ...(await this.settings.read(path.component_appid, path.authorizer_appid, (api, c) =>
        api.settings.getEffectiveDomain(c.token, c.context),
      )),
    };
  }

  /** Domains of `<web-view>` as they are set. */
  @Get('webview-domains')
  @Needs('mini-programs.read')
  async readWebview(@Param() path: AuthorizerPath): Promise<WechatAnswer> {
    return { ...(await this.domainService.readWebview(path.component_appid, path.authorizer_appid)) };
  }

  /** Domains of `<web-view>`. That WeChat has nothing to change is done when the list is as asked; else `refused` says what is not. */
  @Post('webview-domains')
  @HttpCode(200)
  @Needs('domains.write')
  @Audited('mini-program.webview-domains')
  @Brings('domains')
  async webviewDomains(@Param() path: AuthorizerPath, @Body() body: WebviewDomains): Promise<WechatAnswer> {
    return { ...(await this.domainService.changeWebview(path.component_appid, path.authorizer_appid, body)) };
  }

  /** What `<web-view>` may show after the next release. */
  @Get('webview-domains/effective')
  @Needs('mini-programs.read')
  async effectiveWebviewDomains(@Param() path: AuthorizerPath): Promise<WechatAnswer> {
    return {
      ...(await this.settings.read(path.component_appid, path.authorizer_appid, (api, c) =>
        api.settings.getEffectiveWebviewDomain(c.token, c.context),
      )),
    };
  }

  /** The file that WeChat looks for at the root of a web-view domain that is set directly. */
  @Get('webview-domains/confirm-file')
  @Needs('mini-programs.read')
  webviewConfirmFile(@Param() path: AuthorizerPath): Promise<ConfirmFileView> {
    return this.settings.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { file_name, file_content } = await api.settings.getWebviewDomainConfirmFile(token, context);
      return { file_name, file_content };
    });
  }

  /** Domains whose names are looked up before the mini program opens. */
  @Get('prefetch-domains')
  @Needs('mini-programs.read')
  prefetchDomains(@Param() path: AuthorizerPath): Promise<PrefetchDomainsView> {
    return this.settings.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { prefetch_dns_domain, size_limit } = await api.settings.getPrefetchDomain(token, context);
      return { domains: (prefetch_dns_domain ?? []).map(({ url }) => url), limit: size_limit ?? null };
    });
  }

  /** Replaces the list. */
  @Put('prefetch-domains')
  @Needs('domains.write')
  @Audited('mini-program.prefetch-domains')
  @Brings('domains')
  async setPrefetchDomains(@Param() path: AuthorizerPath, @Body() body: PrefetchDomains): Promise<PrefetchDomainsView> {
    await this.settings.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.setPrefetchDomain(c.token, { prefetch_dns_domain: body.domains.map((url) => ({ url })) }, c.context),
    );
    return this.prefetchDomains(path);
  }
}
