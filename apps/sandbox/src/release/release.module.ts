import { Module } from '@nestjs/common';
import { ReleaseApi } from './release.api.js';
import { RevertAllowance } from './revert-allowance.service.js';

@Module({ providers: [ReleaseApi, RevertAllowance] })
export class ReleaseModule {}
