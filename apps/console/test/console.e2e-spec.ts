import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL } from '../../../scripts/lib/paths.ts';
import { startBrowser } from '../../../test/support/browser.js';
import { eventually } from '../../../test/support/eventually.js';
import { type Suite, startSuite } from '../../../test/support/suite.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Pictures of every page, for people. */
const PICTURES = join(LOCAL, 'console');
/** What a merchant calls itself is shown as it is, and does nothing. */
const HOSTILE = `<img src=x onerror="document.title='hacked'">`;

let suite: Suite;
let browser: Browser;
let apps: string[];
let rollout: number;
let guarded: number;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  suite = await startSuite({
    name: 'console',
    console: true,
    env: { release: { RELEASE_SWEEP_MS: '200', RELEASE_SCAN_POLL_MS: '200' } },
    sandboxConfig: { settings: { privacy_scan_s: 0, audit_mode: 'manual' } },
  });
  browser = await startBrowser();
  const component = suite.component.component_appid;
  const bulk = { count: 3, kind: 'miniprogram', authorize_to: component, push: true };
  ({ appids: apps } = await suite.control.post<{ appids: string[] }>('/merchants/bulk', bulk));
  await suite.control.patch(`/merchants/${apps[0]}`, { nick_name: HOSTILE });
  for (const app of apps)
    await eventually(`${app} to be known`, async () => {
      const { status } = await suite.api('broker', 'GET', `/v1/components/${component}/authorizers/${app}/token`);
      return status === 200 ? true : undefined;
    });
  await suite.api('broker', 'POST', `/v1/components/${component}/authorizers/${apps[0]}/refresh`);
  rollout = await startRollout('3.2.0', [apps[0]!, apps[1]!]);
  await eventually('a submission', async () => {
    const { audits } = await suite.control.get<{ audits: { status: number }[] }>(`/audits?appid=${apps[1]}&limit=1`);
    return audits[0]?.status === 2 ? true : undefined;
  });
  await suite.control.post(`/merchants/${apps[1]}/audit/reject`, { reason: '1:类目不符<br>请修改' });
  guarded = await startRollout('3.3.0', [apps[2]!], { two_person: true });
});

afterAll(async () => {
  await browser?.close();
  await suite?.stop();
});

async function startRollout(version: string, list: readonly string[], policy: Record<string, unknown> = {}): Promise<number> {
  const component = suite.component.component_appid;
  const { template_id } = await suite.control.post<{ template_id: number }>(`/components/${component}/templates`, {
    user_version: version,
  });
  const spec = {
    name: `Version ${version}`,
    targets: { list },
    template_id,
    user_version: version,
    user_desc: 'console',
    options: { per_minute: 1_000, quota_reserve: 0 },
    policy: { submit: 'auto', publish: 'auto', ...policy },
  };
  const path = `/v1/components/${component}/rollouts`;
  const preview = await suite.api<{ hash: string }>('release', 'POST', `${path}/preview`, spec);
  const started = await suite.api<{ rollout_id: number }>('release', 'POST', path, { ...spec, preview_hash: preview.body.hash });
  expect(started.status, JSON.stringify(started.body)).toBe(201);
  return started.body.rollout_id;
}

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What a page said against the policy of contents, or by mistake. */
  readonly complaints: string[];
  /** Requests that left the origin. */
  readonly foreign: string[];
}

/** A browser in which somebody is signed in by a link. */
async function signedIn(
  group: 'demo-admins' | 'demo-viewers',
  settings: Parameters<Browser['newContext']>[0] = {},
): Promise<Opened> {
  const context = await browser.newContext({ locale: 'en-GB', ...settings });
  const page = await context.newPage();
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== suite.urls.console && protocol !== 'data:') foreign.push(request.url());
  });
  await page.goto(suite.consoleLink(`e2e ${group}`, group));
  await page.getByRole('button', { name: /one-time link|一次性链接/ }).click();
  await page.waitForURL(`${suite.urls.console}/`);
  return { context, page, complaints, foreign };
}

const PAGES = () =>
  [
    ['overview', '/'],
    ['rollouts', '/rollouts'],
    ['rollout', `/rollouts/${rollout}`],
    ['targets', `/rollouts/${rollout}?tab=targets`],
    ['history', `/rollouts/${rollout}?tab=history`],
    ['approvals', '/approvals'],
    ['merchants', '/merchants'],
    ['merchant', `/merchants/${apps[0]}`],
    ['me', '/me'],
    ['no-such-page', '/nowhere'],
    ['sign-in', '/sign-in?fault=refused'],
  ] as const;

/** Until everything that was asked for is there. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading').first().waitFor();
  await expect.poll(() => page.getByText(/^(Loading…|加载中…)$/).count()).toBe(0);
}

async function axe(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>(
    "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  );
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join(' | ')}`,
  );
}

describe('every page', () => {
  it.each([
    ['zh-CN', 'light', 1280],
    ['zh-CN', 'dark', 360],
    ['en-GB', 'dark', 1280],
    ['en-GB', 'light', 360],
    ['zh-CN', 'dark', 1280],
    ['zh-CN', 'light', 360],
    ['en-GB', 'light', 1280],
    ['en-GB', 'dark', 360],
  ] as const)(
    'in %s, %s, %s px: no violation, nothing from elsewhere, nothing beside the screen',
    async (locale, scheme, width) => {
      const { context, page, complaints, foreign } = await signedIn('demo-admins', {
        locale,
        colorScheme: scheme,
        viewport: { width, height: width === 360 ? 640 : 800 },
      });
      const violations: string[] = [];
      for (const [name, path] of PAGES()) {
        await page.goto(`${suite.urls.console}${path}`);
        await settled(page);
        await page.screenshot({ path: join(PICTURES, `${name}-${locale}-${scheme}-${width}.png`), fullPage: true });
        violations.push(...(await axe(page)).map((text) => `${name}: ${text}`));
        const beside = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        if (beside > 0) violations.push(`${name}: ${beside} px wider than the screen`);
        expect(await page.getAttribute('html', 'lang')).toBe(locale === 'zh-CN' ? 'zh-CN' : 'en');
      }
      expect(violations).toEqual([]);
      expect(complaints).toEqual([]);
      expect(foreign).toEqual([]);
      await context.close();
    },
  );
});

describe('a person', () => {
  it('has one cookie that scripts cannot read, and no token or secret anywhere else', async () => {
    const { context, page } = await signedIn('demo-admins');
    await page.goto(`${suite.urls.console}/rollouts/${rollout}`);
    await settled(page);
    const [cookie, ...others] = await context.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ name: 'wxplane', httpOnly: true, sameSite: 'Lax', path: '/' });
    const seen = await page.evaluate<{ html: string; kept: string; databases: number; address: string }>(`(async () => ({
      html: document.documentElement.outerHTML,
      kept: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
      databases: (await indexedDB.databases()).length,
      address: location.href,
    }))()`);
    expect(seen.databases).toBe(0);
    for (const text of [seen.html, seen.kept, seen.address]) {
      expect(text).not.toMatch(/eyJ[\w-]{10,}\.|wxp_/);
      for (const secret of [cookie!.value, ...suite.secretValues()]) expect(text).not.toContain(secret);
    }
    await context.close();
  });

  it('signs nobody in by a link that was used, and is told so', async () => {
    const link = suite.consoleLink('twice', 'demo-viewers');
    for (const outcome of ['in', 'refused']) {
      const context = await browser.newContext({ locale: 'en-GB' });
      const page = await context.newPage();
      await page.goto(link);
      await page.getByRole('button', { name: 'Sign in with the one-time link' }).click();
      expect(page.url()).not.toContain('#');
      if (outcome === 'in') await page.getByRole('heading', { name: 'Overview' }).waitFor();
      else await page.getByText('This link was used already').waitFor();
      await context.close();
    }
  });

  it('comes back to the page with its filters after signing in again', async () => {
    const { context, page } = await signedIn('demo-admins');
    await page.goto(`${suite.urls.console}/rollouts?state=paused`);
    await settled(page);
    await context.clearCookies();
    await page.reload();
    await page.waitForURL((url) => url.pathname === '/sign-in');
    expect(new URL(page.url()).searchParams.get('return')).toBe('/rollouts?state=paused');
    await context.close();
  });

  it('sees what they may not do, with the permission that it wants', async () => {
    const { context, page } = await signedIn('demo-viewers');
    await page.goto(`${suite.urls.console}/rollouts/${rollout}`);
    await settled(page);
    const pause = page.getByRole('button', { name: /Pause/ });
    expect(await pause.getAttribute('aria-disabled')).toBe('true');
    expect(await pause.textContent()).toContain('rollouts.stop');
    await context.close();
  });

  it('reads hostile names as they were written', async () => {
    const { context, page } = await signedIn('demo-viewers');
    await page.goto(`${suite.urls.console}/merchants`);
    await page.getByText(HOSTILE, { exact: true }).waitFor();
    expect(await page.title()).not.toBe('hacked');
    await context.close();
  });

  it('finds a merchant by the address of a filtered list, and by keyboard', async () => {
    const { context, page } = await signedIn('demo-viewers');
    await page.goto(`${suite.urls.console}/`);
    await settled(page);
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForURL((url) => url.pathname === '/merchants');
    await settled(page);
    await page.keyboard.press('/');
    await page.keyboard.type(apps[1]!);
    await page.waitForURL((url) => url.searchParams.get('q') === apps[1]);
    await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
    await page.locator('main h1').click();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.pathname === `/merchants/${apps[1]}`);
    await context.close();
  });

  it('pauses, resumes and aborts a rollout, sees it live, and the history names them', async () => {
    const { context, page, complaints } = await signedIn('demo-admins');
    const other = await signedIn('demo-viewers');
    await other.page.goto(`${suite.urls.console}/rollouts/${rollout}`);
    await other.page.getByText(/Live$/).waitFor();
    await page.goto(`${suite.urls.console}/rollouts/${rollout}`);
    await settled(page);
    for (const [action, state] of [
      ['Pause', 'paused'],
      ['Resume', 'running'],
    ] as const) {
      await page.getByRole('button', { name: action, exact: true }).click();
      await page.getByRole('textbox').fill(`e2e ${action}`);
      expect(await axe(page)).toEqual([]);
      await page.getByRole('alertdialog').getByRole('button', { name: action, exact: true }).click();
      await other.page
        .getByText(new RegExp(`${state}$`))
        .first()
        .waitFor();
    }
    await page.getByRole('button', { name: 'Abort', exact: true }).click();
    await page.getByRole('alertdialog').getByText('This cannot be undone', { exact: false }).waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Abort', exact: true }).click();
    await other.page
      .getByText(/aborted$/)
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('e2e Pause').waitFor();
    await page.getByText('by you').first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
    await other.context.close();
  });

  it('agrees to what waits for a second person, by its digest', async () => {
    const { context, page } = await signedIn('demo-admins');
    await page.goto(`${suite.urls.console}/approvals`);
    const card = page.getByRole('article').filter({ hasText: `o${guarded}` });
    await card.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Approve', exact: true }).click();
    // A key asked for it: it takes two persons.
    await card.getByText('1 of 2 agreed').waitFor();
    await card.getByRole('button', { name: 'Take my approval back' }).waitFor();
    await context.close();
  });

  it('is out in every open page when the session ends', async () => {
    const { context, page } = await signedIn('demo-viewers');
    await page.goto(`${suite.urls.console}/rollouts/${guarded}`);
    await settled(page);
    const second = await context.newPage();
    await second.goto(`${suite.urls.console}/me`);
    await second.getByRole('button', { name: 'Sign out' }).click();
    await second.waitForURL((url) => url.pathname === '/sign-in');
    await page.waitForURL((url) => url.pathname === '/sign-in', { waitUntil: 'commit' });
    await context.close();
  });
});

it('is small', async () => {
  const { statSync } = await import('node:fs');
  const { gzipSync } = await import('node:zlib');
  const built = new URL('../../../dist/apps/console/web/', import.meta.url);
  const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', built), 'utf8')) as Record<
    string,
    { file: string; isEntry?: boolean; imports?: string[]; css?: string[]; isDynamicEntry?: boolean }
  >;
  const sizeOf = (file: string) => {
    statSync(new URL(file, built));
    return gzipSync(readFileSync(new URL(file, built))).length;
  };
  const reached = (key: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(key)) return seen;
    seen.add(key);
    for (const next of manifest[key]?.imports ?? []) reached(next, seen);
    return seen;
  };
  const [entry] = Object.entries(manifest).find(([, { isEntry }]) => isEntry)!;
  const first = reached(entry);
  const script = [...first].reduce((sum, key) => sum + sizeOf(manifest[key]!.file), 0);
  const styles = [...first].flatMap((key) => manifest[key]!.css ?? []).reduce((sum, file) => sum + sizeOf(file), 0);
  expect(script).toBeLessThan(200_000);
  expect(styles).toBeLessThan(20_000);
  for (const [key, { isDynamicEntry }] of Object.entries(manifest)) {
    if (!isDynamicEntry) continue;
    const lazy = [...reached(key)].filter((one) => !first.has(one)).reduce((sum, one) => sum + sizeOf(manifest[one]!.file), 0);
    expect(lazy, key).toBeLessThan(40_000);
  }
});
