import { Body, Controller, Delete, Get, Param, ParseIntPipe, Post } from '@nestjs/common';
import { FaultBook } from './fault-book.service.js';
import { CreateFault } from './faults.dto.js';

@Controller('_control/faults')
export class FaultsController {
  constructor(private readonly faults: FaultBook) {}

  @Post()
  add(@Body() body: CreateFault) {
    return this.faults.add(body);
  }

  @Get()
  list() {
    return { faults: this.faults.list() };
  }

  @Delete(':id')
  remove(@Param('id', ParseIntPipe) id: number) {
    this.faults.remove(id);
    return { ok: true };
  }

  @Delete()
  clear() {
    this.faults.clear();
    return { ok: true };
  }
}
