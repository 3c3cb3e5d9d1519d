import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Audited, auditChange, type Caller, CurrentClient, Needs } from '#service';
import {
  ClientKeyView,
  ClientPage,
  ClientPath,
  ClientSearch,
  ClientView,
  CreateClientRequest,
  RotateClientRequest,
  UpdateClientRequest,
} from './clients.dto.js';
import { ClientsService } from './clients.service.js';

@ApiTags('clients')
@Controller('v1/clients')
export class ClientsController {
  constructor(private readonly clients: ClientsService) {}

  /** Makes a client. Its key is in this answer and nowhere else. */
  @Post()
  @Needs('clients.write')
  @Audited('client.create', { idempotent: false })
  async create(
    @Body() body: CreateClientRequest,
    @CurrentClient() client: Caller,
    @Req() request: FastifyRequest,
  ): Promise<ClientKeyView> {
    const made = await this.clients.create(body, client);
    auditChange(request, undefined, made);
    return made;
  }

  /** Every client, without its key; the oldest first. */
  @Get()
  @Needs('clients.read')
  list(@Query() query: ClientSearch, @CurrentClient() client: Caller): Promise<ClientPage> {
    return this.clients.list(query, client);
  }

  /** One client, without its key. */
  @Get(':client_id')
  @Needs('clients.read')
  get(@Param() path: ClientPath, @CurrentClient() client: Caller): Promise<ClientView> {
    return this.clients.get(path.client_id, client);
  }

  /** Changes what a client may do; its key stays. */
  @Patch(':client_id')
  @Needs('clients.write')
  @Audited('client.update')
  async update(
    @Param() path: ClientPath,
    @Body() body: UpdateClientRequest,
    @CurrentClient() client: Caller,
    @Req() request: FastifyRequest,
  ): Promise<ClientView> {
    const before = await this.clients.get(path.client_id, client);
    const after = await this.clients.update(path.client_id, body, client);
    auditChange(request, before, after);
    return after;
  }

  /** A new key; the former one goes on working for `overlap` seconds. */
  @Post(':client_id/rotate')
  @Needs('clients.write')
  @HttpCode(200)
  @Audited('client.rotate', { idempotent: false })
  rotate(@Param() path: ClientPath, @Body() body: RotateClientRequest, @CurrentClient() client: Caller): Promise<ClientKeyView> {
    return this.clients.rotate(path.client_id, client, body.overlap);
  }

  /** The key stops working on every replica, within seconds. */
  @Delete(':client_id')
  @Needs('clients.write')
  @Audited('client.revoke')
  async revoke(@Param() path: ClientPath, @CurrentClient() client: Caller, @Req() request: FastifyRequest): Promise<ClientView> {
    const before = await this.clients.get(path.client_id, client);
    const after = await this.clients.revoke(path.client_id, client);
    auditChange(request, before, after);
    return after;
  }
}
