import { Body, Controller, Delete, HttpCode, Param, Post } from '@nestjs/common';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { ApiSecurityStore, type SecurityMode } from './api-security.store.js';

class Secure {
  @IsIn(['optional', 'required']) mode!: SecurityMode;
  /** A new platform certificate beside the one there is. */
  @IsOptional() @IsBoolean() renew: boolean = false;
}

/** The console page 开发设置 – API 安全 of an account, mini program or component. */
@Controller('_control/api-security/:appid')
export class ApiSecurityController {
  constructor(private readonly store: ApiSecurityStore) {}

  /** Answers what the merchant hands over: `platform_private_key` stays with WeChat. */
  @Post()
  @HttpCode(200)
  secure(@Param('appid') appid: string, @Body() { mode, renew }: Secure) {
    const {
      platform_private_key: _,
      application_public_key: __,
      deprecated: ___,
      ...shown
    } = this.store.secure(appid, mode, renew);
    return shown;
  }

  @Delete()
  @HttpCode(204)
  release(@Param('appid') appid: string): void {
    this.store.release(appid);
  }
}
