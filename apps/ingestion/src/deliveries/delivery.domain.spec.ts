import { describe, expect, it } from 'vitest';
import { parseEvent } from '#wechat';
import { IngestionConfig } from '../config/ingestion.config.js';
import { nextPauseS, parseSchedule, publicEvent, targetUrl, wxcomponentBody } from './delivery.domain.js';

describe('the schedule', () => {
  const schedule = parseSchedule('5, 30,120');
  it('is followed, with up to a tenth more, and ends', () => {
    expect([1, 2, 3, 4].map((attempts) => nextPauseS(schedule, attempts, 0, 0))).toEqual([5, 30, 120, undefined]);
    expect(nextPauseS(schedule, 1, 0, 1)).toBeCloseTo(5.5);
  });
  it('is a day or more by default', () => {
    const pauses = parseSchedule(new IngestionConfig().DELIVERY_SCHEDULE_S);
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThanOrEqual(86_400);
  });
  it('waits longer when the subscriber asks for it, at most a day', () => {
    expect(nextPauseS(schedule, 1, 60, 0)).toBe(60);
    expect(nextPauseS(schedule, 1, 1e9, 0)).toBe(86_400);
  });
});

it('$APPID$ stands for the account in the URLs that wxcomponent forwards to, and for itself in ours', () => {
  const url = 'https://shop.example/wx/$APPID$/callback?of=$APPID$';
  expect(targetUrl(url, 'wxcomponent', 'wxa')).toBe('https://shop.example/wx/wxa/callback?of=wxa');
  expect(targetUrl(url, 'wxcomponent', '../$&?#')).toBe(
    'https://shop.example/wx/..%2F%24%26%3F%23/callback?of=..%2F%24%26%3F%23',
  );
  expect(targetUrl(url, 'wxcomponent', null)).toBe(url);
  expect(targetUrl(url, 'wxplane', 'wxa')).toBe(url);
});

it('no code and no ticket leaves', () => {
  const authorized = parseEvent(
    '<xml><AppId>wxc</AppId><CreateTime>1</CreateTime><InfoType>authorized</InfoType><AuthorizerAppid>wxa</AuthorizerAppid><AuthorizationCode>c-o-d-e</AuthorizationCode><PreAuthCode>p-r-e</PreAuthCode></xml>',
  );
  const unknown = parseEvent(
    '<xml><AppId>wxc</AppId><InfoType>new_thing</InfoType><info><auth_code>c-o-d-e</auth_code></info></xml>',
  );
  for (const event of [authorized, unknown])
    for (const text of [JSON.stringify(publicEvent(event)), wxcomponentBody(event)]) expect(text).not.toMatch(/c-o-d-e|p-r-e/);
  expect(publicEvent(authorized)).toMatchObject({ kind: 'authorized', AuthorizerAppid: 'wxa' });
});

it('the format of wxcomponent is flat, with the message id as a number of 64 bits', () => {
  const event = parseEvent(
    '<xml><ToUserName>gh_a</ToUserName><FromUserName>o1</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>你好</Content><MsgId>6054768590064713728</MsgId></xml>',
  );
  expect(wxcomponentBody(event)).toContain('"MsgId":6054768590064713728');
  expect(JSON.parse(wxcomponentBody(event))).toEqual({
    ToUserName: 'gh_a',
    FromUserName: 'o1',
    CreateTime: 1_700_000_000,
    MsgType: 'text',
    Content: '你好',
    MsgId: Number('6054768590064713728'),
  });
});
