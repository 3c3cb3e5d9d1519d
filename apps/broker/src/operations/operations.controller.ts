import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Audited, type Client, ComponentPath, CurrentClient, mayUse, Needs, requireUnrestrictedClient } from '#service';
import {
  AddTemplateRequest,
  ChangeDomainsRequest,
  ComponentDomainsView,
  ConfirmFileView,
  OrderPathRequest,
  TemplateDraftPage,
  TemplatePage,
  TemplatePath,
} from './operations.dto.js';
import { type Awaited, OperationsService } from './operations.service.js';

@ApiTags('component operations')
@Controller('v1/components/:component_appid/operations')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  /** Drafts of the template library (草稿箱). */
  @Get('template-drafts')
  @Needs('components.operate')
  drafts(
    @Param() { component_appid }: ComponentPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateDraftPage> {
    return this.operations.drafts(component_appid, awaitedBy(reply));
  }

  /** The template library (模板库). */
  @Get('templates')
  @Needs('components.operate')
  templates(@Param() { component_appid }: ComponentPath, @Res({ passthrough: true }) reply: FastifyReply): Promise<TemplatePage> {
    return this.operations.templates(component_appid, awaitedBy(reply));
  }

  /** Makes a template of a draft. WeChat does not say which id it gets, and makes another one each time. */
  @Post('templates')
  @HttpCode(204)
  @Needs('components.operate')
  @Audited('operation.template-add', { entry: ({ body }) => ({ subject: subjectOf('draft', body['draft_id']) }) })
  async addTemplate(
    @Param() { component_appid }: ComponentPath,
    @Body() body: AddTemplateRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireWholeComponent(client);
    await this.operations.addTemplate(component_appid, body, awaitedBy(reply));
  }

  /** Removes a template; mini programs that carry its code keep it. */
  @Delete('templates/:template_id')
  @HttpCode(204)
  @Needs('components.operate')
  @Audited('operation.template-delete')
  async deleteTemplate(
    @Param() { component_appid, template_id }: TemplatePath,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireWholeComponent(client);
    await this.operations.deleteTemplate(component_appid, template_id, awaitedBy(reply));
  }

  /** Domains of the platform that the code of mini programs may call. */
  @Get('server-domains')
  @Needs('components.operate')
  serverDomains(
    @Param() { component_appid }: ComponentPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ComponentDomainsView> {
    return this.operations.serverDomains(component_appid, awaitedBy(reply));
  }

  /** Changes them. */
  @Post('server-domains')
  @HttpCode(200)
  @Needs('components.operate')
  @Audited('operation.server-domains', { entry: ({ body }) => ({ subject: subjectOf(body['action'], body['domains']) }) })
  async changeServerDomains(
    @Param() { component_appid }: ComponentPath,
    @Body() body: ChangeDomainsRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ComponentDomainsView> {
    requireWholeComponent(client);
    return this.operations.serverDomains(component_appid, awaitedBy(reply), body);
  }

  /** Domains of the platform that `<web-view>` may show. */
  @Get('jump-domains')
  @Needs('components.operate')
  jumpDomains(
    @Param() { component_appid }: ComponentPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ComponentDomainsView> {
    return this.operations.jumpDomains(component_appid, awaitedBy(reply));
  }

  /** Changes them. */
  @Post('jump-domains')
  @HttpCode(200)
  @Needs('components.operate')
  @Audited('operation.jump-domains', { entry: ({ body }) => ({ subject: subjectOf(body['action'], body['domains']) }) })
  async changeJumpDomains(
    @Param() { component_appid }: ComponentPath,
    @Body() body: ChangeDomainsRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ComponentDomainsView> {
    requireWholeComponent(client);
    return this.operations.jumpDomains(component_appid, awaitedBy(reply), body);
  }

  /** Sets the page of the order centre for up to a hundred mini programs. WeChat tells by events what becomes of each. */
  @Post('order-path')
  @HttpCode(204)
  @Needs('components.operate')
  @Audited('operation.order-path', { entry: ({ body }) => ({ subject: subjectOf(body['path']) }) })
  async orderPath(
    @Param() { component_appid }: ComponentPath,
    @Body() body: OrderPathRequest,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    requireWholeComponent(client);
    await this.operations.orderPath(component_appid, body, awaitedBy(reply));
  }

  /** The file that WeChat looks for at the root of a domain of web pages. */
  @Get('jump-domains/confirm-file')
  @Needs('components.operate')
  confirmFile(
    @Param() { component_appid }: ComponentPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConfirmFileView> {
    return this.operations.confirmFile(component_appid, awaitedBy(reply));
  }
}

/** A list of merchants never narrowed what the component's token does; with the narrower scope it does. */
function requireWholeComponent(client: Client): void {
  if (!mayUse(client, 'tokens.reveal-component')) requireUnrestrictedClient(client);
}

const awaitedBy =
  ({ raw }: FastifyReply): Awaited =>
  () =>
    !raw.destroyed;

/** What the audit log keeps of a subject. */
const SUBJECT_CHARACTERS = 128;
const subjectOf = (...words: readonly unknown[]): string => words.map(String).join(' ').slice(0, SUBJECT_CHARACTERS);
