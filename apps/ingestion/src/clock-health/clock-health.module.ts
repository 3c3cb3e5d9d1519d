import { Module } from '@nestjs/common';
import { ClockHealth } from './clock-health.service.js';

@Module({ providers: [ClockHealth], exports: [ClockHealth] })
export class ClockHealthModule {}
