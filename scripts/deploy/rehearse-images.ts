import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { answersOk, Child } from '../lib/child.ts';
import { startLocalServices } from '../lib/local-services.ts';
import { freePorts } from '../lib/ports.ts';
import { findProgram } from '../lib/programs.ts';
import { newDevSecrets } from '../lib/secrets.ts';
import { FURTHER_ENTRIES, isTarget, TARGETS, type Target } from './targets.ts';
import { traceInto } from './trace-app.ts';

/** `nobody` on Linux: owns nothing. */
const NOBODY = 65_534;
const START_TIMEOUT_MS = 60_000;
/** A broker that nobody calls. */
const BROKER = {
  BROKER_URL: 'http://127.0.0.1:9',
  BROKER_CLIENT_KEY: `wxp_${'0123456789abcdef'}_${'0123456789abcdef'.repeat(3)}`,
};

export interface RehearsalServers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

export interface Rehearsal {
  readonly target: Target;
  readonly files: number;
  readonly megabytes: number;
  /** What was seen, in order: one line each. */
  readonly steps: readonly string[];
}

/**
 * Does outside Docker what the Dockerfile does and what a container then does: the traced tree in a clean folder, owned by another user
 * and without a writable byte, is started by an unprivileged user, answers its health command and its address, and stops on SIGTERM.
 * @throws Error that names the step and ends with the process's output.
 */
export async function rehearse(target: Target, servers: RehearsalServers): Promise<Rehearsal> {
  const place = mkdtempSync(join(tmpdir(), `wxplane-image-${target}-`));
  const tree = join(place, 'app');
  const steps: string[] = [];
  const children: Child[] = [];
  try {
    const { files, packages } = await traceInto(target, tree);
    steps.push(`traced: ${files.length} files of ours, ${packages.length} packages`);
    const contents = list(tree);
    const megabytes = Math.round(contents.reduce((sum, file) => sum + statSync(join(tree, file)).size, 0) / 1e6);
    expectNothingToBuildWith(contents);
    steps.push('holds no source, compiler, test or package manager');
    // The image's base brings its own Node; here the project's is used, from a place that everyone may enter.
    mkdirSync(join(place, 'bin'));
    const node = join(place, 'bin', 'node');
    cpSync(process.execPath, node, { dereference: true });
    takeAwayWriting(place);

    const run = (args: readonly string[], env: Readonly<Record<string, string>>): Child => {
      const [command, ...rest] = unprivileged([node, ...args]);
      // Nothing of our own environment, as in a container; the home of `nobody` does not exist.
      const child = new Child({
        name: target,
        command: command!,
        args: rest,
        cwd: tree,
        env: { NODE_ENV: 'production', ...env },
      });
      children.push(child);
      return child;
    };

    if (TARGETS[target].kind === 'command') {
      for (const args of [['dist/libs/persistence/src/migrate.js'], [TARGETS[target].entry, 'clients', 'list', '--json']]) {
        const child = run(args, { DATABASE_URL: servers.databaseUrl });
        const exit = await child.exited;
        if (exit.code !== 0) throw new Error(`${args.join(' ')} failed (${exit.signal ?? exit.code})\n${child.tail(30)}`);
        steps.push(`${args.slice(0, 3).join(' ')}: exit code 0`);
      }
    } else {
      const [http, management] = (await freePorts(2)) as [number, number];
      const service = TARGETS[target].kind === 'service';
      const child = run(
        [TARGETS[target].entry],
        service
          ? { ...serviceEnv(servers, http, management), ...(target === 'console' ? consoleEnv(http) : {}) }
          : sandboxEnv(http),
      );
      const health = service ? `http://127.0.0.1:${management}/health/ready` : `http://127.0.0.1:${http}/_control/health`;
      await child.waitUntil(() => answersOk(health), START_TIMEOUT_MS);
      const check = run(
        service ? ['healthcheck.mjs'] : ['healthcheck.mjs', 'SANDBOX_PORT', '/_control/health'],
        service ? { MANAGEMENT_PORT: String(management) } : { SANDBOX_PORT: String(http) },
      );
      if ((await check.exited).code !== 0) throw new Error(`the health command says no\n${check.tail()}`);
      steps.push('started without privileges in a read-only tree; its health command says yes');
      if (service) {
        const pages = target === 'console' ? ['/', '/icon.svg'] : ['/docs', '/docs/openapi.json', '/docs/swagger-ui.css'];
        for (const path of pages) {
          const response = await fetch(`http://127.0.0.1:${http}${path}`);
          if (!response.ok) throw new Error(`${path} answered ${response.status}\n${child.tail()}`);
        }
        steps.push(`${pages[0]} answers with its assets`);
      }
      child.signal('SIGTERM');
      const exit = await child.stop(30_000);
      if (exit.code !== 0) throw new Error(`SIGTERM: ended with ${exit.signal ?? `exit code ${exit.code}`}\n${child.tail(30)}`);
      steps.push('SIGTERM: exit code 0');
    }
    if (target === 'broker') {
      const sidecar = run(FURTHER_ENTRIES.broker ?? [], sidecarEnv());
      await sidecar.waitUntil(async () => sidecar.output().includes('sidecar.ready'), START_TIMEOUT_MS);
      const exit = await sidecar.stop(30_000);
      if (exit.code !== 0) throw new Error(`the sidecar ended with ${exit.signal ?? exit.code}\n${sidecar.tail(30)}`);
      steps.push('the sidecar starts from the same tree; SIGTERM: exit code 0');
    }
    const after = list(tree);
    if (after.length !== contents.length) throw new Error(`it wrote into its own tree: ${after.length - contents.length} files`);
    steps.push('wrote nothing into its tree');
    return { target, files: contents.length, megabytes, steps };
  } finally {
    for (const child of children) await child.kill();
    giveBackWriting(place);
    rmSync(place, { recursive: true, force: true });
  }
}

/** What the Dockerfile leaves out must not have come in through a dependency. */
function expectNothingToBuildWith(files: readonly string[]): void {
  const wrong = files.filter(
    (file) =>
      /(^|\/)node_modules\/(typescript|@swc\/core|@nestjs\/(cli|schematics|testing)|vitest|npm|node-gyp|node)\//.test(file) ||
      (/\.(ts|spec\.js|int-spec\.js)$/.test(file) && !file.includes('node_modules')),
  );
  if (wrong.length > 0) throw new Error(`does not belong into an image: ${wrong.slice(0, 5).join(', ')}`);
}

/** As root we become `nobody`, without capabilities or a way to get any; another user is unprivileged already. */
function unprivileged(command: readonly string[]): string[] {
  if (process.getuid?.() !== 0) return [...command];
  const setpriv = findProgram('setpriv');
  if (!setpriv) throw new Error('setpriv is not installed (Debian: util-linux)');
  return [
    setpriv,
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--no-new-privs',
    '--bounding-set=-all',
    ...command,
  ];
}

function takeAwayWriting(folder: string): void {
  for (const file of list(folder)) {
    const path = join(folder, file);
    chmodSync(path, statSync(path).mode & 0o111 ? 0o555 : 0o444);
  }
  for (const path of folders(folder)) chmodSync(path, 0o555);
}

function giveBackWriting(folder: string): void {
  for (const path of folders(folder)) chmodSync(path, 0o755);
}

function list(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

function folders(folder: string): string[] {
  return [
    folder,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name)),
  ];
}

function serviceEnv(servers: RehearsalServers, http: number, management: number): Record<string, string> {
  const { component, encryption_keys } = newDevSecrets();
  const { push_token, encoding_aes_key, ...rest } = component;
  return {
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(http),
    MANAGEMENT_HOST: '127.0.0.1',
    MANAGEMENT_PORT: String(management),
    WXPLANE_ENCRYPTION_KEYS: encryption_keys,
    WXPLANE_COMPONENTS: JSON.stringify({
      components: [{ ...rest, push_tokens: [push_token], encoding_aes_keys: [encoding_aes_key] }],
    }),
    // Nobody is called: a rehearsal has no component ticket, and these addresses do not answer.
    WECHAT_API_BASE_URL: 'http://127.0.0.1:9',
    WECHAT_MP_BASE_URL: 'http://127.0.0.1:9',
    WECHAT_OPEN_BASE_URL: 'http://127.0.0.1:9',
    PUBLIC_BASE_URL: `http://127.0.0.1:${http}`,
    ...BROKER,
  };
}

function consoleEnv(http: number): Record<string, string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    CONSOLE_URL: `http://127.0.0.1:${http}`,
    CONSOLE_SIGNING_KEY: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    INGESTION_URL: 'http://127.0.0.1:9',
    RELEASE_URL: 'http://127.0.0.1:9',
  };
}

function sidecarEnv(): Record<string, string> {
  return { ...BROKER, COMPONENT_APPID: 'wx00000000000000c0', SIDECAR_PORT: '0' };
}

function sandboxEnv(http: number): Record<string, string> {
  return { SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: String(http) };
}

if (import.meta.main) {
  const wanted = process.argv.slice(2).filter(isTarget);
  const targets = wanted.length > 0 ? wanted : (Object.keys(TARGETS) as Target[]);
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-rehearsal-'));
  const servers = await startLocalServices({ folder, relaxed: true });
  try {
    // Migrations first, as in a deployment.
    for (const target of ['cli' as const, ...targets.filter((name) => name !== 'cli')]) {
      const { megabytes, files, steps } = await rehearse(target, servers);
      process.stdout.write(`${target}: ${megabytes} MB in ${files} files\n${steps.map((line) => `  ${line}\n`).join('')}`);
    }
  } catch (error) {
    process.stderr.write(`rehearsal: ${(error as Error).message}\n`);
    process.exitCode = 1;
  } finally {
    await servers.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
