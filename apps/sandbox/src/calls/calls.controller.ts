import { Controller, Delete, Get, Query } from '@nestjs/common';
import { CallCountQuery, CallQuery } from './calls.dto.js';
import { CallRecorder } from './recorder.service.js';

@Controller('_control/calls')
export class CallsController {
  constructor(private readonly recorder: CallRecorder) {}

  @Get()
  list(@Query() query: CallQuery) {
    return this.recorder.list(query, query.reveal === '1');
  }

  @Get('counts')
  counts(@Query() query: CallCountQuery) {
    return { counts: query.by === 'appid' ? this.recorder.totalsByAccount(query.path) : this.recorder.totals(query.path) };
  }

  @Delete()
  clear() {
    this.recorder.clear();
    return { ok: true };
  }
}
