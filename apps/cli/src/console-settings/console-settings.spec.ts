import 'reflect-metadata';
import { afterEach, expect, it, vi } from 'vitest';
import { program } from '../program.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const SECRETS = {
  component_appsecret: '0f1e2d3c4b5a6978',
  push_tokens: ['pushTokenA1'],
  encoding_aes_keys: ['aB3'.repeat(15).slice(0, 43)],
};

async function printed(...args: string[]): Promise<{ shown: string; told: string }> {
  const components = ['wx1111111111111111', 'wx2222222222222222'].map((component_appid) => ({ component_appid, ...SECRETS }));
  vi.stubEnv('WXPLANE_COMPONENTS', JSON.stringify({ components }));
  const text = { shown: '', told: '' };
  const keep = (where: keyof typeof text) => (part: string | Uint8Array) => {
    text[where] += part;
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(keep('shown'));
  vi.spyOn(process.stderr, 'write').mockImplementation(keep('told'));
  await program().parseAsync(['console-settings', ...args], { from: 'user' });
  return text;
}

it('prints what to type into WeChat’s platform, for each component, and no secret', async () => {
  vi.stubEnv('PUBLIC_BASE_URL', 'https://wx.example.com');
  const { shown, told } = await printed();
  for (const appid of ['wx1111111111111111', 'wx2222222222222222']) {
    expect(shown).toMatch(new RegExp(`^授权事件接收URL +https://wx\\.example\\.com/wechat/${appid}/events$`, 'm'));
    expect(shown).toMatch(
      new RegExp(`^消息与事件接收URL +https://wx\\.example\\.com/wechat/${appid}/\\$APPID\\$/messages$`, 'm'),
    );
  }
  expect(shown).toMatch(/^授权发起页域名 +wx\.example\.com$/m);
  expect(shown).toMatch(/^白名单IP地址列表 +\S/m);
  expect(told).toBe('');
  for (const secret of Object.values(SECRETS).flat()) expect(shown).not.toContain(secret);
});

it('says when WeChat could not reach an address, and takes the one of the pushes apart', async () => {
  vi.stubEnv('PUBLIC_BASE_URL', 'http://127.0.0.1:3102');
  const { shown, told } = await printed('--component', 'wx1111111111111111', '--push-url', 'https://push.example.com', '--json');
  const { items } = JSON.parse(shown) as { items: Record<string, string>[] };
  expect(items).toHaveLength(1);
  expect(items[0]?.['授权事件接收URL']).toBe('https://push.example.com/wechat/wx1111111111111111/events');
  expect(told).toContain('WeChat and merchants cannot reach it');
});

it('takes the address of the pushes from PUSH_BASE_URL, which npm start sets', async () => {
  vi.stubEnv('PUBLIC_BASE_URL', 'http://127.0.0.1:3102');
  vi.stubEnv('PUSH_BASE_URL', 'http://127.0.0.1:3101');
  const { shown } = await printed('--component', 'wx1111111111111111');
  expect(shown).toMatch(/^授权事件接收URL +http:\/\/127\.0\.0\.1:3101\/wechat\/wx1111111111111111\/events$/m);
  expect(shown).toMatch(/^授权发起页域名 +127\.0\.0\.1:3102$/m);
});
