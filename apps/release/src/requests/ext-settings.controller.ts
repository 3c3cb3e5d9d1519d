import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Audited, auditChange, type Client, ComponentPath, CurrentClient, Needs, requireUnrestrictedClient } from '#service';
import type { SubmitAuditBody } from '#wechat';
import { whoIs } from '../approvals/who-is.js';
import {
  AuditProfile,
  AuditProfilePage,
  AuditProfileView,
  ExtSettings,
  ExtSettingsPath,
  ExtSettingsView,
  ProfilePath,
  ProfileSearch,
} from './ext-settings.dto.js';
import { ExtSettingsService, type Layer, PROFILES } from './ext-settings.service.js';
import { shown } from './secret-variables.domain.js';

@ApiTags('settings')
@Controller('v1/components/:component_appid')
export class ExtSettingsController {
  constructor(private readonly settings: ExtSettingsService) {}

  /** Variables and `ext_json` that hold for every mini program. */
  @Get('ext-settings')
  @Needs('mini-programs.read')
  async platform(@Param() path: ComponentPath): Promise<ExtSettingsView> {
    return toView(await this.settings.read(path.component_appid));
  }

  /** Replaces the platform's layer. */
  @Put('ext-settings')
  @Needs('settings.write')
  @Audited('ext-settings.write')
  async writePlatform(
    @Param() path: ComponentPath,
    @Body() body: ExtSettings,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<ExtSettingsView> {
    requireUnrestrictedClient(client);
    const before = await this.settings.read(path.component_appid);
    const after = toView(await this.settings.write(path.component_appid, '', body, whoIs(client)));
    auditChange(request, toView(before), after, SEALED);
    return after;
  }

  /** One mini program's own layer. */
  @Get('authorizers/:authorizer_appid/ext-settings')
  @Needs('mini-programs.read')
  async own(@Param() path: ExtSettingsPath): Promise<ExtSettingsView> {
    return toView(await this.settings.read(path.component_appid, path.authorizer_appid));
  }

  /** Replaces one mini program's layer. */
  @Put('authorizers/:authorizer_appid/ext-settings')
  @Needs('settings.write')
  @Audited('ext-settings.write')
  async writeOwn(
    @Param() path: ExtSettingsPath,
    @Body() body: ExtSettings,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<ExtSettingsView> {
    const before = await this.settings.read(path.component_appid, path.authorizer_appid);
    const after = toView(await this.settings.write(path.component_appid, path.authorizer_appid, body, whoIs(client)));
    auditChange(request, toView(before), after, SEALED);
    return after;
  }

  /** What reviewers are told, by name. */
  @Get('audit-profiles')
  @Needs('mini-programs.read')
  async profiles(@Param() path: ComponentPath, @Query() query: ProfileSearch): Promise<AuditProfilePage> {
    return PROFILES.page(
      await this.settings.profiles(path.component_appid, query),
      query,
      ({ name }) => name,
      ({ name, body, updatedAt }) => ({ name, audit: { ...body }, updated_at: updatedAt.toISOString() }),
    );
  }

  /** Writes a profile, replacing one of the same name. */
  @Put('audit-profiles/:profile')
  @Needs('settings.write')
  @Audited('audit-profile.write')
  async writeProfile(
    @Param() path: ProfilePath,
    @Body() body: AuditProfile,
    @CurrentClient() client: Client,
  ): Promise<AuditProfileView> {
    requireUnrestrictedClient(client);
    const audit = JSON.parse(JSON.stringify(body.audit)) as SubmitAuditBody;
    await this.settings.writeProfile(path.component_appid, path.profile, audit, whoIs(client));
    return { name: path.profile, audit: { ...audit }, updated_at: new Date().toISOString() };
  }

  /** Rollouts that were made from it keep what they took. */
  @Delete('audit-profiles/:profile')
  @HttpCode(204)
  @Needs('settings.write')
  @Audited('audit-profile.delete')
  async deleteProfile(@Param() path: ProfilePath, @CurrentClient() client: Client): Promise<void> {
    requireUnrestrictedClient(client);
    await this.settings.deleteProfile(path.component_appid, path.profile);
  }
}

/** Merchants' own words and keys: what the database holds as ciphertext is in no entry of the audit log either. */
const SEALED = ['variables', 'ext_json'];

function toView(layer: Layer): ExtSettingsView {
  return { variables: shown(layer), secret_variables: [...layer.secret], ext_json: layer.extJson ?? null };
}
