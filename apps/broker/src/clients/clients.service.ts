import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClientEntity } from '#persistence';
import { ClientStore, DomainError, newClientKey } from '#service';
import { InvalidationBus } from '../invalidation/invalidation.bus.js';
import type {
  ClientKeyResponse,
  ClientListResponse,
  ClientResponse,
  CreateClientRequest,
  UpdateClientRequest,
} from './clients.dto.js';

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

  async create(request: CreateClientRequest): Promise<ClientKeyResponse> {
    const { clientId, key } = await this.store.create({
      name: request.name,
      scopes: request.scopes,
      authorizers: request.authorizers,
      options: request.options ? { ...request.options } : null,
      expiresAt: request.expires_at ? new Date(request.expires_at) : undefined,
    });
    return { ...toResponse(await this.find(clientId)), key };
  }

  async list(): Promise<ClientListResponse> {
    const rows = await this.dataSource.getRepository(ClientEntity).find({ order: { createdAt: 'ASC', clientId: 'ASC' } });
    return { items: rows.map(toResponse), next_cursor: null };
  }

  async get(clientId: string): Promise<ClientResponse> {
    return toResponse(await this.find(clientId));
  }

  async update(clientId: string, request: UpdateClientRequest): Promise<ClientResponse> {
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
  async rotate(clientId: string, overlapS = DAY_S): Promise<ClientKeyResponse> {
    const client = await this.find(clientId);
    if (client.revokedAt) throw new DomainError('conflict', 'This client was revoked; create a new one.');
    const { key, secretSha256 } = newClientKey(clientId);
    await this.change(clientId, {
      secretSha256,
      previousSecretSha256: overlapS > 0 ? client.secretSha256 : null,
      previousExpiresAt: overlapS > 0 ? new Date(Date.now() + overlapS * 1_000) : null,
    });
    return { ...toResponse(await this.find(clientId)), key };
  }

  async revoke(clientId: string): Promise<ClientResponse> {
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

function toResponse(row: ClientEntity): ClientResponse {
  return {
    client_id: row.clientId,
    name: row.name,
    scopes: row.scopes,
    authorizers: row.authorizers,
    options: row.options ? ({ ...row.options } as NonNullable<ClientResponse['options']>) : null,
    expires_at: row.expiresAt?.toISOString() ?? null,
    revoked_at: row.revokedAt?.toISOString() ?? null,
    previous_key_until: row.previousExpiresAt?.toISOString() ?? null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}
