import { Module, type OnModuleInit } from '@nestjs/common';
import { TicketReader } from '../tickets/ticket-reader.js';
import { TokenRefresher } from '../tokens/token-refresher.js';
import { FollowSource } from './follow.source.js';

@Module({ providers: [FollowSource] })
export class FollowModule implements OnModuleInit {
  constructor(
    private readonly refresher: TokenRefresher,
    private readonly tickets: TicketReader,
    private readonly source: FollowSource,
  ) {}

  onModuleInit(): void {
    this.refresher.follow(this.source);
    this.tickets.follow((componentAppid) => this.source.ticket(componentAppid));
  }
}
