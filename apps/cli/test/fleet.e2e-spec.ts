import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { type Suite, startSuite } from '../../../test/support/suite.js';

const MAIN = new URL('../../../dist/apps/cli/src/main.js', import.meta.url).pathname;
const merchant = 'wx00000000000000ac';

/* Commands about what comes before and after releases, with the real apps and the sandbox. */

let suite: Suite;
let folder: string;
const component = () => suite.component.component_appid;

beforeAll(async () => {
  suite = await startSuite({ name: 'cli-fleet' });
  folder = mkdtempSync(join(tmpdir(), 'wxplane-cli-fleet-'));
  const { control } = suite;
  const permission_sets = [17, 18, 19, 25, 30, 31, 40, 49, 76, 85, 156, 198];
  await control.patch(`/components/${component()}`, { permission_sets });
  await control.post('/merchants', { appid: merchant, kind: 'miniprogram', icp_status: 1024, verify_type: -1 });
  await control.post('/authorizations', { component_appid: component(), merchant_appid: merchant });
  await eventually('the merchant to be known', async () => {
    const path = `/v1/components/${component()}/authorizers/${merchant}`;
    const { body } = await suite.api<{ permission_sets?: unknown[] }>('broker', 'GET', path);
    return (body.permission_sets?.length ?? 0) > 0;
  });
});
afterAll(async () => {
  await suite?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function wxplane(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = {
    PATH: process.env['PATH'],
    BROKER_URL: suite.urls.broker,
    RELEASE_URL: suite.urls.release,
    WXPLANE_CLIENT_KEY: suite.clientKey,
    WXPLANE_AS: 'tests',
  };
  const child = spawn(process.execPath, [MAIN, ...args, '--component', component()], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await wxplane(...args, '--json');
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout) as T;
}

interface List<T> {
  readonly items: readonly T[];
}

describe('wxplane', () => {
  it('registrations: begins one once, lists it, says who has to act', async () => {
    const args = [
      '--way',
      'enterprise',
      '--name',
      '广州某某贸易有限公司',
      '--code',
      '91440101MA5ABCDEFG',
      '--phone',
      '02012345678',
    ];
    const made = await json<{ registration_id: string; page_url: string }>('registrations', 'create', ...args);
    expect(await json<object>('registrations', 'create', ...args)).toMatchObject({ registration_id: made.registration_id });
    const { items } = await json<List<{ registration_id: string }>>('registrations', 'list', '--way', 'enterprise');
    expect(items).toMatchObject([{ registration_id: made.registration_id }]);
    const { code, stdout } = await wxplane('registrations', 'show', made.registration_id);
    expect([code, stdout]).toEqual([0, expect.stringContaining(made.page_url)]);
  });

  it('filings: where one stands, whom it waits for, the fleet', async () => {
    const shown = await json<{ state: string; missing: string[] }>('filings', 'show', merchant, '--refresh');
    expect(shown).toMatchObject({ state: 'not_filed', missing: ['certification'] });
    const { items } = await json<List<{ authorizer_appid: string }>>('filings', 'list', '--state', 'not_filed');
    expect(items).toMatchObject([{ authorizer_appid: merchant }]);
    const { code, stdout } = await wxplane('filings', 'list');
    expect([code, stdout]).toEqual([0, expect.stringContaining(merchant)]);
  });

  it('certifications: where one stands, the fleet, its orders', async () => {
    expect(await json<object>('certifications', 'show', merchant)).toBeTypeOf('object');
    expect((await json<List<unknown>>('certifications', 'orders', merchant)).items).toEqual([]);
    expect((await wxplane('certifications', 'list', '--ends-within', '30')).code).toBe(0);
  });

  it('quotas: used and reset, which wants a reason and a yes', async () => {
    const of = ['--authorizer', merchant];
    expect(await json<object>('quotas', 'show', '/wxa/commit', ...of)).toMatchObject({ account_appid: merchant, used: 0 });
    expect((await wxplane('quotas', 'reset', ...of, '--yes')).code).toBe(2);
    expect(await json<object>('quotas', 'reset', ...of, '--reason', 'a test', '--yes')).toMatchObject({ used: 1, limit: 10 });
    expect(await json<object>('quotas', 'resets', ...of)).toMatchObject({ items: [{ reason: 'a test', state: 'done' }] });
  });

  it('violations: listed, grouped, appealed against once', async () => {
    const { record } = await suite.control.post<{ record: { illegal_record_id: string } }>(
      `/merchants/${merchant}/violations`,
      {},
    );
    const id = record.illegal_record_id;
    await eventually('the violation to be known', async () => {
      const { items } = await json<List<{ illegal_record_id: string }>>('violations', 'list', '--authorizer', merchant);
      return items.some(({ illegal_record_id }) => illegal_record_id === id);
    });
    const { items: groups } = await json<List<{ mini_programs: number }>>('violations', 'groups');
    expect(groups).toMatchObject([{ mini_programs: 1 }]);
    const appeal = ['violations', 'appeal', merchant, id, '--reason', '已整改', '--proofs', 'MEDIA', '--yes'];
    expect(await json<object>(...appeal)).toMatchObject({ state: 'open', illegal_record_id: id });
    expect((await wxplane(...appeal)).code).toBe(1);
    const { items: appeals } = await json<List<{ state: string }>>('violations', 'appeals', '--state', 'open');
    expect(appeals).toHaveLength(1);
    const { code, stdout } = await wxplane('violations', 'records', merchant, id);
    expect([code, stdout]).toEqual([0, expect.stringContaining('已整改')]);
  });

  it('api-security: keys are set from a file, shown by their numbers, deleted', async () => {
    const shown = await suite.control.post<Record<string, string>>(`/api-security/${merchant}`, { mode: 'optional' });
    const file = join(folder, 'keys.json');
    const { symmetric_sn, symmetric_key, application_sn, application_private_key, platform_sn, platform_certificate } = shown;
    const platform_certificates = [{ sn: platform_sn, certificate: platform_certificate }];
    writeFileSync(
      file,
      JSON.stringify({ symmetric_sn, symmetric_key, application_sn, application_private_key, platform_certificates }),
    );
    const of = ['--authorizer', merchant];
    const set = await wxplane('api-security', 'set', ...of, '--keys', file);
    expect([set.code, set.stdout]).toEqual([0, expect.stringContaining(symmetric_sn!)]);
    expect(set.stdout).not.toContain(symmetric_key!);
    const { items } = await json<List<{ account_appid: string; has_keys: boolean }>>('api-security', 'list');
    expect(items).toMatchObject([{ account_appid: merchant, has_keys: true }]);
    expect(await json<object>('quotas', 'show', '/wxa/commit', ...of)).toMatchObject({ account_appid: merchant });
    expect((await wxplane('api-security', 'unset', ...of, '--yes')).code).toBe(0);
  });
});
