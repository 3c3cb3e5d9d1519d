import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { App } from '../testing/app.js';
import { COMPONENT, Harness, MINI } from '../testing/harness.js';
import { pair } from './language.js';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.start();
});
afterAll(() => harness.close());

/** What each button of the page would send. */
async function buttons() {
  const page = await (await harness.raw('GET', '/')).text();
  const text = (attribute: string) => attribute.replaceAll('&quot;', '"');
  return [...page.matchAll(/data-path="([^"]+)" data-method="([^"]+)" data-body="([^"]*)"/g)].map(([, path, method, body]) => ({
    path: path as string,
    method: method as string,
    body: text(body as string),
  }));
}

describe('the page of the sandbox', () => {
  it('has a button for approving, rejecting, a ticket, a cancellation, the speed, faults; and each does it', async () => {
    const app = await App.create(harness);
    const auditid = await app.toAudit('in_audit');
    const all = await buttons();
    const paths = all.map(({ path }) => path);
    for (const path of [
      `/_control/audits/${auditid}/approve`,
      `/_control/audits/${auditid}/reject`,
      `/_control/components/${COMPONENT}/ticket`,
      '/_control/authorizations/cancel',
      '/_control/clock',
      '/_control/faults',
      '/_control/push-faults',
    ])
      expect(paths).toContain(path);
    // Of the verdicts only one can be passed; faults last, so that they hit none of the others.
    const once = all.filter(({ path }) => !/\/(reject|delay)$/.test(path)).sort((a, b) => (a.path > b.path ? 1 : -1));
    for (const { path, method, body } of once) {
      const answer = await harness.raw(method, path, {}, method === 'POST' ? { body } : {});
      expect([path, body, answer.status < 300]).toEqual([path, body, true]);
    }
    expect((await harness.control('GET', 'faults'))['faults'].length).toBe(3);
    expect((await harness.control('GET', `audits?appid=${MINI}`))['audits'][0]).toMatchObject({ auditid, status: 0 });
    expect((await harness.control('GET', `components/${COMPONENT}/authorizations`))['total']).toBe(0);
  });

  it('shows the content of a push', async () => {
    const { pushes } = await harness.control('GET', 'pushes?kind=component_verify_ticket');
    const page = await (await harness.raw('GET', '/')).text();
    expect(page).toContain('data-push="');
    expect((await harness.control('GET', `pushes/${pushes[0].id}`))['xml']).toContain('<ComponentVerifyTicket>');
    expect((await harness.tryControl('GET', 'pushes/999999')).status).toBe(404);
  });

  it('loads nothing from another origin, and shows one language with the other a click away', async () => {
    const page = await (await harness.raw('GET', '/')).text();
    expect(page).not.toMatch(/(?:src|href)="https?:/);
    expect(page).toContain('<label class="switch" for="lang">');
    expect(pair('下一次调用 502 Next call: 502').text).toBe(
      '<span class="zh" lang="zh-CN">下一次调用 502</span><span class="en" lang="en">Next call: 502</span>',
    );
    expect(pair('推送 ticket Push a ticket').text).toContain('>推送 ticket<');
    expect([pair('AppID').text, pair('×60').text]).toEqual(['AppID', '×60']);
  });
});
