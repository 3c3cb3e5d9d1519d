import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { AuthorizerDetailsView, AuthorizerPage, AuthorizerSearch } from './authorizers.dto.js';
import { AuthorizersService } from './authorizers.service.js';

@ApiTags('authorizers')
@Controller('v1/components/:component_appid/authorizers')
export class AuthorizersController {
  constructor(private readonly authorizers: AuthorizersService) {}

  /** Authorizers, oldest first. WeChat is not asked. */
  @Get()
  @Needs('authorizers.read')
  list(@Param() path: ComponentPath, @Query() query: AuthorizerSearch, @CurrentClient() client: Client): Promise<AuthorizerPage> {
    return this.authorizers.list(path.component_appid, query, client);
  }

  /** One authorizer with its profile. WeChat is not asked. */
  @Get(':authorizer_appid')
  @Needs('authorizers.read')
  get(@Param() path: AuthorizerPath): Promise<AuthorizerDetailsView> {
    return this.authorizers.get(path.component_appid, path.authorizer_appid);
  }

  /** Asks WeChat for the profile and the permission sets, and answers them. */
  @Post(':authorizer_appid/refresh')
  @HttpCode(200)
  @Needs('authorizers.read')
  @Audited('authorizer.refresh')
  refresh(@Param() path: AuthorizerPath): Promise<AuthorizerDetailsView> {
    return this.authorizers.refresh(path.component_appid, path.authorizer_appid);
  }
}
