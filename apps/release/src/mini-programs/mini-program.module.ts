import { Global, Module } from '@nestjs/common';
import { MiniProgramRepository } from './mini-program.repository.js';
import { WriteLease } from './write-lease.js';

@Global()
@Module({ providers: [MiniProgramRepository, WriteLease], exports: [MiniProgramRepository, WriteLease] })
export class MiniProgramModule {}
