import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { CreatedLinkView, CreateLinkRequest, LinkPath, LinkView } from './links.dto.js';
import { LinksService } from './links.service.js';

@ApiTags('authorizations')
@Controller('v1/components/:component_appid/authorization-links')
export class LinksController {
  constructor(private readonly links: LinksService) {}

  /** Makes a link that leads a merchant's administrator to WeChat's consent page. */
  @Post()
  @Needs('links.write')
  @Audited('authorization-link.create', { idempotent: false })
  create(
    @Param() path: ComponentPath,
    @Body() body: CreateLinkRequest,
    @CurrentClient() client: Client,
  ): Promise<CreatedLinkView> {
    return this.links.create(path.component_appid, client, body);
  }

  /** Clients see the links they made; an admin sees all. */
  @Get(':link_id')
  @Needs('links.read')
  get(@Param() path: LinkPath, @CurrentClient() client: Client): Promise<LinkView> {
    return this.links.get(path.component_appid, path.link_id, client);
  }

  /** From now on the link opens a page that says it is no longer valid. */
  @Delete(':link_id')
  @Needs('links.write')
  @Audited('authorization-link.revoke')
  revoke(@Param() path: LinkPath, @CurrentClient() client: Client): Promise<LinkView> {
    return this.links.revoke(path.component_appid, path.link_id, client);
  }
}
