import { Body, Controller, Delete, Get, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccessLog, type Client, ComponentPath, CurrentClient, NeedsScope } from '#service';
import { CreatedLinkResponse, CreateLinkRequest, LinkPath, LinkResponse } from './links.dto.js';
import { LinksService } from './links.service.js';

@ApiTags('authorizations')
@Controller('v1/components/:component_appid/authorization-links')
export class LinksController {
  constructor(
    private readonly links: LinksService,
    private readonly accessLog: AccessLog,
  ) {}

  /** Makes a link that leads a merchant's administrator to WeChat's consent page. */
  @Post()
  @NeedsScope('authorizations:write')
  async create(
    @Param() path: ComponentPath,
    @Body() body: CreateLinkRequest,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<CreatedLinkResponse> {
    const link = await this.links.create(path.component_appid, client, body);
    this.record('authorization-link.create', link, client, request);
    return link;
  }

  /** Clients see the links they made; an admin sees all. */
  @Get(':link_id')
  @NeedsScope('authorizations:write', 'authorizers:read')
  get(@Param() path: LinkPath, @CurrentClient() client: Client): Promise<LinkResponse> {
    return this.links.get(path.component_appid, path.link_id, client);
  }

  /** From now on the link opens a page that says it is no longer valid. */
  @Delete(':link_id')
  @NeedsScope('authorizations:write')
  async revoke(@Param() path: LinkPath, @CurrentClient() client: Client, @Req() request: FastifyRequest): Promise<LinkResponse> {
    const link = await this.links.revoke(path.component_appid, path.link_id, client);
    this.record('authorization-link.revoke', link, client, request);
    return link;
  }

  private record(action: string, link: LinkResponse, client: Client, request: FastifyRequest): void {
    this.accessLog.recordRequest(client, request, { action, componentAppid: link.component_appid, subject: link.link_id });
  }
}
