import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, type Client, ComponentPath, CurrentClient, Needs } from '#service';
import { Brings } from '../approvals/brings.decorator.js';
import { OrderPathPage, OrderPathSearch, OrderPathsAtWechat, SetOrderPaths } from './order-path.dto.js';
import { OrderPathService } from './order-path.service.js';

/** Where the order centre (订单中心) leads to. */
@ApiTags('fleet')
@Controller('v1/components/:component_appid')
export class OrderPathController {
  constructor(private readonly orderPaths: OrderPathService) {}

  /** Sets it for up to a hundred mini programs. WeChat answers only that it has the batch: the list tells what became of each. */
  @Post('order-paths')
  @HttpCode(204)
  @Needs('privacy.write')
  @Audited('platform.order-paths')
  @Brings('privacy')
  async set(@Param() path: ComponentPath, @Body() body: SetOrderPaths, @CurrentClient() client: Client): Promise<void> {
    await this.orderPaths.set(path.component_appid, body, client);
  }

  /** What became of those that were set from here. */
  @Get('order-paths')
  @Needs('mini-programs.read')
  list(@Param() path: ComponentPath, @Query() query: OrderPathSearch, @CurrentClient() client: Client): Promise<OrderPathPage> {
    return this.orderPaths.list(path.component_appid, query, client);
  }

  /** As WeChat has it now: online, and under audit. */
  @Get('authorizers/:authorizer_appid/order-path')
  @Needs('mini-programs.read')
  atWechat(@Param() path: AuthorizerPath): Promise<OrderPathsAtWechat> {
    return this.orderPaths.atWechat(path.component_appid, path.authorizer_appid);
  }
}
