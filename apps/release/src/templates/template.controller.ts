import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { TemplateView as Template, TemplateDraftView as TemplateDraft } from '#broker-client';
import { Audited, type Client, ComponentPath, CurrentClient, Needs, requireUnrestrictedClient, wholePage } from '#service';
import { LIMITS } from '#wechat';
import { Brings } from '../approvals/brings.decorator.js';
import {
  CompareQuery,
  DraftComparison,
  DraftPage,
  DraftPath,
  type DraftView,
  PromoteDraft,
  TemplateComparison,
  TemplatePage,
  TemplatePath,
  TemplateView,
} from './template.dto.js';
import { TemplateService } from './template.service.js';

@ApiTags('templates')
@Controller('v1/components/:component_appid')
export class TemplateController {
  constructor(private readonly templates: TemplateService) {}

  /** Drafts: the latest upload of each development mini program. */
  @Get('template-drafts')
  @Needs('releases.read')
  async drafts(@Param() { component_appid }: ComponentPath): Promise<DraftPage> {
    return wholePage((await this.templates.drafts(component_appid)).map(toDraftView));
  }

  /** The template library, newest first. */
  @Get('templates')
  @Needs('releases.read')
  async list(@Param() { component_appid }: ComponentPath): Promise<TemplatePage> {
    const items = (await this.templates.templates(component_appid)).map(toTemplateView);
    return { ...wholePage(items), limit: LIMITS.templates };
  }

  /** Makes a template of a draft, and answers it with its new id. */
  @Post('templates')
  @Needs('templates.write')
  @Audited('template.promote')
  @Brings('templates')
  async promote(
    @Param() { component_appid }: ComponentPath,
    @Body() body: PromoteDraft,
    @CurrentClient() client: Client,
  ): Promise<TemplateView> {
    requireUnrestrictedClient(client);
    return toTemplateView(await this.templates.promote(component_appid, body.draft_id, body.template_type, client.clientId));
  }

  /** What promoting a draft would change against a template: versions, words, developer, time. WeChat shows nobody's code. */
  @Get('template-drafts/:draft_id/compare')
  @Needs('releases.read')
  async compareDraft(@Param() path: DraftPath, @Query() query: CompareQuery): Promise<DraftComparison> {
    const { from, to, differences } = await this.templates.compareDraft(path.component_appid, path.draft_id, query.with);
    return { from: toTemplateView(from), to: toDraftView(to), differences };
  }

  /** What differs from another template, or from the one before. */
  @Get('templates/:template_id/compare')
  @Needs('releases.read')
  async compare(@Param() path: TemplatePath, @Query() query: CompareQuery): Promise<TemplateComparison> {
    const { from, to, differences } = await this.templates.compare(path.component_appid, path.template_id, query.with);
    return { from: toTemplateView(from), to: toTemplateView(to), differences };
  }

  /** Removes a template; mini programs that carry its code keep it. */
  @Delete('templates/:template_id')
  @HttpCode(204)
  @Needs('templates.write')
  @Audited('template.delete')
  @Brings('templates')
  async delete(@Param() path: TemplatePath, @CurrentClient() client: Client): Promise<void> {
    requireUnrestrictedClient(client);
    await this.templates.delete(path.component_appid, path.template_id);
  }
}

function toDraftView(draft: TemplateDraft): DraftView {
  return {
    draft_id: draft.draft_id,
    user_version: draft.user_version,
    user_desc: draft.user_desc,
    uploaded_at: new Date(draft.create_time * 1_000).toISOString(),
    ...source(draft),
  };
}

function toTemplateView(template: Template): TemplateView {
  return {
    template_id: template.template_id,
    draft_id: template.draft_id ?? null,
    user_version: template.user_version,
    user_desc: template.user_desc,
    created_at: new Date(template.create_time * 1_000).toISOString(),
    template_type: template.template_type ?? 0,
    ...source(template),
  };
}

function source(of: Template | TemplateDraft) {
  return {
    source_miniprogram_appid: of.source_miniprogram_appid ?? null,
    source_miniprogram: of.source_miniprogram ?? null,
    developer: of.developer ?? null,
  };
}
