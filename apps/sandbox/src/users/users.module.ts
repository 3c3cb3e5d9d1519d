import { Module } from '@nestjs/common';
import { OauthController } from './oauth.controller.js';
import { UsersApi } from './users.api.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({ providers: [UsersService, UsersApi], controllers: [UsersController, OauthController], exports: [UsersService] })
export class UsersModule {}
