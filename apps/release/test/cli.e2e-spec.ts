import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../../../test/support/processes.js';
import { ReleaseWorld } from '../testing/release-world.js';
import { COMPONENT } from '../testing/stand-ins.js';

describe('wxplane releases and rollout, as a pipeline calls them', () => {
  let world: ReleaseWorld;
  let folder: string;
  let key: string;

  beforeAll(async () => {
    world = await ReleaseWorld.start();
    folder = mkdtempSync(join(tmpdir(), 'wxplane-cli-'));
    key = await world.client(['releases:read', 'releases:write']);
    await world.sandbox.control('/settings', { audit_mode: 'auto', audit_after_s: 0 }, 'PATCH');
  });
  afterAll(async () => {
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function wxplane(...args: string[]): Promise<{ code: number | null; output: string }> {
    const env = { RELEASE_URL: `http://127.0.0.1:${world.service.httpPort}`, WXPLANE_CLIENT_KEY: key };
    const child = startApp({ name: 'wxplane', entry: 'dist/apps/cli/src/main.js', args, env });
    const { code } = await child.exited;
    return { code, output: child.output() };
  }

  async function spec(count: number, more: Record<string, unknown> = {}): Promise<string> {
    const file = join(folder, `spec-${Math.random()}.json`);
    const list = await world.authorize(count);
    const body = {
      name: 'spring',
      targets: { list },
      template_id: await world.template({ user_version: '5.0.0' }),
      user_version: '5.0.0',
      user_desc: 'spring',
      options: { per_minute: 100_000 },
    };
    writeFileSync(file, JSON.stringify({ ...body, ...more }));
    return file;
  }

  it('promotes a draft and prints the new id', async () => {
    const { draft_id } = await world.sandbox.control<{ draft_id: number }>(`/components/${COMPONENT}/drafts`, {
      user_version: '5',
    });
    const { code, output } = await wxplane('releases', 'promote', '--component', COMPONENT, '--draft', String(draft_id));
    expect(code).toBe(0);
    expect(output).toMatch(/^\d+$/m);
  });

  it('takes one mini program online and waits for it', async () => {
    const [app] = (await world.authorize(1)) as [string];
    const template = String(await world.template());
    const args = ['--component', COMPONENT, '--authorizer', app, '--template', template, '--version', '1.0.0', '--wait'];
    const { code, output } = await wxplane('releases', 'create', ...args);
    expect([code, output]).toEqual([0, expect.stringContaining('released')]);
  });

  it('starts a rollout, shows its progress, and ends with 0', async () => {
    const { code, output } = await wxplane('rollout', 'start', '--component', COMPONENT, '--spec', await spec(12), '--wait');
    process.stdout.write(process.env['SHOW_OUTPUT'] ? output : '');
    expect(code).toBe(0);
    expect(output).toContain('12 of 12 mini programs are ready');
    expect(output).toMatch(/\[#{30}\] 100\.0 % · 12 of 12 done · completed/);
  });

  it('starts nothing while there are problems, and names them', async () => {
    const file = await spec(2, { ext_json: { ext: { tenant: '{{tenant}}' } } });
    const { code, output } = await wxplane('rollout', 'start', '--component', COMPONENT, '--spec', file);
    process.stdout.write(process.env['SHOW_OUTPUT'] ? output : '');
    expect(code).toBe(1);
    expect(output).toContain('variables.tenant has no value in any layer');
  });

  it('ends with 3 when the rollout pauses itself, and with 1 when targets failed', async () => {
    await world.sandbox.control('/settings', { audit_reject_share: 1 }, 'PATCH');
    const file = await spec(3, { options: { per_minute: 100_000, canary_size: 1 } });
    const paused = await wxplane('rollout', 'start', '--component', COMPONENT, '--spec', file, '--wait');
    process.stdout.write(process.env['SHOW_OUTPUT'] ? paused.output : '');
    expect([paused.code, paused.output]).toEqual([3, expect.stringContaining('canary')]);
    const failed = await wxplane('rollout', 'start', '--component', COMPONENT, '--spec', await spec(2), '--wait');
    expect(failed.code).toBe(1);
  });

  it('says what is wrong with its configuration, and never shows the key', async () => {
    const child = startApp({
      name: 'wxplane',
      entry: 'dist/apps/cli/src/main.js',
      args: ['rollout', 'watch', '1'],
      env: { WXPLANE_CLIENT_KEY: key },
    });
    expect((await child.exited).code).toBe(78);
    expect(child.output()).toContain('RELEASE_URL');
    expect(child.output()).not.toContain(key);
  });
});
