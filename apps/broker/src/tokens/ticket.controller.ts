import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, ComponentPath, ComponentRegistry, Needs } from '#service';
import { TicketReader } from '../tickets/ticket-reader.js';
import { TicketView } from './tokens.dto.js';

/** Not among the tokens: callers need none of it, and the client library has no method for it. */
@ApiTags('diagnosis')
@Controller('v1/components/:component_appid/ticket')
export class TicketController {
  constructor(
    private readonly components: ComponentRegistry,
    private readonly tickets: TicketReader,
  ) {}

  /** The newest component verify ticket: for services beside the broker that cannot do without it. */
  @Get()
  @Header('cache-control', 'no-store')
  @Needs('tokens.reveal-component')
  @Audited('ticket.reveal', { idempotent: false, entry: () => ({ subject: 'component' }) })
  async ticket(@Param() { component_appid }: ComponentPath): Promise<TicketView> {
    this.components.require(component_appid);
    return { ticket: await this.tickets.read(component_appid) };
  }
}
