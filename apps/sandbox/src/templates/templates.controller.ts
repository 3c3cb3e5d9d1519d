import { Body, ConflictException, Controller, Param, Post } from '@nestjs/common';
import { ApiError } from '../protocol/errors.domain.js';
import { World } from '../world/world.service.js';
import { CreateDraft, CreateTemplate } from './templates.dto.js';
import { TemplatesService } from './templates.service.js';

@Controller('_control/components/:component')
export class TemplatesController {
  constructor(
    private readonly world: World,
    private readonly templates: TemplatesService,
  ) {}

  @Post('drafts')
  upload(@Param('component') appid: string, @Body() body: CreateDraft) {
    return this.templates.upload(this.world.component(appid), body);
  }

  @Post('templates')
  add(@Param('component') appid: string, @Body() body: CreateTemplate) {
    const component = this.world.component(appid);
    const { template_type: type, ...upload } = body;
    const draft = this.templates.upload(component, upload);
    try {
      return this.templates.add(component, draft, type ?? 0);
    } catch (error) {
      throw error instanceof ApiError ? new ConflictException(error.message) : error;
    }
  }
}
