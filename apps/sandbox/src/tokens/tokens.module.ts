import { Module } from '@nestjs/common';
import { TokenService } from './token.service.js';
import { TokensController } from './tokens.controller.js';

@Module({ providers: [TokenService], controllers: [TokensController], exports: [TokenService] })
export class TokensModule {}
