import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AES_KEY, COMPONENT, decryptPush, encryptReply, eventually, field, Harness, MINI, MP } from '../testing/harness.js';

describe('pushes (authorization §1.2–§1.5, §2.1, §3.1)', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    await harness.setUp();
    await harness.control('POST', 'merchants', { appid: MP, kind: 'mp' });
    harness.receiver.pushes.length = 0;
  });
  afterAll(() => harness.close());

  const push = async (body: Record<string, unknown>) =>
    (await harness.control('POST', 'pushes', { component_appid: COMPONENT, ...body })).pushes;

  it('sends any InfoType, whole XML, and repeats; the tail is the component appid', async () => {
    const [record] = await push({
      info_type: 'notify_3rd_new_thing',
      fields: { appid: MINI, status: 7, info: { name: '新😀' } },
      create_time: 5,
    });
    expect(record).toMatchObject({
      channel: 'events',
      kind: 'notify_3rd_new_thing',
      delivered: true,
      tries: [{ status: 200, ok: true }],
    });
    const [received] = harness.receiver.pushes;
    expect(received!.message).toContain('<info><name><![CDATA[新😀]]></name></info>');
    expect(field(received!.message, 'CreateTime')).toBe('5');
    expect(decryptPush(AES_KEY, field(received!.body, 'Encrypt')!).appid).toBe(COMPONENT);
    await push({ xml: '<xml><InfoType>raw</InfoType></xml>', repeat: 3 });
    expect(harness.receiver.of('raw')).toHaveLength(3);
    await push({ info_type: 'component_verify_ticket' });
    expect(harness.receiver.of('component_verify_ticket')).toHaveLength(1);
  });

  it.each<[string, (received: Harness['receiver']['pushes'][number]) => boolean]>([
    ['signature', (received) => !received.signed && received.message !== undefined],
    ['token', (received) => !received.signed && received.message !== undefined],
    ['other_appid', (received) => received.signed && decryptPush(AES_KEY, field(received.body, 'Encrypt')!).appid !== COMPONENT],
    ['body', (received) => !received.signed && received.message!.includes('Forged')],
    ['plain', (received) => !received.query.has('msg_signature') && received.body.includes('InfoType')],
    ['no_encrypt', (received) => !received.body.includes('Encrypt')],
    ['bad_key', (received) => received.signed && !received.message?.includes('InfoType')],
    ['doctype', (received) => received.body.startsWith('<!DOCTYPE')],
  ])('can be spoilt: %s', async (tamper, holds) => {
    await push({ info_type: 'authorized', tamper });
    expect(holds(harness.receiver.pushes[0]!)).toBe(true);
  });

  it('sends JSON when that is set, envelope and content, and then wants the passive reply in JSON', async () => {
    await harness.control('PATCH', 'settings', { push_format: 'json' });
    await push({ info_type: 'x', fields: { appid: MINI } });
    const [received] = harness.receiver.pushes;
    const { AppId, Encrypt } = JSON.parse(received!.body) as { AppId: string; Encrypt: string };
    expect(AppId).toBe(COMPONENT);
    expect(JSON.parse(decryptPush(AES_KEY, Encrypt).message)).toMatchObject({ InfoType: 'x', AppId: COMPONENT, appid: MINI });
    await harness.control('PATCH', 'settings', { push_format: 'xml' });
    await push({ info_type: 'y' });
    expect(harness.receiver.pushes[1]!.body).toMatch(/^<xml>/);
  });

  it('keeps the former key and token after a change and can still use them', async () => {
    await harness.control('PATCH', `components/${COMPONENT}`, { encoding_aes_key: 'n'.repeat(43), push_token: 'newtoken' });
    await push({ info_type: 'x1' });
    expect(harness.receiver.pushes[0]!.message?.includes('x1') ?? false).toBe(false);
    await push({ info_type: 'x2', tamper: 'previous_key' });
    expect(harness.receiver.pushes[1]).toMatchObject({ signed: false, message: expect.stringContaining('x2') });
    await push({ info_type: 'x3', tamper: 'previous_token' });
    expect(harness.receiver.pushes[2]!.signed).toBe(true);
  });

  it('auth events: only `success` counts; repeats are configurable, tickets are not repeated', async () => {
    for (const answer of ['ok', '', '"success"', '﻿success', '<html>']) {
      harness.receiver.answer = () => answer;
      expect((await push({ info_type: 'x' }))[0].delivered).toBe(false);
    }
    harness.receiver.answer = () => 'success';
    harness.receiver.status = 500;
    expect((await push({ info_type: 'x' }))[0]).toMatchObject({ delivered: false, tries: [{ status: 500, error: 'HTTP 500' }] });
    await harness.control('PATCH', `components/${COMPONENT}`, { auth_event_repeats: 2 });
    expect((await push({ info_type: 'x' }))[0].tries).toHaveLength(3);
    expect((await push({ info_type: 'component_verify_ticket' }))[0].tries).toHaveLength(1);
  });

  it('message URL: three tries, success or empty or a right encrypted reply', async () => {
    await harness.authorize(MP);
    const say = () => harness.control('POST', `merchants/${MP}/messages`, { content: 'hi', openid: 'oUser' });
    harness.receiver.answer = () => 'nonsense';
    expect((await say()).push).toMatchObject({
      delivered: false,
      channel: 'messages',
      tries: [{ ok: false }, { ok: false }, { ok: false }],
    });
    harness.receiver.answer = () => '';
    expect((await say()).push).toMatchObject({ delivered: true, tries: [{ ok: true }] });
    harness.receiver.answer = () => encryptReply('<xml><Content>hello</Content></xml>', '1713424427', '415670741');
    expect(await say()).toMatchObject({ push: { delivered: true }, reply: '<xml><Content>hello</Content></xml>' });
    harness.receiver.answer = () => encryptReply('<xml/>', '1', '2').replace('<TimeStamp>1', '<TimeStamp>9');
    expect((await say()).push.tries[0].error).toContain('MsgSignature');
    const { message, query, path } = harness.receiver.pushes.at(-1)!;
    expect(path).toBe(`/${MP}/messages`);
    expect(query.get('openid')).toBe('oUser');
    expect(field(message, 'MsgType')).toBe('text');
  });

  it('gives up on slow and unreachable receivers', async () => {
    await harness.control('PATCH', 'settings', { push_timeout_ms: 100 });
    harness.receiver.answer = () => undefined;
    expect((await push({ info_type: 'x' }))[0].tries[0]).toMatchObject({ status: 0, ok: false, error: 'timeout' });
    await harness.control('PATCH', `components/${COMPONENT}`, { auth_event_url: 'http://127.0.0.1:9/events' });
    expect((await push({ info_type: 'x' }))[0].tries[0]).toMatchObject({ status: 0, ok: false });
  });

  it('replays the very same bytes, and lists what was sent', async () => {
    const [{ id }] = await push({ info_type: 'x' });
    await harness.control('POST', `pushes/${id}/replay`);
    const [first, second] = harness.receiver.pushes;
    expect(second!.body).toBe(first!.body);
    expect(second!.query.toString()).toBe(first!.query.toString());
    expect(await harness.control('GET', 'pushes?kind=x')).toMatchObject({ total: 2 });
    await harness.control('DELETE', 'pushes');
    expect(await harness.control('GET', 'pushes')).toMatchObject({ total: 0 });
  });

  it('keeps trying the first ticket until somebody takes it', async () => {
    await harness.setUp();
    harness.receiver.status = 503;
    const urls = {
      auth_event_url: `http://127.0.0.1:${harness.receiver.port}/late`,
      message_event_url: 'http://127.0.0.1:9/$APPID$',
    };
    const late = {
      component_appid: 'wxlatecomponent',
      component_appsecret: 's',
      push_token: 't',
      encoding_aes_key: 'c'.repeat(43),
    };
    await harness.control('POST', 'components', { ...late, ...urls, authorization_domain: 'a.b', ticket_first_retry_s: 0.05 });
    const tries = () => harness.receiver.pushes.filter((received) => received.path === '/late').length;
    await eventually(tries).toBeGreaterThan(1);
    harness.receiver.status = 200;
    await eventually(async () => (await harness.control('GET', 'components/wxlatecomponent')).ticket_accepted).toBe(true);
  });
});
