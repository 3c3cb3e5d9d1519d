import { Global, Module } from '@nestjs/common';
import { MiniProgramRepository } from './mini-program.repository.js';
import { Profiles } from './profiles.service.js';
import { WriteLease } from './write-lease.js';

@Global()
@Module({ providers: [MiniProgramRepository, Profiles, WriteLease], exports: [MiniProgramRepository, Profiles, WriteLease] })
export class MiniProgramModule {}
