import { Injectable } from '@nestjs/common';
import { DomainError } from '#service';
import { TicketRepository } from './ticket.repository.js';

/** The newest ticket, for whoever cannot do without it: as this deployment was pushed it, or as the broker that is followed has it. */
@Injectable()
export class TicketReader {
  private leader: ((componentAppid: string) => Promise<string>) | undefined;

  constructor(private readonly tickets: TicketRepository) {}

  follow(leader: (componentAppid: string) => Promise<string>): void {
    this.leader = leader;
  }

  /** @throws DomainError */
  async read(componentAppid: string): Promise<string> {
    if (this.leader) return this.leader(componentAppid);
    const ticket = await this.tickets.newest(componentAppid);
    if (ticket === undefined) throw new DomainError('ticket-missing', 'No ticket younger than 12 hours.');
    return ticket;
  }
}
