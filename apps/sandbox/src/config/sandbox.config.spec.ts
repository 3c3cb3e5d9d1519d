import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../sandbox.js';
import { readConfig } from './sandbox.config.js';

const COMPONENT = {
  component_appid: 'wxfromfile',
  component_appsecret: 'file-secret',
  push_token: 't',
  encoding_aes_key: 'a'.repeat(43),
  auth_event_url: 'http://127.0.0.1:9/e',
  message_event_url: 'http://127.0.0.1:9/$APPID$/m',
  authorization_domain: 'shop.example',
  ticket_push: false,
};

describe('configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: unknown) => {
    const path = join(folder, `${Math.random()}.json`);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  it('has defaults', () => {
    expect(readConfig({}).config).toMatchObject({ SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: 3100 });
  });

  it('fills a fresh sandbox from a file', async () => {
    const content = {
      components: [COMPONENT],
      merchants: [{ appid: 'wxfilemini', kind: 'miniprogram', nick_name: '从文件🍵' }],
      templates: [{ component_appid: 'wxfromfile', user_version: '4.5.6' }],
      settings: { audit_mode: 'auto', privacy_scan_s: 0 },
    };
    const { setup } = readConfig({ SANDBOX_CONFIG_FILE: file(content) });
    const sandbox = await startSandbox({ SANDBOX_HOST: '127.0.0.1', SANDBOX_PORT: 0 }, setup);
    try {
      const state = (await (await fetch(`${sandbox.url}/_control/state`)).json()) as Record<string, unknown>;
      expect(state).toMatchObject({
        settings: { audit_mode: 'auto', privacy_scan_s: 0, write_ms: 10 },
        components: [
          { component_appid: 'wxfromfile', template_list: [{ template_id: 0, user_version: '4.5.6' }], ticket_interval_s: 600 },
        ],
        merchants: [{ appid: 'wxfilemini', nick_name: '从文件🍵' }],
      });
    } finally {
      await sandbox.close();
    }
  });

  it.each<[string, unknown, RegExp]>([
    ['a short key', { components: [{ ...COMPONENT, encoding_aes_key: 'short' }] }, /components\.0\.encoding_aes_key/],
    ['an unknown member', { merchant: [] }, /merchant/],
    ['broken JSON', '{', /not JSON/],
  ])('names the key of %s, never a value', (_name, content, words) => {
    const reading = () => readConfig({ SANDBOX_CONFIG_FILE: file(content) });
    expect(reading).toThrow(words);
    expect(reading).not.toThrow(/file-secret/);
  });

  it('refuses a port that is none', () => {
    expect(() => readConfig({ SANDBOX_PORT: 'x' })).toThrow(/SANDBOX_PORT/);
  });
});
