import { type Browser, chromium, type Page } from 'playwright-core';
import { findProgram } from '../../scripts/lib/programs.ts';

/** Headless Chromium of the machine; the background requests it would make by itself are off. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome');
  if (!executablePath) throw new Error('no Chromium on this machine: run the tests through "npm test", which installs it');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A merchant opens an authorization link, goes on to WeChat, picks the account and consents. Ends on whatever page follows. */
export async function consentInBrowser(
  page: Page,
  link: string,
  merchant: string,
  withoutSets: readonly number[] = [],
): Promise<void> {
  await page.goto(link);
  await page.click('#go');
  await page.click(`#merchant-${merchant}`);
  for (const set of withoutSets) await page.uncheck(`#set-${set}`);
  await page.click('#authorize');
  await page.waitForLoadState('networkidle');
}
