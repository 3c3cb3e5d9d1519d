import { Inject, Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { DataSource, In, IsNull } from 'typeorm';
import { CallerEntity, ClientEntity } from '#persistence';
import {
  type Caller,
  ClientStore,
  Cursors,
  changedClientOptions,
  DomainError,
  endOf,
  isPowerful,
  LOGGER,
  type Logger,
  mayUse,
  newClientOptions,
  Periodic,
} from '#service';
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
const COUNT_EVERY_MS = 600_000;

const CLIENTS = new Cursors('clients', undefined, /^\d{1,15}:[0-9a-f]{1,32}$/);

/** Keys of calling teams. Every change reaches all replicas by message; without Redis, within seconds by reading again. */
@Injectable()
export class ClientsService {
  private readonly eternal: Gauge;
  private told = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ClientStore,
    private readonly bus: InvalidationBus,
    @Inject(LOGGER) private readonly logger: Logger,
    periodic: Periodic,
    metrics: Registry,
  ) {
    this.eternal = new Gauge({
      name: 'wxplane_clients_powerful_eternal',
      help: 'Client keys with admin, releases:write or component-token that never end',
      registers: [metrics],
    });
    periodic.every('clients.count', COUNT_EVERY_MS, () => this.countEternal());
    bus.onMessage((message) => {
      if (message.type === 'client') store.forget(message.clientId);
    });
  }

  async create(request: CreateClientRequest, by: Caller): Promise<ClientKeyView> {
    this.requireOwn(by, { scopes: request.scopes, authorizers: request.authorizers ?? null, options: request.options ?? null });
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
  async list(query: ClientSearch, by: Caller): Promise<ClientPage> {
    const [createdMs, clientId] = CLIENTS.after(query)?.split(':') ?? [];
    const search = this.dataSource
      .getRepository(ClientEntity)
      .createQueryBuilder('c')
      .orderBy({ 'c.createdAt': 'ASC', 'c.clientId': 'ASC' })
      .take(query.limit + 1);
    if (clientId !== undefined)
      search.where('(c.created_at, c.client_id) > (:createdAt, :clientId)', { createdAt: new Date(Number(createdMs)), clientId });
    // As `isVisible` says it.
    if (by.components)
      search.andWhere(`JSON_CONTAINS(:components, JSON_EXTRACT(c.options, '$.components'))`, {
        components: JSON.stringify([...by.components]),
      });
    const positionOf = (row: ClientEntity) => `${row.createdAt.getTime()}:${row.clientId}`;
    const rows = await search.getMany();
    const used = await this.lastUses(rows.map((row) => row.clientId));
    return CLIENTS.page(rows, query, positionOf, (row) => toClientView(row, used.get(row.clientId)));
  }

  async get(clientId: string, by: Caller): Promise<ClientView> {
    const used = await this.lastUses([clientId]);
    return toClientView(await this.find(clientId, by), used.get(clientId));
  }

  async update(clientId: string, request: UpdateClientRequest, by: Caller): Promise<ClientView> {
    const before = await this.find(clientId, by);
    const scopes = request.scopes ?? before.scopes;
    this.requireOwn(by, before);
    this.requireOwn(by, {
      scopes,
      authorizers: request.authorizers === undefined ? before.authorizers : request.authorizers,
      options: request.options === undefined ? before.options : request.options,
    });
    const wanted = request.expires_at ? new Date(request.expires_at) : (request.expires_at as null | undefined);
    // One that was eternal before stays so until it is rotated; but none becomes one.
    const rises = isPowerful(scopes) && !isPowerful(before.scopes);
    const expiresAt = wanted === undefined && !rises ? undefined : endOf(scopes, wanted);
    await this.change(clientId, {
      ...(request.name === undefined ? {} : { name: request.name }),
      ...(request.scopes === undefined ? {} : { scopes: request.scopes }),
      ...(request.authorizers === undefined ? {} : { authorizers: request.authorizers }),
      ...(request.options === undefined ? {} : { options: changedClientOptions(before.options, request.options) }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    return this.get(clientId, by);
  }

  /** A new key; the former one works on for `overlapS`. */
  async rotate(clientId: string, by: Caller, overlapS = DAY_S): Promise<ClientKeyView> {
    const client = await this.find(clientId, by);
    this.requireOwn(by, client);
    if (client.revokedAt) throw new DomainError('conflict', 'This client was revoked; create a new one.');
    const rotated = await this.store.rotate(client, overlapS);
    if (!rotated)
      throw new DomainError('conflict', 'This client was revoked or got another key at the same moment; look at it again.');
    this.bus.publish({ type: 'client', clientId });
    return { ...toClientView(await this.find(clientId)), key: rotated.key };
  }

  async revoke(clientId: string, by: Caller): Promise<ClientView> {
    const client = await this.find(clientId, by);
    if (!client.revokedAt) await this.change(clientId, { revokedAt: new Date() });
    return this.get(clientId, by);
  }

  /**
   * Nobody hands out, or changes, what he does not have: else whoever manages would publish by a key that he makes for it.
   * @throws DomainError `forbidden`
   */
  private requireOwn(
    by: Caller,
    { scopes, authorizers, options }: Pick<ClientEntity, 'scopes' | 'authorizers' | 'options'>,
  ): void {
    const beyond = [...this.store.permissionsOf(scopes)].filter((permission) => !mayUse(by, permission));
    if (beyond.length > 0)
      throw new DomainError('forbidden', `"${by.name}" lacks ${beyond.join(', ')}, and gives nobody what it does not have.`);
    const within = (bound: ReadonlySet<string> | undefined, wanted: readonly string[] | null | undefined) =>
      bound === undefined || (wanted?.every((appid) => bound.has(appid)) ?? false);
    if (!within(by.authorizers, authorizers) || !within(by.components, options?.components))
      throw new DomainError(
        'forbidden',
        `"${by.name}" is bound to some accounts or components, and so is whom it makes or changes.`,
      );
  }

  private async lastUses(clientIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const rows = await this.dataSource.getRepository(CallerEntity).findBy({ callerId: In([...clientIds]) });
    return new Map(rows.map(({ callerId, lastUsedAt }) => [callerId, lastUsedAt]));
  }

  /** Those that were made before such keys had to end. */
  private async countEternal(): Promise<void> {
    const rows = await this.dataSource.getRepository(ClientEntity).findBy({ revokedAt: IsNull(), expiresAt: IsNull() });
    const eternal = rows.filter(({ scopes }) => isPowerful(scopes));
    this.eternal.set(eternal.length);
    if (eternal.length > this.told)
      this.logger.warn(
        { event: 'clients.eternal', clients: eternal.map(({ clientId, name }) => `${clientId} (${name})`).slice(0, 20) },
        'Keys of great power that never end: rotate them, and they end in 90 days',
      );
    this.told = eternal.length;
  }

  private async change(clientId: string, values: Partial<ClientEntity>): Promise<void> {
    await this.store.change(clientId, values);
    this.bus.publish({ type: 'client', clientId });
  }

  private async find(clientId: string, by?: Caller): Promise<ClientEntity> {
    const client = await this.dataSource.getRepository(ClientEntity).findOneBy({ clientId });
    if (!client || (by && !isVisible(by, client))) throw new DomainError('not-found', 'There is no such client.');
    return client;
  }
}

/** Whoever may use some components only sees clients of these. */
const isVisible = ({ components }: Caller, { options }: ClientEntity): boolean =>
  components === undefined || (options?.components?.every((appid) => components.has(appid)) ?? false);
