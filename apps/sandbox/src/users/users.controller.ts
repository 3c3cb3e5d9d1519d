import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { World } from '../world/world.service.js';
import { CreateJsCode, MessageQuery } from './users.dto.js';
import { UsersService } from './users.service.js';

@Controller('_control')
export class UsersController {
  constructor(
    private readonly world: World,
    private readonly users: UsersService,
  ) {}

  @Post('js-codes')
  code(@Body() body: CreateJsCode) {
    this.world.merchant(body.appid);
    return this.users.newCode(body);
  }

  @Get('messages')
  messages(@Query() query: MessageQuery) {
    const found = this.users.messagesOf(query.appid);
    return { total: found.length, messages: found.slice(0, query.limit) };
  }
}
