import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../scripts/lib/child.ts';
import { Checkout } from './support/checkout.js';
import { SandboxControl } from './support/sandbox.js';

const UP_MS = 220_000;
const LINE = 'wxplane: using the suite that npm start runs here (.local/run/env)';

let checkout: Checkout;
let suite: Child;

beforeAll(async () => {
  checkout = new Checkout();
  suite = checkout.start();
  await up(suite);
});
afterAll(async () => {
  await suite?.stop(30_000);
  checkout?.remove();
});

const up = (child: Child) => child.waitUntil(async () => child.output().includes('wxplane is up'), UP_MS);
interface Merchant {
  readonly authorizer_appid: string;
  readonly state: string;
}

async function merchants(): Promise<readonly Merchant[]> {
  const { output } = await checkout.sh('npm run --silent wxplane -- authorizers list --json 2> /dev/null');
  return (JSON.parse(output) as { items: Merchant[] }).items;
}

const page = (name: string) => readFileSync(join(checkout.folder, name), 'utf8');
/** What stands in a page's blocks of code. */
const blocks = (text: string) =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, language, code]) => (language === '' ? [code as string] : []));

/** What a reader types of a block: what stands before its first "$ ", and each "$ " with what its quotes take in; the rest is output. */
function typed(block: string): string[] {
  const [before = '', ...after] = block.split(/^\$ /m);
  const commands = after.map((text) => {
    const lines = text.split('\n');
    const open = (count: number) => (lines.slice(0, count).join('\n').split("'").length - 1) % 2 === 1;
    let count = 1;
    while (open(count) && count < lines.length) count += 1;
    return lines.slice(0, count).join('\n');
  });
  return [before.trim(), ...commands].filter((command) => command !== '');
}

/** These run this very test, or all the others. */
const NOT_HERE = ['npm start', 'npm start -- --once', 'npm test', 'npm run check'];

describe('beside a running npm start', () => {
  it('nothing was compiled anew: the checkout was built', () => {
    expect(suite.output()).toMatch(/Build +up to date/);
  });

  it.each(['README.md', 'README.zh-CN.md'])('every command of %s does what it says', async (name) => {
    const commands = blocks(page(name))
      .flatMap((block) => block.split('\n'))
      .map((line) => line.replace(/ +# .*/, '').trim())
      .filter((line) => line && !line.startsWith('{'));
    expect(commands.length).toBeGreaterThan(9);
    const { code, output } = await checkout.sh(
      ['set -e', ...commands.filter((command) => !NOT_HERE.includes(command))].join('\n'),
    );
    expect([code, output]).toEqual([0, expect.any(String)]);
    expect(output).toContain(LINE);
    expect(output).toMatch(/"access_token":"[\w-]{60,}".*"cache_seconds":\d/);
    expect(output).toContain('Everything is well.');
    expect(output).toContain('Nothing needs you.');
  });

  it('every curl of docs/using-the-broker.md gets what the page shows', async () => {
    const commands = blocks(page('docs/using-the-broker.md'))
      .map((block) => block.replaceAll('\\\n', ' '))
      .flatMap((block) => block.split('\n').filter((line) => line.startsWith('$ ')))
      .map((line) => line.slice(2));
    expect(commands.filter((command) => command.startsWith('curl')).length).toBeGreaterThan(3);
    const { code, output } = await checkout.sh(['set -e', ...commands.map((command) => `${command}\necho`)].join('\n'));
    expect(code, output).toBe(0);
    expect(output).not.toContain('urn:wxplane:problem');
    expect(output).toMatch(/"access_token":".*"refreshed":(true|false)/);
    expect(output).toMatch(/"link_id":".*"return_secret":"[0-9a-f]{48}"/);
    expect([...readFileSync(join(checkout.folder, 'code.jpg')).subarray(0, 2)]).toEqual([0xff, 0xd8]);
  });

  it('docs/first-rollout.md can be followed word by word, in either language', async () => {
    const [commands, chinese] = ['docs/first-rollout.md', 'docs/first-rollout.zh-CN.md'].map((name) =>
      blocks(page(name)).flatMap(typed),
    ) as [string[], string[]];
    expect(chinese).toEqual(commands);
    const { output } = await checkout.sh(commands.map((command, index) => `${command}\necho "@@@ ${index} $?"`).join('\n'));
    const failed = [...output.matchAll(/^@@@ (\d+) ([1-9]\d*)$/gm)].map(([, index, code]) => [commands[Number(index)], code]);
    // The first preview has problems, and the canary of the second rollout is rejected: the page says so.
    expect(failed, output).toEqual([
      [expect.stringContaining('rollout preview'), '1'],
      [expect.stringContaining('rollout watch $ROLLOUT'), '3'],
    ]);
    expect(output.match(/@@@ \d+ \d+/g)).toHaveLength(commands.length);
    expect(output).not.toContain('urn:wxplane:problem');
    for (const text of [
      '0 of 4 mini programs are ready',
      '4 of 4 mini programs are ready',
      '1 failed · paused · 0 of 1 canary mini programs succeeded (0 skipped).',
      '"content_type":"image/jpeg"',
    ])
      expect(output).toContain(text);
    expect(output.match(/100\.0 % · 4 of 4 done · completed/g)?.length).toBeGreaterThan(1);
    expect(output.match(/^wx\w{16},(true|false),succeeded,\d+,released/gm)).toHaveLength(4);
  }, 240_000);

  it('the command line needs no component when there is one, also when only the broker can tell', async () => {
    const alone = await checkout.sh(
      '. .local/run/env; env -i PATH="$PATH" BROKER_URL=$BROKER_URL WXPLANE_CLIENT_KEY=$WXPLANE_CLIENT_KEY WXPLANE_LOCAL_SUITE=false npm run --silent wxplane -- authorizers list',
    );
    expect(alone.code, alone.output).toBe(0);
    expect(alone.output).toMatch(/^wx[0-9a-f]{16} /m);
  });

  it('the command line takes nothing of it when a variable speaks of another installation', async () => {
    const other = await checkout.sh('npm run --silent wxplane -- doctor', { DATABASE_URL: 'mysql://wx:pw@127.0.0.1:1/other' });
    expect(other.output).not.toContain(LINE);
    expect(other.output).toContain('REDIS_URL: is not set');
  });

  it('the pages of the queues open with what the start names, and with nothing else', async () => {
    const [, url] = /queues +(http:\S+\/queues) +user admin, password MANAGEMENT_ADMIN_KEY of \.local\/run\/env/.exec(
      suite.output(),
    )!;
    const key = parseEnv(page('.local/run/env'))['MANAGEMENT_ADMIN_KEY']!;
    const open = (password: string) =>
      fetch(url!, { headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` } });
    expect([(await open(key)).status, (await open('x'.repeat(key.length))).status]).toEqual([200, 401]);
    expect(suite.output()).not.toContain(key);
  });

  it('the file with its keys is for its owner only, and a second start names it', async () => {
    expect(statSync(join(checkout.folder, '.local/run/env')).mode & 0o777).toBe(0o600);
    const second = checkout.start();
    expect((await second.exited).code).toBe(1);
    expect(second.output()).toContain('is already running in this checkout');
    expect(second.output()).toContain('.local/run/env');
  });
});

describe('after a kill of everything and a restart', () => {
  it('all merchants still work: nobody must authorize again, and each token that the broker gives out is a living one', async () => {
    const before = await merchants();
    expect(before.filter(({ state }) => state === 'active').length).toBeGreaterThan(4);
    await suite.kill();
    await checkout.sh('cat .local/run/*.pid | xargs kill -9');
    suite = checkout.start();
    await up(suite);
    // Its walk cancels the first merchant and authorizes anew, while release remembers the former token.
    expect(suite.output()).toContain('The main job is done');
    const after = await merchants();
    // The walk brings a mini program of its own each time.
    const states = new Map(after.map(({ authorizer_appid, state }) => [authorizer_appid, state]));
    expect(before.map(({ authorizer_appid }) => [authorizer_appid, states.get(authorizer_appid)])).toEqual(
      before.map(({ authorizer_appid, state }) => [authorizer_appid, state]),
    );
    const env = parseEnv(page('.local/run/env'));
    const sandbox = new SandboxControl(env['SANDBOX_URL'] as string);
    for (const { authorizer_appid } of after) {
      const answer = await fetch(
        `${env['BROKER_URL']}/v1/components/${env['COMPONENT_APPID']}/authorizers/${authorizer_appid}/token`,
        { headers: { authorization: `Bearer ${env['WXPLANE_CLIENT_KEY']}` } },
      );
      const { access_token } = (await answer.json()) as { access_token: string };
      expect(await sandbox.post('/tokens/check', { token: access_token }), authorizer_appid).toMatchObject({ state: 'live' });
    }
  });
});

describe('without npm start', () => {
  it('the command line says what is missing, and that nothing is built', async () => {
    await suite.stop(30_000);
    expect(existsSync(join(checkout.folder, '.local/run/env'))).toBe(false);
    const unset = await checkout.sh('npm run --silent wxplane -- doctor');
    expect([unset.code, unset.output]).toEqual([78, expect.stringContaining('DATABASE_URL: is not set')]);
    const unbuilt = await checkout.sh('mv dist away; npm run --silent wxplane -- status; npm run --silent migrate; mv away dist');
    expect(unbuilt.output.trim().split('\n')).toEqual(
      Array.from({ length: 2 }, () => expect.stringMatching(/nothing is built in this checkout yet\. Run: npm run build/)),
    );
  });
});
