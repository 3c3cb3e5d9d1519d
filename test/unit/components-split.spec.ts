import { describe, expect, it } from 'vitest';
import { loadComponents, type SecretField } from '#service';
import { brokerDefinition } from '../../apps/broker/src/broker.definition.ts';
import { SPLIT, splitComponent } from '../../apps/cli/src/components/split.domain.ts';
import { ingestionDefinition } from '../../apps/ingestion/src/ingestion.definition.ts';
import { releaseDefinition } from '../../apps/release/src/release.definition.ts';

const COMPONENT = {
  component_appid: 'wx00000000000000c0',
  name: 'Shop helper',
  component_appsecret: 'f00dfeedf00dfeedf00dfeedf00dfeed',
  push_tokens: ['aPushToken'],
  encoding_aes_keys: ['abcdefghijABCDEFGHIJ0123456789abcdefghijABC'],
};
const load = (component: object, needed: readonly SecretField[]) =>
  loadComponents({ WXPLANE_COMPONENTS: JSON.stringify({ components: [component] }) }, needed).all[0];

describe('the components file of one app', () => {
  it('has what the app needs, and no other secret', () => {
    expect(SPLIT).toEqual({
      ingestion: ingestionDefinition.componentFields?.({} as never),
      broker: brokerDefinition.componentFields?.({} as never),
      release: releaseDefinition.componentFields?.({} as never),
    });
    // A broker that follows another one asks WeChat for no component token.
    expect(brokerDefinition.componentFields?.({ BROKER_FOLLOW_URL: 'https://broker.example' } as never)).toEqual([]);
  });

  it.each(Object.entries(SPLIT))('lets %s start, and no app whose secrets are not in it', (app, fields) => {
    const own = splitComponent(load(COMPONENT, ['component_appsecret', 'push_tokens', 'encoding_aes_keys'])!, fields);
    expect(Object.keys(own).sort()).toEqual(['component_appid', 'name', ...fields].sort());
    expect(load(own, fields)).toMatchObject({ componentAppid: COMPONENT.component_appid, name: 'Shop helper' });
    for (const [other, needed] of Object.entries(SPLIT)) {
      if (other === app || needed.length === 0) continue;
      expect(() => load(own, needed)).toThrow(new RegExp(`components\\[0\\]\\.${needed[0]}: must`));
    }
  });

  it('that has all secrets leaves an app only with its own', () => {
    const left = (fields: readonly SecretField[]) => {
      const { appSecret, pushTokens, encodingAesKeys } = load(COMPONENT, fields)!;
      return { appSecret, pushTokens, encodingAesKeys };
    };
    const { component_appsecret: appSecret, push_tokens: pushTokens, encoding_aes_keys: encodingAesKeys } = COMPONENT;
    expect(left(SPLIT.ingestion)).toEqual({ appSecret: '', pushTokens, encodingAesKeys });
    expect(left(SPLIT.broker)).toEqual({ appSecret, pushTokens: [], encodingAesKeys: [] });
    expect(left(SPLIT.release)).toEqual({ appSecret: '', pushTokens: [], encodingAesKeys: [] });
  });
});
