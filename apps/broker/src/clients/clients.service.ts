import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClientEntity } from '#persistence';
import { ClientStore, DomainError, wholePage } from '#service';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { toClientView } from './client.view.js';
import type { ClientKeyView, ClientPage, ClientView, CreateClientRequest, UpdateClientRequest } from './clients.dto.js';

const DAY_S = 86_400;

/** Keys of calling teams. Every change reaches all replicas by message; without Redis, within seconds by reading again. */
@Injectable()
export class ClientsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ClientStore,
    private readonly bus: InvalidationBus,
  ) {
    bus.onMessage((message) => {
      if (message.type === 'client') store.forget(message.clientId);
    });
  }

  async create(request: CreateClientRequest): Promise<ClientKeyView> {
    const { clientId, key } = await this.store.create({
      name: request.name,
      scopes: request.scopes,
      authorizers: request.authorizers,
      options: request.options ? { ...request.options } : null,
      expiresAt: request.expires_at ? new Date(request.expires_at) : undefined,
    });
    return { ...toClientView(await this.find(clientId)), key };
  }

  async list(): Promise<ClientPage> {
    const rows = await this.dataSource.getRepository(ClientEntity).find({ order: { createdAt: 'ASC', clientId: 'ASC' } });
    return wholePage(rows.map(toClientView));
  }

  async get(clientId: string): Promise<ClientView> {
    return toClientView(await this.find(clientId));
  }

  async update(clientId: string, request: UpdateClientRequest): Promise<ClientView> {
    await this.find(clientId);
    await this.change(clientId, {
      ...(request.name === undefined ? {} : { name: request.name }),
      ...(request.scopes === undefined ? {} : { scopes: request.scopes }),
      ...(request.authorizers === undefined ? {} : { authorizers: request.authorizers }),
      ...(request.options === undefined ? {} : { options: request.options ? { ...request.options } : null }),
      ...(request.expires_at === undefined ? {} : { expiresAt: request.expires_at ? new Date(request.expires_at) : null }),
    });
    return this.get(clientId);
  }

  /** A new key; the former one works on for `overlapS`. */
  async rotate(clientId: string, overlapS = DAY_S): Promise<ClientKeyView> {
    const client = await this.find(clientId);
    if (client.revokedAt) throw new DomainError('conflict', 'This client was revoked; create a new one.');
    const rotated = await this.store.rotate(client, overlapS);
    if (!rotated)
      throw new DomainError('conflict', 'This client was revoked or got another key at the same moment; look at it again.');
    this.bus.publish({ type: 'client', clientId });
    return { ...toClientView(await this.find(clientId)), key: rotated.key };
  }

  async revoke(clientId: string): Promise<ClientView> {
    const client = await this.find(clientId);
    if (!client.revokedAt) await this.change(clientId, { revokedAt: new Date() });
    return this.get(clientId);
  }

  private async change(clientId: string, values: Partial<ClientEntity>): Promise<void> {
    await this.store.change(clientId, values);
    this.bus.publish({ type: 'client', clientId });
  }

  private async find(clientId: string): Promise<ClientEntity> {
    const client = await this.dataSource.getRepository(ClientEntity).findOneBy({ clientId });
    if (!client) throw new DomainError('not-found', 'There is no such client.');
    return client;
  }
}
