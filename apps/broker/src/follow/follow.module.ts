import { Module, type OnModuleInit } from '@nestjs/common';
import { TokenRefresher } from '../tokens/token-refresher.js';
import { FollowSource } from './follow.source.js';

@Module({ providers: [FollowSource] })
export class FollowModule implements OnModuleInit {
  constructor(
    private readonly refresher: TokenRefresher,
    private readonly source: FollowSource,
  ) {}

  onModuleInit(): void {
    this.refresher.follow(this.source);
  }
}
