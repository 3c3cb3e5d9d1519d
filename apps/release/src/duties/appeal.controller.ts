import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { Brings } from '../approvals/brings.decorator.js';
import { AppealPage, AppealSearch, AppealsAtWechat, AppealView, MakeAppeal, ViolationPath } from './appeal.dto.js';
import { AppealService } from './appeal.service.js';

/** Appeals against violations (申诉). */
@ApiTags('fleet')
@Controller('v1/components/:component_appid')
export class AppealController {
  constructor(private readonly appeals: AppealService) {}

  /** Those that were made here or that WeChat told of; newest first. */
  @Get('appeals')
  @Needs('mini-programs.read')
  list(@Param() path: ComponentPath, @Query() query: AppealSearch, @CurrentClient() client: Client): Promise<AppealPage> {
    return this.appeals.list(path.component_appid, query, client);
  }

  /**
   * Appeals against a record. Uses up one of the mini program's appeals, and excludes another one until it is decided; never sent twice.
   * Permission set 198.
   */
  @Post('authorizers/:authorizer_appid/violations/:illegal_record_id/appeals')
  @Needs('accounts.write')
  @Audited('mini-program.appeal')
  @Brings('registration')
  make(@Param() path: ViolationPath, @Body() body: MakeAppeal, @CurrentClient() client: Client): Promise<AppealView> {
    return this.appeals.make(path, path.illegal_record_id, body, client);
  }

  /** As WeChat has them now, with what was said and what was answered. Permission set 76. */
  @Get('authorizers/:authorizer_appid/violations/:illegal_record_id/appeals')
  @Needs('mini-programs.read')
  atWechat(@Param() path: ViolationPath): Promise<AppealsAtWechat> {
    return this.appeals.atWechat(path, path.illegal_record_id);
  }
}
