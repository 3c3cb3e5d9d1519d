import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthorizerEntity, AuthorizerPermissionEntity, BINDINGS, EventEntity, SecretBox } from '#persistence';
import { ClientStore, type RunningService, runService, type Scope } from '#service';
import { parseEvent } from '#wechat';
import { createTestDatabase, type TestDatabase } from '../../../libs/persistence/testing/database.js';
import { createTestRedis, type TestRedis } from '../../../libs/queues/testing/redis.js';
import { type Child, freePort, startApp, waitUntilReady } from '../../../test/support/processes.js';
import { releaseDefinition } from '../src/release.definition.js';
import type { ReleaseView } from '../src/releases/api/release.dto.js';
import { ReleaseEngine } from '../src/releases/engine/release.engine.js';
import { ReleasePoller } from '../src/releases/engine/release.poller.js';
import { ReleaseEvents } from '../src/releases/engine/release-events.service.js';
import { SandboxProcess } from './sandbox.js';
import { COMPONENT, StandIns } from './stand-ins.js';

export interface Answer<T = Record<string, never>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** What the mini programs of the tests have granted, as the database has it. */
const GRANTED = [17, 18, 19, 25, 30, 31, 40, 76];

/** The release app on a real database and Redis, with the sandbox as WeChat and stand-ins for the other apps. */
export class ReleaseWorld {
  private constructor(
    readonly database: TestDatabase,
    private readonly redis: TestRedis,
    readonly sandbox: SandboxProcess,
    readonly around: StandIns,
    readonly service: RunningService,
    readonly env: Record<string, string>,
    private readonly key: string,
  ) {}

  /** @param component further fields of it in the components file */
  static async start(more: Record<string, string> = {}, component: object = {}): Promise<ReleaseWorld> {
    const [database, redis, sandbox] = await Promise.all([createTestDatabase(), createTestRedis(), SandboxProcess.start()]);
    const around = await StandIns.start(sandbox);
    await sandbox.control('/settings', { privacy_scan_s: 0, write_ms: 0 }, 'PATCH');
    const { key } = await new ClientStore(database.dataSource).create({
      name: 'test',
      scopes: ['releases:read', 'releases:write'],
    });
    const env = {
      DATABASE_URL: await database.urlOf('release'),
      REDIS_URL: redis.url,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MANAGEMENT_HOST: '127.0.0.1',
      MANAGEMENT_PORT: '0',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'fatal',
      WXPLANE_COMPONENTS: around.componentsJson(component),
      WXPLANE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      SECRETS_WRITE: 'v2',
      BROKER_URL: around.url,
      BROKER_CLIENT_KEY: 'wxp_00_test',
      WECHAT_API_BASE_URL: sandbox.url,
      WECHAT_TIMEOUT_MS: '1500',
      RELEASE_SCAN_POLL_MS: '100',
      RELEASE_SWEEP_MS: '100',
      RELEASE_UNCLEAR_S: '1',
      RELEASE_QUOTA_POLL_S: '1',
      ...more,
    };
    const service = await runService(releaseDefinition, env);
    const world = new ReleaseWorld(database, redis, sandbox, around, service, env, key);
    around.onEvent = async ({ authorizerAppid, xml }) => {
      await world.events.consume(await world.record(authorizerAppid, xml));
    };
    return world;
  }

  get events(): ReleaseEvents {
    return this.service.app.get(ReleaseEvents);
  }

  get engine(): ReleaseEngine {
    return this.service.app.get(ReleaseEngine);
  }

  get poller(): ReleasePoller {
    return this.service.app.get(ReleasePoller);
  }

  /** Writes an event as ingestion does. @returns its id */
  async record(authorizerAppid: string | null, xml: string): Promise<string> {
    const event = parseEvent(xml);
    const dedupeKey = createHash('sha256').update(randomBytes(8)).digest('hex');
    const { identifiers } = await this.database.dataSource.getRepository(EventEntity).insert({
      componentAppid: COMPONENT,
      authorizerAppid,
      family: event.family,
      kind: event.kind,
      dedupeKey,
      receivedAt: new Date(),
      payload: this.service.app.get(SecretBox).seal(xml, BINDINGS.event(COMPONENT, dedupeKey)),
      state: 'queued',
    });
    return String(identifiers[0]?.['eventId']);
  }

  /** Mini programs that have authorized the component, known to the suite as the broker makes them known. */
  async authorize(count: number, more: Record<string, unknown> = {}): Promise<string[]> {
    const appids = await this.around.authorize(count, more);
    const now = new Date();
    for (let from = 0; from < appids.length; from += 500) {
      const batch = appids.slice(from, from + 500);
      await this.database.dataSource.getRepository(AuthorizerEntity).insert(
        batch.map((authorizerAppid, index) => ({
          componentAppid: COMPONENT,
          authorizerAppid,
          kind: 'mini_program' as const,
          nickName: `店 ${from + index} 🙂`,
          permissionSetsAt: now,
          createdAt: now,
          updatedAt: now,
        })),
      );
      await this.database.dataSource
        .getRepository(AuthorizerPermissionEntity)
        .insert(
          batch.flatMap((authorizerAppid) =>
            GRANTED.map((funcscopeId) => ({ componentAppid: COMPONENT, authorizerAppid, funcscopeId })),
          ),
        );
    }
    return appids;
  }

  async client(scopes: readonly Scope[], authorizers?: readonly string[]): Promise<string> {
    const { key } = await new ClientStore(this.database.dataSource).create({ name: 'another', scopes, authorizers });
    return key;
  }

  async call<T = ReleaseView>(
    path: string,
    body?: unknown,
    { method = body === undefined ? 'GET' : 'POST', key = this.key, headers = {} as Record<string, string> } = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`http://127.0.0.1:${this.service.httpPort}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as T };
  }

  /** @throws Error unless it answers 2xx */
  async ok<T = ReleaseView>(path: string, body?: unknown, options: { method?: string } = {}): Promise<T> {
    const answer = await this.call<T>(path, body, options);
    if (answer.status >= 300) throw new Error(`${path}: HTTP ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  component(path: string): string {
    return `/v1/components/${COMPONENT}${path}`;
  }

  async template(more: Record<string, unknown> = {}): Promise<number> {
    const { template_id } = await this.sandbox.control<{ template_id: number }>(`/components/${COMPONENT}/templates`, more);
    return template_id;
  }

  create(appid: string, templateId: number, more: Record<string, unknown> = {}): Promise<ReleaseView> {
    return this.ok(this.component('/releases'), {
      authorizer_appid: appid,
      template_id: templateId,
      user_version: '1.0.0',
      user_desc: 'first 🙂',
      ...more,
    });
  }

  release(releaseId: number): Promise<ReleaseView> {
    return this.ok(`/v1/releases/${releaseId}`);
  }

  /** Waits for what must come by itself. @throws Error with the last release seen */
  async until(releaseId: number, holds: (release: ReleaseView) => boolean, timeoutMs = 90_000): Promise<ReleaseView> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const release = await this.release(releaseId);
      if (holds(release)) return release;
      if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(release, null, 1)}`);
      await sleep(50);
    }
  }

  /** What is looked at later by itself is looked at now; what is not, stays so. A step that is open is an hour old then, however often. */
  async hurry(releaseId: number): Promise<void> {
    await this.database.dataSource.query(
      `UPDATE f_wechat_submitaudit SET intent_at = LEAST(intent_at, UTC_TIMESTAMP(3) - INTERVAL 1 HOUR), next_check_at = UTC_TIMESTAMP(3)
        WHERE submitaudit_id = ? AND next_check_at > UTC_TIMESTAMP(3)`,
      [releaseId],
    );
  }

  /** A release that may be submitted. */
  async ready(appid: string, templateId: number, more: Record<string, unknown> = {}): Promise<ReleaseView> {
    const { release_id } = await this.create(appid, templateId, more);
    return this.until(release_id, (release) => release.state === 'ready');
  }

  async auditing(appid: string, templateId: number, more: Record<string, unknown> = {}): Promise<ReleaseView> {
    const { release_id } = await this.ready(appid, templateId, more);
    return this.ok(`/v1/releases/${release_id}/submit`, {});
  }

  async approved(appid: string, templateId: number, more: Record<string, unknown> = {}): Promise<ReleaseView> {
    const { release_id } = await this.auditing(appid, templateId, more);
    await this.sandbox.control(`/merchants/${appid}/audit/approve`, {});
    return this.until(release_id, (release) => release.state === 'approved');
  }

  /** Another replica, in a process of its own that can be killed. Whoever starts it stops it. @param more further settings */
  async replica(more: Record<string, string> = {}): Promise<Child> {
    const management = await freePort();
    const ports = { HTTP_PORT: String(await freePort()), MANAGEMENT_PORT: String(management) };
    const env = { ...this.env, LOG_LEVEL: 'warn', ...ports, ...more };
    const child = startApp({ name: 'release', entry: 'dist/apps/release/src/main.js', env });
    await waitUntilReady(child, `http://127.0.0.1:${management}/health/ready`).catch(async (error: unknown) => {
      await child.stop();
      throw error;
    });
    return child;
  }

  async stop(): Promise<void> {
    await this.service.stop('end of test');
    await this.around.stop();
    await this.sandbox.stop();
    await Promise.all([this.redis.stop(), this.database.drop()]);
  }
}
