import { Module, type OnModuleInit } from '@nestjs/common';
import { TokenService } from '../tokens/token.service.js';
import { FollowSource } from './follow.source.js';

@Module({ providers: [FollowSource] })
export class FollowModule implements OnModuleInit {
  constructor(
    private readonly tokens: TokenService,
    private readonly source: FollowSource,
  ) {}

  onModuleInit(): void {
    this.tokens.follow(this.source);
  }
}
