import { describe, expect, it } from 'vitest';
import { consoleSettings, unreachableFor } from './console-settings.domain.js';

describe('what to type into WeChat’s platform', () => {
  it('has the appid in both URLs, and $APPID$ as WeChat wants it', () => {
    expect(
      consoleSettings('wx1234567890abcdef', {
        launch: 'https://wx.example.com/',
        pushes: 'https://push.example.com/',
        egress: '203.0.113.9',
      }),
    ).toEqual({
      component_appid: 'wx1234567890abcdef',
      授权发起页域名: 'wx.example.com',
      授权事件接收URL: 'https://push.example.com/wechat/wx1234567890abcdef/events',
      消息与事件接收URL: 'https://push.example.com/wechat/wx1234567890abcdef/$APPID$/messages',
      白名单IP地址列表: '203.0.113.9',
    });
  });

  it.each([
    ['https://wx.example.com', undefined],
    ['http://127.0.0.1:3102', 'of this machine or network'],
    ['http://localhost', 'of this machine or network'],
    ['http://192.168.1.7', 'of this machine or network'],
    ['https://wx.example.com:8443', 'names a port'],
  ])('%s: can WeChat reach it?', (url, problem) => {
    const said = unreachableFor('PUBLIC_BASE_URL', url);
    if (problem) expect(said).toContain(problem);
    else expect(said).toBeUndefined();
  });
});
