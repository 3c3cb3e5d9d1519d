import { Module } from '@nestjs/common';
import { AuthorizersModule } from '../authorizers/authorizers.module.js';
import { AccountCalls } from './account-calls.js';

@Module({ imports: [AuthorizersModule], providers: [AccountCalls], exports: [AccountCalls] })
export class AccountCallsModule {}
