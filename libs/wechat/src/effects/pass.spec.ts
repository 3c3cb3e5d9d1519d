import { MockAgent } from 'undici';
import { describe, expect, it } from 'vitest';
import { WechatApi } from '../api/wechat-api.js';
import { effectOf, PROTECTED_PATHS } from './effects.js';
import { onlyReads, requirePass, withPass } from './pass.js';

const COMPONENT = 'wx00000000000000c1';
const about = { componentAppid: COMPONENT, authorizerAppid: 'wx00000000000000a1' };

describe('leave for a protected effect', () => {
  it.each(PROTECTED_PATHS.map(([path, effect]) => [path, effect] as const))(
    'is needed for %s, and for its own effect',
    (path, { id }) => {
      expect(() => requirePass({ path }, about)).toThrow(/past the effect gate/);
      const other = id === 'code' ? 'release' : 'code';
      expect(() => withPass({ effect: other, ...about }, () => requirePass({ path }, about))).toThrow(/past the effect gate/);
      withPass({ effect: id, ...about }, () => requirePass({ path }, about));
    },
  );

  it.each([{ authorizerAppid: 'wx00000000000000a2' }, { componentAppid: 'wx00000000000000c2' }])(
    'does not hold for another account: %j',
    (other) => {
      const pass = { effect: 'release', ...about } as const;
      expect(() => withPass(pass, () => requirePass({ path: '/wxa/release' }, { ...about, ...other }))).toThrow(/past the/);
    },
  );

  it('is not needed where the call only reads, and nowhere else', () => {
    expect(onlyReads({ path: '/wxa/modify_domain', body: { action: 'get' } })).toBe(true);
    expect(onlyReads({ path: '/wxa/plugin', body: { action: 'list' } })).toBe(true);
    for (const action of ['set', 'list', undefined])
      expect(onlyReads({ path: '/wxa/modify_domain', body: { action } })).toBe(false);
    expect(onlyReads({ path: '/wxa/release', body: { action: 'get' } })).toBe(false);
    // WeChat may look at either.
    expect(onlyReads({ path: '/wxa/modify_domain', query: { action: 'get' }, body: { action: 'set' } })).toBe(false);
  });

  it('is looked at once more in the moment of sending, each time, and not by what only reads', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const paths: string[] = [];
    const api = new WechatApi({ dispatcher: agent, beforeCall: async ({ path }) => void paths.push(path) });
    let agree = true;
    let asked = 0;
    const agreed = async () => {
      asked += 1;
      if (!agree) throw new Error('taken back meanwhile');
    };
    await withPass({ effect: 'release', ...about, agreed }, async () => {
      await expect(api.code.release('t', about)).rejects.toMatchObject({ kind: 'network' });
      await expect(api.code.getVersionInfo('t', about)).rejects.toMatchObject({ kind: 'network' });
      expect(asked).toBe(1);
      agree = false;
      // Not the network: nothing was sent.
      await expect(api.code.release('t', about)).rejects.toThrow(/taken back/);
      expect(asked).toBe(2);
    });
    // After whatever a call has to wait for.
    expect(paths).toHaveLength(3);
    await agent.close();
  });

  it('ends with the work it was given for', async () => {
    await withPass({ effect: 'release', ...about }, async () => {
      await Promise.resolve();
      requirePass({ path: '/wxa/release' }, about);
    });
    expect(() => requirePass({ path: '/wxa/release' }, about)).toThrow();
  });
});

it('is asked for by the library itself, before anything is sent: no call of an app can go past', async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const api = new WechatApi({ dispatcher: agent });
  await expect(api.code.release('t', about)).rejects.toThrow(/past the effect gate/);
  await expect(api.settings.modifyDomain('t', { action: 'set' }, about)).rejects.toThrow(/past the effect gate/);
  await expect(api.templates.deleteTemplate('t', { template_id: 1 }, about)).rejects.toThrow(/past the effect gate/);
  // With leave, and without need of it, only the network is missing.
  await expect(withPass({ effect: 'release', ...about }, () => api.code.release('t', about))).rejects.toMatchObject({
    kind: 'network',
  });
  await expect(api.settings.modifyDomain('t', { action: 'get' }, about)).rejects.toMatchObject({ kind: 'network' });
  expect(effectOf('/wxa/release').kind).toBe('protected');
  await agent.close();
});
