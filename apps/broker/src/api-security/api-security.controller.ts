import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, type Client, ComponentPath, CurrentClient, Needs, requireUnrestrictedClient } from '#service';
import { ApiSecurityPage, ApiSecuritySearch, ApiSecurityView, SetApiSecurityKeys } from './api-security.dto.js';
import { ApiSecurityService } from './api-security.service.js';

/** API security (接口签名加密): keys of accounts whose calls WeChat wants signed and encrypted. */
@ApiTags('diagnosis')
@Controller('v1/components/:component_appid')
export class ApiSecurityController {
  constructor(private readonly security: ApiSecurityService) {}

  /** Accounts that have keys here, or of which WeChat has demanded them; by appid. */
  @Get('api-security')
  @Needs('api-security.read')
  list(
    @Param() path: ComponentPath,
    @Query() query: ApiSecuritySearch,
    @CurrentClient() client: Client,
  ): Promise<ApiSecurityPage> {
    return this.security.list(path.component_appid, query, client);
  }

  /** Sets the keys of the component itself: for calls with its token. */
  @Put('api-security/keys')
  @Needs('api-security.write')
  @Audited('api-security.set-keys')
  setOfComponent(
    @Param() path: ComponentPath,
    @Body() body: SetApiSecurityKeys,
    @CurrentClient() client: Client,
  ): Promise<ApiSecurityView> {
    requireUnrestrictedClient(client);
    return this.security.set(of(path), body, client);
  }

  /** Deletes the keys of the component itself: its calls go in clear. */
  @Delete('api-security/keys')
  @HttpCode(204)
  @Needs('api-security.write')
  @Audited('api-security.delete-keys')
  async forgetOfComponent(@Param() path: ComponentPath, @CurrentClient() client: Client): Promise<void> {
    requireUnrestrictedClient(client);
    await this.security.forget(of(path));
  }

  /** Whether a merchant's account has keys here, and whether WeChat demands them. */
  @Get('authorizers/:authorizer_appid/api-security')
  @Needs('api-security.read')
  get(@Param() path: AuthorizerPath): Promise<ApiSecurityView> {
    return this.security.get(of(path));
  }

  /** Sets the keys of a merchant's account, as its administrator has handed them over. They are never read back. */
  @Put('authorizers/:authorizer_appid/api-security/keys')
  @Needs('api-security.write')
  @Audited('api-security.set-keys')
  set(
    @Param() path: AuthorizerPath,
    @Body() body: SetApiSecurityKeys,
    @CurrentClient() client: Client,
  ): Promise<ApiSecurityView> {
    return this.security.set(of(path), body, client);
  }

  /** Deletes them: calls go in clear again. */
  @Delete('authorizers/:authorizer_appid/api-security/keys')
  @HttpCode(204)
  @Needs('api-security.write')
  @Audited('api-security.delete-keys')
  async forget(@Param() path: AuthorizerPath): Promise<void> {
    await this.security.forget(of(path));
  }
}

const of = (path: ComponentPath & { readonly authorizer_appid?: string }) => ({
  componentAppid: path.component_appid,
  accountAppid: path.authorizer_appid ?? path.component_appid,
});
