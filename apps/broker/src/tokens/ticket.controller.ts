import { Controller, Get, Header, Param, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccessLog, type Client, ComponentPath, ComponentRegistry, CurrentClient, NeedsScope } from '#service';
import { TicketReader } from '../tickets/ticket-reader.js';
import { TicketResponse } from './tokens.dto.js';

/** Not among the tokens: callers need none of it, and the client library has no method for it. */
@ApiTags('diagnosis')
@Controller('v1/components/:component_appid/ticket')
export class TicketController {
  constructor(
    private readonly components: ComponentRegistry,
    private readonly accessLog: AccessLog,
    private readonly tickets: TicketReader,
  ) {}

  /** The newest component verify ticket: for services beside the broker that cannot do without it. */
  @Get()
  @Header('cache-control', 'no-store')
  @NeedsScope('component-token')
  async ticket(
    @Param() { component_appid }: ComponentPath,
    @CurrentClient() client: Client,
    @Req() request: FastifyRequest,
  ): Promise<TicketResponse> {
    this.components.require(component_appid);
    const ticket = await this.tickets.read(component_appid);
    this.accessLog.recordRequest(client, request, {
      action: 'ticket.reveal',
      componentAppid: component_appid,
      subject: 'component',
    });
    return { ticket };
  }
}
