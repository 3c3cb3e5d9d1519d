import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClientEntity } from '#persistence';
import { ClientStore, Cursors, changedClientOptions, DomainError, newClientOptions } from '#service';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import { toClientView } from './client.view.js';
import type {
  ClientKeyView,
  ClientPage,
  ClientSearch,
  ClientView,
  CreateClientRequest,
  UpdateClientRequest,
} from './clients.dto.js';

const DAY_S = 86_400;

const CLIENTS = new Cursors('clients', undefined, /^\d{1,15}:[0-9a-f]{1,32}$/);

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
      options: newClientOptions(request.options),
      expiresAt: request.expires_at ? new Date(request.expires_at) : undefined,
    });
    return { ...toClientView(await this.find(clientId)), key };
  }

  /** Oldest first. */
  async list(query: ClientSearch): Promise<ClientPage> {
    const [createdMs, clientId] = CLIENTS.after(query)?.split(':') ?? [];
    const search = this.dataSource
      .getRepository(ClientEntity)
      .createQueryBuilder('c')
      .orderBy({ 'c.createdAt': 'ASC', 'c.clientId': 'ASC' })
      .take(query.limit + 1);
    if (clientId !== undefined)
      search.where('(c.created_at, c.client_id) > (:createdAt, :clientId)', { createdAt: new Date(Number(createdMs)), clientId });
    const positionOf = (row: ClientEntity) => `${row.createdAt.getTime()}:${row.clientId}`;
    return CLIENTS.page(await search.getMany(), query, positionOf, toClientView);
  }

  async get(clientId: string): Promise<ClientView> {
    return toClientView(await this.find(clientId));
  }

  async update(clientId: string, request: UpdateClientRequest): Promise<ClientView> {
    const { options: former } = await this.find(clientId);
    await this.change(clientId, {
      ...(request.name === undefined ? {} : { name: request.name }),
      ...(request.scopes === undefined ? {} : { scopes: request.scopes }),
      ...(request.authorizers === undefined ? {} : { authorizers: request.authorizers }),
      ...(request.options === undefined ? {} : { options: changedClientOptions(former, request.options) }),
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
