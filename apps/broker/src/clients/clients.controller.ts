import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccessLog, type Client, CurrentClient, NeedsScope } from '#service';
import {
  ClientKeyResponse,
  ClientListResponse,
  ClientPath,
  ClientResponse,
  CreateClientRequest,
  RotateClientRequest,
  UpdateClientRequest,
} from './clients.dto.js';
import { ClientsService } from './clients.service.js';

@ApiTags('clients')
@NeedsScope('admin')
@Controller('v1/clients')
export class ClientsController {
  constructor(
    private readonly clients: ClientsService,
    private readonly accessLog: AccessLog,
  ) {}

  /** Makes a client. Its key is in this answer and nowhere else. */
  @Post()
  async create(
    @Body() body: CreateClientRequest,
    @CurrentClient() admin: Client,
    @Req() request: FastifyRequest,
  ): Promise<ClientKeyResponse> {
    const created = await this.clients.create(body);
    this.record('client.create', created.client_id, admin, request);
    return created;
  }

  /** Every client, without its key. */
  @Get()
  list(): Promise<ClientListResponse> {
    return this.clients.list();
  }

  /** One client, without its key. */
  @Get(':client_id')
  get(@Param() path: ClientPath): Promise<ClientResponse> {
    return this.clients.get(path.client_id);
  }

  /** Changes what a client may do; its key stays. */
  @Patch(':client_id')
  async update(
    @Param() path: ClientPath,
    @Body() body: UpdateClientRequest,
    @CurrentClient() admin: Client,
    @Req() request: FastifyRequest,
  ): Promise<ClientResponse> {
    const client = await this.clients.update(path.client_id, body);
    this.record('client.update', path.client_id, admin, request);
    return client;
  }

  /** A new key; the former one goes on working for `overlap` seconds. */
  @Post(':client_id/rotate')
  @HttpCode(200)
  async rotate(
    @Param() path: ClientPath,
    @Body() body: RotateClientRequest,
    @CurrentClient() admin: Client,
    @Req() request: FastifyRequest,
  ): Promise<ClientKeyResponse> {
    const rotated = await this.clients.rotate(path.client_id, body.overlap);
    this.record('client.rotate', path.client_id, admin, request);
    return rotated;
  }

  /** The key stops working on every replica, within seconds. */
  @Delete(':client_id')
  async revoke(
    @Param() path: ClientPath,
    @CurrentClient() admin: Client,
    @Req() request: FastifyRequest,
  ): Promise<ClientResponse> {
    const client = await this.clients.revoke(path.client_id);
    this.record('client.revoke', path.client_id, admin, request);
    return client;
  }

  private record(action: string, subject: string, admin: Client, request: FastifyRequest): void {
    this.accessLog.recordRequest(admin, request, { action, subject });
  }
}
