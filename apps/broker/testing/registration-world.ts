import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINDINGS, EventEntity, parseEncryptionKeys, RegistrationEntity, SecretBox, TicketEntity } from '#persistence';
import { ClientStore, type RunningService, runService, type Scope } from '#service';
import { PushCrypto, parseEvent } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../libs/persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../libs/queues/testing/redis.js';
import { type ComponentSecrets, newDevSecrets } from '../../../scripts/lib/secrets.ts';
import { eventually } from '../../../test/support/eventually.js';
import { SandboxControl } from '../../../test/support/sandbox.js';
import { brokerDefinition } from '../src/broker.definition.js';
import { EventsService } from '../src/events/events.service.js';
import { RegistrationPoller } from '../src/registrations/registration-poller.js';
import type { RegistrationDetailsView, RegistrationView } from '../src/registrations/registrations.dto.js';
import { startWechat } from './sandbox.js';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export interface Problem {
  readonly type: string;
  readonly detail: string;
  readonly registration_id?: string;
  readonly remedy?: { readonly zh: string; readonly en: string };
  readonly wechat?: { readonly errcode?: number };
}

interface Push {
  readonly appid: string | null;
  readonly xml: string;
}

/** How long what is awaited may take. */
const PATIENCE_MS = 60_000;

/** Some of these are needed by each way (registration.md §1, §3, §6). */
const ALL_SETS = [1, 2, 3, 17, 18, 25, 27, 30, 31, 40, 76, 81, 85];

/** Replicas of the broker in this process, on a real database and Redis, with the sandbox as WeChat; its pushes come when a test says so. */
export class RegistrationWorld {
  readonly brokers: RunningService[] = [];
  readonly component: ComponentSecrets = { ...newDevSecrets().component, component_appid: `wx${randomBytes(8).toString('hex')}` };
  /** Pushes that were not delivered yet, but for tickets. */
  readonly pushes: Push[] = [];
  /** Delivered as they come. */
  delivers = true;
  control!: SandboxControl;
  private database!: TestDatabase;
  private redis!: TestRedis;
  private env!: Record<string, string>;
  /** Of all apps: tickets are sealed by ingestion. */
  private readonly keyring = `k1:${randomBytes(32).toString('base64')}`;
  private readonly box = new SecretBox(parseEncryptionKeys(this.keyring));
  private key!: string;
  private readonly undo: (() => unknown)[] = [];

  static async start(replicas = 1, componentFile: object = {}): Promise<RegistrationWorld> {
    const world = new RegistrationWorld();
    try {
      await world.prepare(componentFile);
      for (let replica = 0; replica < replicas; replica += 1) {
        const broker = await runService(brokerDefinition, world.env);
        world.brokers.push(broker);
        world.undo.push(() => broker.stop('the test is over'));
      }
      await world.newTicket();
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    for (const step of this.undo.splice(0).reverse()) await step();
  }

  get dataSource() {
    return this.database.dataSource;
  }

  async client(scopes: readonly Scope[], authorizers?: readonly string[]): Promise<string> {
    return (
      await new ClientStore(this.dataSource).create({
        name: 'test',
        scopes: [...scopes],
        ...(authorizers ? { authorizers: [...authorizers] } : {}),
      })
    ).key;
  }

  async api<T = Problem>(method: string, path: string, body?: object, { broker = 0, key = this.key } = {}): Promise<Answer<T>> {
    const response = await fetch(
      `http://127.0.0.1:${this.brokers[broker]!.httpPort}/v1/components/${this.component.component_appid}${path}`,
      {
        method,
        headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      },
    );
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  /** @throws Error unless it is made */
  async register(body: object): Promise<RegistrationView> {
    const answer = await this.api<RegistrationView>('POST', '/registrations', body);
    if (answer.status !== 201) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async get(id: string): Promise<RegistrationDetailsView> {
    return (await this.api<RegistrationDetailsView>('GET', `/registrations/${id}`)).body;
  }

  /** Has the poller look until it is so. */
  comesTo(id: string, state: RegistrationView['state']): Promise<RegistrationDetailsView> {
    return eventually(
      `registration ${id} to be ${state}`,
      async () => {
        await this.look(id);
        const now = await this.get(id);
        if (now.state !== state) throw new Error(JSON.stringify({ ...now, request: undefined }));
        return now;
      },
      PATIENCE_MS,
    );
  }

  /** What is due is due now. */
  async look(id: string, broker = 0): Promise<void> {
    await this.dataSource.query(
      'UPDATE f_wechat_registration SET next_at = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE registration_id = ? AND next_at IS NOT NULL',
      [id],
    );
    await this.brokers[broker]!.app.get(RegistrationPoller).poll();
  }

  /** Everything of it happened so much earlier. */
  async age(id: string, seconds: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE f_wechat_registration SET begun_at = begun_at - INTERVAL ? SECOND, attempted_at = attempted_at - INTERVAL ? SECOND,
              expires_at = expires_at - INTERVAL ? SECOND WHERE registration_id = ?`,
      [seconds, seconds, seconds, id],
    );
  }

  /** The address of WeChat's page, as it is stored. */
  async authorizeUrl(id: string): Promise<string> {
    const row = await this.dataSource.getRepository(RegistrationEntity).findOneByOrFail({ registrationId: id });
    return this.brokers[0]!.app.get(SecretBox).open(
      row.authorizeUrl ?? '',
      BINDINGS.registration('authorize_url', row.componentAppid, id),
    );
  }

  async row(id: string): Promise<RegistrationEntity> {
    return this.dataSource.getRepository(RegistrationEntity).findOneByOrFail({ registrationId: id });
  }

  /** WeChat's number of a task, which its control API goes by. */
  async task(id: string): Promise<string> {
    const { taskId } = await this.row(id);
    if (taskId) return taskId;
    return new URL(await this.authorizeUrl(id)).searchParams.get('create_token') ?? '';
  }

  /** What a person, or the registry of companies, does. */
  async act(task: string, act: string): Promise<void> {
    await this.control.post(`/registrations/${task}/act`, { act });
  }

  async page(id: string, userAgent = 'Mozilla/5.0 (Windows NT 10.0) Chrome/140', search = ''): Promise<Answer<string>> {
    const address = `10.${randomInt(250)}.${randomInt(250)}.${randomInt(250)}`;
    const response = await fetch(`http://127.0.0.1:${this.brokers[0]!.httpPort}/register/${id}${search}`, {
      headers: { 'user-agent': userAgent, 'x-forwarded-for': address },
    });
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  /** The next pushes of that kind, as WeChat sent them. */
  async pushed(kind: string): Promise<Push> {
    return eventually(`a push ${kind}`, async () => this.pushes.find(({ xml }) => xml.includes(kind)), PATIENCE_MS);
  }

  /** An event as ingestion records it and hands it over; the broker acts on it now. @returns its effect */
  async deliver({ appid, xml }: Push, broker = 0): Promise<{ state: string; note: string | null }> {
    const event = parseEvent(xml);
    const componentAppid = this.component.component_appid;
    const dedupeKey = randomBytes(32).toString('hex');
    const { identifiers } = await this.dataSource.getRepository(EventEntity).insert({
      componentAppid,
      authorizerAppid: appid ?? ('AuthorizerAppid' in event ? (event.AuthorizerAppid as string) : null),
      family: event.family,
      kind: event.kind,
      dedupeKey,
      receivedAt: new Date(),
      createTime: new Date(event.createTime * 1_000),
      payload: this.box.seal(xml, BINDINGS.event(componentAppid, dedupeKey)),
      state: 'queued',
    });
    const eventId = String(identifiers[0]!['eventId']);
    await this.brokers[broker]!.app.get(EventsService).handle(eventId);
    const [effect] = await this.dataSource.query('SELECT state, note FROM f_wechat_eventeffect WHERE event_id = ?', [eventId]);
    return effect;
  }

  /** Kinds of our own events about registrations, oldest first. */
  async announced(id: string): Promise<string[]> {
    const rows = await this.dataSource
      .getRepository(EventEntity)
      .find({ where: { family: 'wxplane' }, order: { eventId: 'ASC' } });
    return rows
      .map((row) => ({ kind: row.kind, text: this.box.open(row.payload, BINDINGS.event(row.componentAppid, row.dedupeKey)) }))
      .filter(({ text }) => text.includes(id))
      .map(({ kind }) => kind.replace('wxplane.registration_', ''));
  }

  /** An account that has authorized, with its tokens here. */
  async authorized(appid: string, more: object): Promise<void> {
    await this.control.post('/merchants', { appid, ...more });
    await this.control.post('/authorizations', {
      component_appid: this.component.component_appid,
      merchant_appid: appid,
      always_push: true,
    });
    await eventually(`${appid} to be here`, async () => (await this.tokenOf(appid)) || undefined);
  }

  /** Whether its token can be had. */
  async tokenOf(appid: string): Promise<string> {
    const { status, body } = await this.api<{ access_token: string }>('GET', `/authorizers/${appid}/token`);
    return status === 200 ? body.access_token : '';
  }

  async newTicket(): Promise<void> {
    await this.control.post(`/components/${this.component.component_appid}/ticket`);
  }

  calls(path: string): Promise<number> {
    return this.control.get<{ counts: Record<string, number> }>('/calls/counts').then(({ counts }) => counts[path] ?? 0);
  }

  private async prepare(componentFile: object): Promise<void> {
    [this.database, this.redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
    this.undo.push(
      () => this.database.drop(),
      () => this.redis.stop(),
    );
    const folder = mkdtempSync(join(tmpdir(), 'wxplane-registrations-'));
    this.undo.push(() => rmSync(folder, { recursive: true, force: true }));
    const receiver = createServer((request, response) => {
      void this.receive(request).then(() => response.end('success'));
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    this.undo.push(() => receiver.close());
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const sandboxUrl = await startWechat(
      {
        folder,
        components: [this.component],
        authorizationDomain: '127.0.0.1',
        more: {
          permission_sets: ALL_SETS,
          auth_event_url: `${url}/events`,
          message_event_url: `${url}/$APPID$/messages`,
        },
        settings: { fast_register_s: 0, write_ms: 0 },
      },
      this.undo,
    );
    this.control = new SandboxControl(sandboxUrl);
    const { push_token, encoding_aes_key, ...rest } = this.component;
    this.env = {
      DATABASE_URL: await this.database.urlOf('broker'),
      REDIS_URL: this.redis.url,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: '0',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'fatal',
      PUBLIC_BASE_URL: 'http://127.0.0.1',
      WECHAT_API_BASE_URL: sandboxUrl,
      WECHAT_MP_BASE_URL: sandboxUrl,
      WECHAT_OPEN_BASE_URL: sandboxUrl,
      WECHAT_TIMEOUT_MS: '1500',
      TRUST_PROXY: 'loopback',
      WXPLANE_ENCRYPTION_KEYS: this.keyring,
      WXPLANE_COMPONENTS: JSON.stringify({
        components: [
          { ...rest, name: '云桥小店助手', push_tokens: [push_token], encoding_aes_keys: [encoding_aes_key], ...componentFile },
        ],
      }),
    };
    this.key = await this.client(['admin']);
  }

  private async receive(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://receiver');
    const { component_appid, push_token, encoding_aes_key } = this.component;
    const crypto = new PushCrypto({
      componentAppid: component_appid,
      pushTokens: [push_token],
      encodingAesKeys: [encoding_aes_key],
    });
    const appid = /^\/([^/]+)\/messages$/.exec(url.pathname)?.[1] ?? null;
    const { xml } = crypto.open({ query: Object.fromEntries(url.searchParams), body: Buffer.concat(chunks) });
    const event = parseEvent(xml);
    if (event.kind === 'component_verify_ticket')
      return void (this.brokers[0] && (await this.storeTicket(event.ComponentVerifyTicket)));
    const push = { appid, xml };
    if (this.delivers && this.brokers[0]) await this.deliver(push).catch(() => this.pushes.push(push));
    else this.pushes.push(push);
  }

  private async storeTicket(ticket: string): Promise<void> {
    const [componentAppid, pushedAt] = [this.component.component_appid, new Date()];
    await this.dataSource.getRepository(TicketEntity).insert({
      componentAppid,
      ticket: this.box.seal(ticket, BINDINGS.ticket(componentAppid, pushedAt)),
      pushedAt,
      createTime: pushedAt,
    });
  }
}
