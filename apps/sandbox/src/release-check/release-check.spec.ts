import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMPONENT, encryptReply, field, Harness, type ReceivedPush } from '../testing/harness.js';

describe('release check (authorization §4)', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(() => harness.setUp());
  afterAll(() => harness.close());

  const run = (body = {}) => harness.control('POST', 'release-check', { component_appid: COMPONENT, timeout_ms: 2000, ...body });

  /** What a platform has to do, written from the document. */
  async function platform(push: ReceivedPush): Promise<string> {
    const content = field(push.message, 'Content');
    const event = field(push.message, 'Event');
    const say = (text: string) => {
      const [to, from] = [field(push.message, 'FromUserName'), field(push.message, 'ToUserName')];
      const xml = `<xml><ToUserName><![CDATA[${to}]]></ToUserName><FromUserName><![CDATA[${from}]]></FromUserName><CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[${text}]]></Content></xml>`;
      return encryptReply(xml, '1713424427', '415670741');
    };
    if (content === 'TESTCOMPONENT_MSG_TYPE_TEXT') return say(`${content}_callback`);
    if (event === 'LOCATION') return say('LOCATIONfrom_callback');
    if (!content?.startsWith('QUERY_AUTH_CODE:')) return 'success';
    setImmediate(async () => {
      const code = content.slice('QUERY_AUTH_CODE:'.length);
      const { authorization_info: info } = await harness.component('api_query_auth', await harness.componentToken(), {
        authorization_code: code,
      });
      const message = { touser: field(push.message, 'FromUserName'), msgtype: 'text', text: { content: `${code}_from_api` } };
      await harness.post('/cgi-bin/message/custom/send', info.authorizer_access_token, message);
    });
    return '';
  }

  it.each([1, 2, 3, 4, 5])('group %i passes with a platform that does it right', async (group) => {
    harness.receiver.answer = platform;
    const result = await run({ group });
    expect(result).toMatchObject({ group, passed: true });
    expect(result.cases.map((one: { name: string }) => one.name)).toEqual([
      'ticket',
      'authorized',
      'mp_passive_text',
      'mp_api_text',
      'miniprogram_api_text',
      'event',
      'unauthorized',
    ]);
  });

  it('fails case by case with one that only says success', async () => {
    const result = await run({ timeout_ms: 100 });
    const passed = Object.fromEntries(result.cases.map((one: { name: string; passed: boolean }) => [one.name, one.passed]));
    expect(passed).toEqual({
      ticket: true,
      authorized: true,
      mp_passive_text: false,
      mp_api_text: false,
      miniprogram_api_text: false,
      event: false,
      unauthorized: true,
    });
    expect(result.passed).toBe(false);
  });

  it('skips the message cases without the message sets', async () => {
    await harness.control('PATCH', `components/${COMPONENT}`, { permission_sets: [18] });
    const result = await run();
    expect(result.passed).toBe(true);
    expect(result.cases.filter((one: { skipped: boolean }) => one.skipped)).toHaveLength(4);
  });
});
