import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from './support/browser.js';
import { eventually } from './support/eventually.js';
import { type Suite, startSuite } from './support/suite.js';

const merchant = 'wx00000000000000ab';
const WECHAT =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50';
const ADMIN_KEY = 'the-key-of-the-pages-of-the-queues';
let suite: Suite;
let browser: Browser;

beforeAll(async () => {
  suite = await startSuite({ name: 'pages', env: { broker: { MANAGEMENT_ADMIN_KEY: ADMIN_KEY } } });
  browser = await startBrowser();
  await suite.control.post('/merchants', { appid: merchant, kind: 'miniprogram' });
  await eventually('the component token', async () => {
    const answer = await suite.api('broker', 'GET', `/v1/components/${suite.component.component_appid}/token`);
    return answer.status === 200;
  });
});

afterAll(async () => {
  await browser?.close();
  await suite?.stop();
});

async function link(): Promise<string> {
  const path = `/v1/components/${suite.component.component_appid}/authorization-links`;
  return (await suite.api<{ url: string }>('broker', 'POST', path, { auth_type: 3 })).body.url;
}

/** Where each request goes that is none of a person's own steps from page to page. */
class Watched {
  readonly foreign: string[] = [];
  own = 0;

  constructor(readonly page: Page) {
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) return;
      const { protocol, origin } = new URL(request.url());
      if (protocol === 'data:' || protocol === 'blob:') return;
      if (origin === new URL(page.url()).origin) this.own += 1;
      else this.foreign.push(`${page.url()} asked for ${request.url()}`);
    });
    page.on('websocket', (socket) => this.foreign.push(socket.url()));
  }
}

async function watched(work: (page: Page) => Promise<void>, settings: Parameters<Browser['newContext']>[0] = {}) {
  const context: BrowserContext = await browser.newContext(settings);
  try {
    const watch = new Watched(await context.newPage());
    await work(watch.page);
    await watch.page.waitForLoadState('networkidle');
    return watch;
  } finally {
    await context.close();
  }
}

describe('no page that is served loads anything from another origin', () => {
  it('launch page, consent page, the page after it, in both languages', async () => {
    for (const locale of ['zh-CN', 'en-GB']) {
      const { foreign } = await watched(
        async (page) => {
          await page.goto(await link());
          await page.click('#go');
          await page.click(`#merchant-${merchant}`);
          await page.click('#authorize');
          await page.waitForURL(/\/authorize\/callback/);
          // Another page may say these words as well, without the mark: its title then tells which.
          expect(await page.locator('h1').innerText()).toMatch(/^(授权成功|Authorized)$/);
          expect(await page.locator('main').innerHTML()).toContain('class="mark"');
        },
        { locale },
      );
      expect(foreign).toEqual([]);
    }
  });

  it('the page of a registration: a QR code for the PC, a button inside WeChat, in both languages, and what became of it', async () => {
    const path = `/v1/components/${suite.component.component_appid}/registrations`;
    const { body } = await suite.api<{ registration_id: string; page_url: string }>('broker', 'POST', path, {
      ...{ way: 'enterprise', name: '广州某某贸易有限公司', code: '91440101MA5ABCDEFG', component_phone: '02012345678' },
    });
    for (const locale of ['zh-CN', 'en-GB']) {
      const onPc = await watched(
        async (page) => {
          await page.goto(body.page_url);
          expect(await page.locator('html').getAttribute('lang')).toBe(locale === 'zh-CN' ? 'zh-CN' : 'en');
          await page.locator('main svg').first().waitFor();
          expect(await page.locator('#go').count()).toBe(0);
          expect(await page.locator('main').innerText()).toContain('广州某某贸易有限公司');
        },
        { locale },
      );
      const inWechat = await watched(
        async (page) => {
          await page.goto(body.page_url);
          expect(await page.locator('#go').getAttribute('href')).toMatch(/^https?:/);
          expect(await page.locator('main').innerText()).toContain(locale === 'zh-CN' ? '前往微信办理' : 'Continue to WeChat');
        },
        { locale, userAgent: WECHAT, viewport: { width: 390, height: 844 } },
      );
      expect([...onPc.foreign, ...inWechat.foreign]).toEqual([]);
    }
  });

  it('the sandbox’s own page', async () => {
    const { foreign, own } = await watched(async (page) => {
      const again = page.waitForResponse(/\/_control\/page$/);
      await page.goto(suite.urls.sandbox);
      await again;
    });
    expect(foreign).toEqual([]);
    expect(own).toBeGreaterThan(0);
  });

  it.each(['ingestion', 'broker', 'release'] as const)(
    'the API of %s at /docs, which offers its OpenAPI document',
    async (app) => {
      const { foreign, own } = await watched(async (page) => {
        await page.goto(`${suite.urls[app]}/docs`);
        await page.locator('.opblock').first().waitFor();
        expect(await page.getByRole('link', { name: 'OpenAPI document' }).getAttribute('href')).toBe(
          `${suite.urls[app]}/docs/openapi.json`,
        );
      });
      expect(foreign).toEqual([]);
      expect(own).toBeGreaterThan(2);
    },
  );

  it('the queues', async () => {
    const { foreign, own } = await watched(
      async (page) => {
        await page.goto(`${suite.management.broker}/queues`);
        await page.getByText('broker.events').first().waitFor();
      },
      { httpCredentials: { username: 'admin', password: ADMIN_KEY } },
    );
    expect(foreign).toEqual([]);
    expect(own).toBeGreaterThan(2);
  });
});

/** What `test/support/faint-texts.mjs` finds on the page as it is now. */
const FAINT_TEXTS = readFileSync(new URL('./support/faint-texts.mjs', import.meta.url), 'utf8');
const faintTexts = (page: Page) => page.evaluate<{ faint: string[]; background: number; texts: number }>(FAINT_TEXTS);

describe('a page for people', () => {
  it.each(['light', 'dark'] as const)('is %s when the browser asks for it, and can be read', async (colorScheme) => {
    await watched(
      async (page) => {
        const look = async (name: string) => {
          const { faint, background, texts } = await faintTexts(page);
          expect([name, ...faint]).toEqual([name]);
          expect(texts, name).toBeGreaterThan(2);
          expect(background < 0.2, name).toBe(colorScheme === 'dark');
        };
        await page.goto(await link());
        await look('launch page');
        await page.click('#go');
        await page.click(`#merchant-${merchant}`);
        await look('consent page');
        await page.click('#authorize');
        await page.waitForURL(/\/authorize\/callback/);
        await look('the page after it');
        await page.goto(suite.urls.sandbox);
        await look('the sandbox’s own page');
      },
      { colorScheme },
    );
  });

  const shown = (page: Page) => page.locator('body').innerText();

  it('speaks one language, the browser’s, with the other a click away', async () => {
    for (const [locale, title, other] of [
      ['zh-CN', '账号授权', 'Authorize'],
      ['en-GB', 'Authorize', '账号授权'],
    ] as const)
      await watched(
        async (page) => {
          await page.goto(await link());
          await page.click('#go');
          await expect.poll(() => page.title()).toBe(title);
          const before = await shown(page);
          expect(before.includes('选择账号')).toBe(locale === 'zh-CN');
          expect(before.includes('Choose an account')).toBe(locale !== 'zh-CN');
          await page.click('.switch');
          await expect.poll(() => page.title()).toBe(other);
          expect((await shown(page)).includes('选择账号')).toBe(locale !== 'zh-CN');
          // What was chosen is kept from page to page.
          await page.locator('#search').fill(merchant);
          await page.locator('#search').press('Enter');
          await page.waitForURL(/q=/);
          await expect.poll(() => page.title()).toBe(other);
        },
        { locale },
      );
  });
});
