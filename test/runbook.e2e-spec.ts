import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalServer } from '../scripts/lib/mariadb.ts';
import { startRedis } from '../scripts/lib/redis.ts';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { freePorts } from './support/processes.js';

const ROOT = new URL('../', import.meta.url).pathname;
const page = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');
const section = page.slice(page.indexOf('## First deployment'), page.indexOf('## Upgrade and downgrade'));
/** The page's own commands, in their order. */
const blocks = [...section.matchAll(/^```sh (setup|both|trial|cluster)\n([\s\S]*?)^```$/gm)].map(([, where, code]) => ({
  where: where as 'setup' | 'both' | 'trial' | 'cluster',
  code: code as string,
}));

let folder: string;
let database: TestDatabase;
let redis: LocalServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wxplane-runbook-'));
  [database, redis] = await Promise.all([createTestDatabase('runbook'), startRedis({ folder: join(folder, 'redis') })]);
});
afterAll(async () => {
  await redis?.child.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function bash(
  args: readonly string[],
  input: string,
  env: Record<string, string | undefined>,
): Promise<{ code: number | null; output: string }> {
  // A group of its own: whatever it leaves behind is stopped with it.
  const child = spawn('bash', args, { cwd: ROOT, env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  try {
    if (child.pid) process.kill(-child.pid, 'SIGTERM');
  } catch {
    // Nothing is left of it.
  }
  return { code, output };
}

describe('the runbook’s first deployment', () => {
  it('says of each block where it belongs, in its first line', () => {
    expect(blocks.length).toBeGreaterThan(15);
    expect(section.match(/^```\S/gm)).toHaveLength(blocks.length);
    for (const { where, code } of blocks)
      expect(code).toMatch(where === 'setup' ? /^# both, once\n/ : new RegExp(`^# ${where}\\b`));
  });

  it('leads a newcomer from nothing to a token and a passed release check, with the trial’s commands alone', async () => {
    const ports = await freePorts(7);
    const at = (index: number) => `http://127.0.0.1:${ports[index]}`;
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      DEPLOY: join(folder, 'deploy'),
      DATABASE_URL: database.url,
      // The server's accounts are known by their names alone: these are nobody else's, and end with the schema.
      DATABASE_USERS: database.accounts.ingestion.user.replace(/_ingestion$/, ''),
      REDIS_URL: redis.url,
      SANDBOX_URL: at(0),
      INGESTION_URL: at(1),
      INGESTION_MANAGEMENT_URL: at(2),
      BROKER_URL: at(3),
      BROKER_MANAGEMENT_URL: at(4),
      RELEASE_URL: at(5),
      RELEASE_MANAGEMENT_URL: at(6),
    };
    const walked = blocks.filter(({ where }) => where === 'both' || where === 'trial');
    // Fails at the first command that does, and shows what the apps said.
    const trap = `trap 'code=$?; [ $code = 0 ] || tail -n 5 "$DEPLOY"/*.log; exit $code' EXIT`;
    const script = ['set -eu -o pipefail', trap, ...walked.map(({ code }) => code)].join('\n');
    // The commands may read standard input: the script comes by argument.
    const { code, output } = await bash(['-c', script], '', env);
    expect(code, output).toBe(0);
    expect(output).toContain('Everything is well.');
    expect(output).toMatch(/"access_token":"[\w-]{100,}"/);
    expect(output).toMatch(/^name +First shop$/m);
    expect(output.match(/Group \d/g)).toHaveLength(5);
    expect(output).toContain('Every case passed.');
    expect(output).toContain('Nothing needs you.');
  });

  it('has commands for the cluster that bash understands, about things the manifests have', async () => {
    const rendered = readFileSync(join(ROOT, 'k8s/rendered/production.yaml'), 'utf8');
    for (const { code } of blocks.filter(({ where }) => where === 'cluster')) {
      expect(await bash(['-n'], code, { PATH: process.env['PATH'] })).toEqual({ code: 0, output: '' });
      for (const [, name] of code.matchAll(/\b(?:deploy|job)\/([a-z][a-z-]*)/g))
        expect(rendered, name).toMatch(new RegExp(`^ {2}name: ${name}$`, 'm'));
      for (const [, name] of code.matchAll(/secret (?:generic )?(wxplane-[a-z]+)/g)) expect(rendered).toContain(`name: ${name}`);
      for (const [, file] of code.matchAll(/k8s\/overlays\/mine\/(\S+\.yaml)/g))
        expect(readFileSync(join(ROOT, 'k8s/overlays/production', file as string), 'utf8')).not.toBe('');
    }
    expect(rendered).toContain('key: WXPLANE_CLIENT_KEY');
  });
});
