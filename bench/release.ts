import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import type { RolloutView as Rollout } from '#openapi/release';
import {
  AuthorizerEntity,
  AuthorizerPermissionEntity,
  BINDINGS,
  createDataSource,
  parseEncryptionKeys,
  RefreshTokenEntity,
  SecretBox,
} from '#persistence';
import { startLocalServices } from '../scripts/lib/local-services.ts';
import { newDevSecrets } from '../scripts/lib/secrets.ts';
import { bareEnv, baseUrl, choosePorts, managementUrl, RELEASE_APP_SCOPES, SuiteRunner } from '../scripts/lib/suite.ts';
import { imageEnv, imageFiles } from './lib/image.ts';

const IMAGE_ENV = imageEnv('release');
const APPS = ['release', 'ingestion', 'broker', 'sandbox'] as const;

/** Why each call is made, so that the table explains itself. */
const REASONS: Readonly<Record<string, string>> = {
  '/wxa/commit': 'the code',
  '/wxa/security/get_code_privacy_info': 'privacy scan, until it has ended',
  '/wxa/getversioninfo': 'is the trial version still ours, before the submission',
  '/wxa/submit_audit': 'the submission',
  '/wxa/get_latest_auditstatus':
    'is a review pending, before the submission; on the audit event; is the ticket ours, before publishing',
  '/wxa/get_category': 'before the submission: has it a category',
  '/cgi-bin/component/getprivacysetting': 'before the submission: does the privacy guide describe what the code uses',
  '/wxa/get_effective_domain': 'before the submission: would the release drop a domain',
  '/wxa/gettemplatelist': 'is the template there, once a minute for all',
  '/cgi-bin/component/modify_wxa_server_domain': 'the domains of the platform, once a minute for all',
  '/wxa/get_auditstatus': 'a ticket that is not the latest one',
  '/wxa/release': 'the publication',
  '/wxa/queryquota': 'quota, before each batch of a rollout',
  '/cgi-bin/component/api_authorizer_token': 'the broker: first token of a merchant',
  '/cgi-bin/component/api_component_token': 'the broker: component token',
  '/cgi-bin/component/api_get_authorizer_info': 'the broker: profile of a merchant',
};

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100,1000,10000' },
    kills: { type: 'string', default: '2' },
    concurrency: { type: 'string', default: '60' },
  },
});
const sizes = options.sizes.split(',').map(Number);
const print = (line: string) => process.stdout.write(`${line}\n`);

class Bench {
  readonly sandbox: string;
  readonly release: string;
  readonly component: string;

  readonly suite: SuiteRunner;
  readonly database: DataSource;
  readonly box: SecretBox;
  readonly key: string;

  constructor(suite: SuiteRunner, database: DataSource, box: SecretBox, key: string) {
    this.suite = suite;
    this.database = database;
    this.box = box;
    this.key = key;
    const { ports, secrets } = suite.settings;
    this.sandbox = baseUrl(ports, 'sandbox');
    this.release = baseUrl(ports, 'release');
    this.component = secrets.component.component_appid;
  }

  async control<T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<T> {
    return json<T>(`${this.sandbox}/_control${path}`, method, body, {});
  }

  async call<T>(path: string, body?: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${this.key}` };
    return json<T>(`${this.release}${path}`, body === undefined ? 'GET' : 'POST', body, headers);
  }

  /** Merchants whose authorization the broker already has. */
  async merchants(count: number, prefix: string): Promise<string[]> {
    const { appids, refresh_tokens } = await this.control<{ appids: string[]; refresh_tokens: Record<string, string> }>(
      '/merchants/bulk',
      { count, kind: 'miniprogram', appid_prefix: prefix, authorize_to: this.component, exchanged: true },
    );
    const now = new Date();
    const componentAppid = this.component;
    for (let from = 0; from < appids.length; from += 500) {
      const batch = appids.slice(from, from + 500);
      await this.database.getRepository(RefreshTokenEntity).insert(
        batch.map((authorizerAppid) => ({
          componentAppid,
          authorizerAppid,
          refreshToken: this.box.seal(
            refresh_tokens[authorizerAppid] ?? '',
            BINDINGS.refreshToken(componentAppid, authorizerAppid),
          ),
          createTime: now,
          isCancel: 0,
        })),
      );
      await this.database.getRepository(AuthorizerEntity).insert(
        batch.map((authorizerAppid) => ({
          componentAppid,
          authorizerAppid,
          kind: 'mini_program' as const,
          nickName: authorizerAppid,
          createdAt: now,
          updatedAt: now,
        })),
      );
      await this.database
        .getRepository(AuthorizerPermissionEntity)
        .insert(batch.map((authorizerAppid) => ({ componentAppid, authorizerAppid, funcscopeId: 18 })));
    }
    return appids;
  }

  async residentMb(): Promise<number> {
    try {
      const text = await (await fetch(`${managementUrl(this.suite.settings.ports, 'release')}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\d+)/m.exec(text)?.[1] ?? 0) / 1_048_576;
    } catch {
      return 0;
    }
  }

  /** Seconds of processor time that the apps and the two servers have used so far, by name. */
  private processorSeconds(): Map<string, number> {
    const { folder } = this.suite.settings;
    const pids = new Map<string, number | undefined>(APPS.map((app) => [app, this.suite.children.get(app)?.pid]));
    for (const [name, file] of Object.entries({ MariaDB: 'mariadb/mariadbd.pid', Redis: 'redis/redis.pid' }))
      pids.set(name, Number(readText(join(folder, file))) || undefined);
    const used = new Map<string, number>();
    for (const [name, pid] of pids) {
      const fields = readText(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
      // utime and stime, in hundredths of a second.
      used.set(name, (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100);
    }
    return used;
  }

  async run(size: number, kills: number): Promise<void> {
    const appids = await this.merchants(size, `wxr${size}x`);
    const { template_id } = await this.control<{ template_id: number }>(`/components/${this.component}/templates`, {
      user_version: `${size}.0`,
    });
    await this.control('/calls', undefined, 'DELETE');
    const spec = {
      name: `bench ${size}`,
      targets: { list: appids },
      template_id,
      user_version: `${size}.0`,
      user_desc: 'bench',
      ext_json: { ext: { tenant: '{{appid}}' } },
      options: { per_minute: 100_000, concurrency: Number(options.concurrency), quota_reserve: 0 },
    };
    const path = `/v1/components/${this.component}/rollouts`;
    const started = performance.now();
    let processors = this.processorSeconds();
    const used = new Map<string, number>();
    const account = () => {
      const now = this.processorSeconds();
      for (const [name, seconds] of now) used.set(name, (used.get(name) ?? 0) + seconds - (processors.get(name) ?? 0));
      processors = now;
    };
    const { hash } = await this.call<{ hash: string }>(`${path}/preview?limit=0`, spec);
    const { rollout_id } = await this.call<Rollout>(path, { ...spec, preview_hash: hash });
    const memory: number[] = [];
    let killed = 0;
    let rollout: Rollout;
    for (;;) {
      await sleep(1_000);
      rollout = await this.call<Rollout>(`/v1/rollouts/${rollout_id}`);
      memory.push(await this.residentMb());
      const done = rollout.counts.succeeded / size;
      if (killed < kills && done > (killed + 1) / (kills + 1)) {
        killed += 1;
        account();
        await this.suite.children.get('release')?.kill();
        await this.suite.start('release');
        processors = this.processorSeconds();
        print(`  killed and restarted at ${rollout.counts.succeeded} of ${size}`);
      }
      if (rollout.state !== 'running') break;
    }
    const seconds = (performance.now() - started) / 1_000;
    account();
    const measured = memory.filter((value) => value > 0);
    print(
      `\n${size} mini programs: ${rollout.state} ${rollout.reason ? JSON.stringify(rollout.reason) : ''} ${JSON.stringify(rollout.counts)}`,
    );
    print(`  ${seconds.toFixed(1)} s, ${((seconds / size) * 1_000).toFixed(1)} ms per mini program, killed ${killed} times`);
    const shares = [...used].map(([name, share]) => `${name} ${((share / size) * 1_000).toFixed(1)}`);
    print(`  processor time per mini program, ms: ${shares.join(', ')}`);
    print(
      `  resident memory of release: ${measured[0]?.toFixed(0)} MB at the beginning, ${Math.max(...measured).toFixed(0)} MB at most, ${measured.at(-1)?.toFixed(0)} MB at the end`,
    );
    await this.calls(size);
  }

  private async calls(size: number): Promise<void> {
    const { counts } = await this.control<{ counts: Record<string, number> }>('/calls/counts');
    for (const [api, count] of Object.entries(counts).sort((a, b) => b[1] - a[1]))
      print(`  ${(count / size).toFixed(2).padStart(7)}  ${api.padEnd(46)} ${REASONS[api] ?? ''}`);
    for (const api of ['/wxa/submit_audit', '/wxa/release']) {
      const by = await this.control<{ counts: Record<string, Record<string, number>> }>(`/calls/counts?by=appid&path=${api}`);
      const twice = Object.entries(by.counts[api] ?? {}).filter(([, count]) => count > 1);
      print(`  sent more than once to a mini program: ${api} ${twice.length}`);
      if (twice.length > 0) process.exitCode = 1;
    }
  }
}

/** '' when it cannot be read: the process is gone, or this is not Linux. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function json<T>(url: string, method: string, body: unknown, headers: Record<string, string>): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: HTTP ${response.status} ${text.slice(0, 500)}`);
  return (text ? JSON.parse(text) : {}) as T;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-bench-'));
  const undo: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const services = await startLocalServices({ folder, relaxed: true });
    undo.push(() => services.stop());
    const suite = new SuiteRunner({
      databaseUrl: services.databaseUrl,
      redisUrl: services.redisUrl,
      ports: await choosePorts(),
      secrets: newDevSecrets(),
      folder,
      baseEnv: { ...bareEnv(), NODE_ENV: 'production', LOG_LEVEL: 'warn' },
      appEnv: {
        release: {
          ...IMAGE_ENV,
          RELEASE_SWEEP_MS: '250',
          RELEASE_SCAN_POLL_MS: '500',
          RELEASE_CONCURRENCY: '16',
          RELEASE_INVENTORY_S: '0',
        },
      },
      places: { release: await imageFiles('release', folder) },
      sandboxComponent: { submit_limit: 1_000_000 },
      sandboxConfig: { settings: { audit_mode: 'auto', audit_after_s: 1, privacy_scan_s: 0 } },
    });
    undo.push(() => suite.stop());
    await suite.migrate();
    suite.settings.secrets.client_keys['suite'] = await suite.createClient('suite', RELEASE_APP_SCOPES);
    const key = await suite.createClient('bench', ['releases:read', 'releases:write']);
    for (const app of ['sandbox', 'ingestion', 'broker', 'release'] as const) await suite.start(app);
    const database = await createDataSource({ url: services.databaseUrl }).initialize();
    undo.push(() => database.destroy());
    const box = new SecretBox(parseEncryptionKeys(suite.settings.secrets.encryption_keys));
    const bench = new Bench(suite, database, box, key);
    await bench.control(`/components/${bench.component}/ticket`, {});
    await sleep(1_000);
    for (const size of sizes) await bench.run(size, size === Math.max(...sizes) ? Number(options.kills) : 0);
  } finally {
    for (const step of undo.reverse()) await step();
  }
}

await main();
