import { createHmac, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OwnEvents } from '#inbox';
import { inTransaction } from '#persistence';
import { MailServer } from '../../testing/mail-server.js';
import { Receiver } from '../../testing/receiver.js';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { randomAppid } from '../../testing/wechat.js';
import type { ChannelTestView, ChannelView, ChannelWithCounts, NoticePage } from './channels.dto.js';

const SECRET = 'SECsigned0123456789';
let app: Running;
let key: string;
let mail: MailServer;
let robot: Receiver;
const made: string[] = [];

beforeAll(async () => {
  mail = await MailServer.start();
  app = await startIngestion({
    env: {
      SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32',
      SUBSCRIBER_ALLOW_HTTP: 'true',
      NOTIFY_HOSTS: 'qyapi.weixin.qq.com,oapi.dingtalk.com,127.0.0.1',
      NOTIFY_BASE_URL: 'https://console.example.com/',
      NOTIFY_SMTP_URL: `smtp://robot:p%40ss@127.0.0.1:${mail.port}`,
      NOTIFY_MAIL_FROM: 'wxplane@example.com',
      DELIVERY_SCHEDULE_S: '0,1',
    },
  });
  key = await app.client(['releases:write']);
});
afterAll(async () => {
  await app?.stop();
  await mail?.stop();
});
beforeEach(async () => {
  robot = await Receiver.start();
  robot.answer = (_, response) => void response.end('{"errcode":0,"errmsg":"ok"}');
  mail.got.length = 0;
  mail.answer = '250 taken';
});
afterEach(async () => {
  for (const id of made.splice(0)) await api(app, key, 'DELETE', `${base()}/${id}`);
  await robot.stop();
});

const base = () => `/v1/components/${app.keys.componentAppid}/channels`;

async function channel(more: object): Promise<ChannelView> {
  const { status, body } = await api<ChannelView>(app, key, 'POST', base(), { name: 'release managers', ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  made.push(body.channel_id);
  return body;
}
const wecom = (more: object = {}) => channel({ kind: 'wecom', url: `${robot.url}?key=hidden-key`, language: 'en', ...more });
const show = async (id: string) => (await api<ChannelWithCounts>(app, key, 'GET', `${base()}/${id}`)).body;
const notices = async (id: string, state = '') =>
  (await api<NoticePage>(app, key, 'GET', `${base()}/${id}/notices${state}`)).body.items;

/** As the release app tells it. */
async function happens(...events: { kind: string; data: Record<string, unknown> }[]): Promise<void> {
  await inTransaction(app.service.app.get(DataSource), async (db) => {
    for (const { kind, data } of events)
      await app.service.app
        .get(OwnEvents)
        .add(db, { kind, data, key: randomUUID(), componentAppid: app.keys.componentAppid, authorizerAppid: null }, new Date());
  });
}
const paused = (id: number, code = 'canary-failed') => ({
  kind: 'wxplane.rollout_paused',
  data: {
    rollout_id: id,
    name: 'spring <at user_id="all">',
    state: 'paused',
    reason: { code, detail: '0 of 1 canary mini programs succeeded.' },
    counts: { total: 4, succeeded: 0, failed: 1, skipped: 0 },
  },
});
const rejected = (rollout: number) => ({
  kind: 'wxplane.release_rejected',
  data: { release_id: 7, rollout_id: rollout, authorizer_appid: randomAppid(), user_version: '5.0.0', reason_text: 'the name' },
});
const finished = (id: number) => ({
  kind: 'wxplane.rollout_completed',
  data: { rollout_id: id, name: 'spring', state: 'completed' },
});
const textOf = (received: { body: Record<string, unknown> }) =>
  ((received.body['text'] ?? received.body['content']) as { content?: string; text?: string }).content ??
  (received.body['content'] as { text: string }).text;

describe('a channel', () => {
  it('tells a group of 企业微信 what happened, in both languages, with the link and what to type, and mentions nobody', async () => {
    const { channel_id } = await wecom({ language: 'both' });
    await happens(paused(12));
    const got = await eventually('told', async () => robot.got[0]);
    expect(got.path).toBe('/hook?key=hidden-key');
    expect(got.body).toMatchObject({ msgtype: 'text' });
    const text = textOf(got);
    for (const part of [
      '批量发布已暂停\nRollout paused',
      'spring ＜at user_id="all"> (#12); 0 of 4 succeeded, 1 failed, 0 skipped: 0 of 1 canary',
      '共 4，成功 0，失败 1',
      '$ wxplane rollout failures 12',
      'https://console.example.com/rollouts/12',
    ])
      expect(text).toContain(part);
    await eventually('written down', async () => (await notices(channel_id, '?state=sent')).length === 1);
    expect(await show(channel_id)).toMatchObject({ failures: 0, pending: 0, failed: 0, last_error: null });
    expect(robot.got).toHaveLength(1);
  });

  it('signs for 飞书 and 钉钉 as they want it', async () => {
    const feishu = await channel({ kind: 'feishu', url: `${robot.url}/feishu`, secret: SECRET });
    robot.answer = (_, response) => void response.end('{"code":0,"msg":"success","data":{}}');
    expect((await api(app, key, 'POST', `${base()}/${feishu.channel_id}/test`)).body).toEqual({ delivered: true, error: null });
    const { timestamp, sign, msg_type, content } = robot.got[0]!.body as Record<string, string>;
    expect(sign).toBe(createHmac('sha256', `${timestamp}\n${SECRET}`).digest('base64'));
    expect([msg_type, Math.abs(Number(timestamp) - Date.now() / 1_000) < 60]).toEqual(['text', true]);
    expect(JSON.stringify(content)).toContain('测试消息');

    robot.answer = (_, response) => void response.end('{"errcode":0,"errmsg":"ok"}');
    const dingtalk = await channel({ kind: 'dingtalk', url: `${robot.url}/ding?access_token=hidden-token`, secret: SECRET });
    await api(app, key, 'POST', `${base()}/${dingtalk.channel_id}/test`);
    const query = new URL(robot.got[1]!.path, 'http://robot').searchParams;
    const at = query.get('timestamp')!;
    expect(query.get('sign')).toBe(createHmac('sha256', SECRET).update(`${at}\n${SECRET}`).digest('base64'));
    expect(query.get('access_token')).toBe('hidden-token');
  });

  it('sends mail, with a login, and the same id however often it is tried', async () => {
    const { channel_id, place } = await channel({
      kind: 'mail',
      addresses: ['ops@example.com', 'lead@example.com'],
      language: 'zh',
    });
    expect(place).toBe('2 mail');
    await happens(paused(13));
    const got = await eventually('it is there', async () => mail.got[0]);
    expect(got).toMatchObject({ from: 'wxplane@example.com', to: ['ops@example.com', 'lead@example.com'] });
    expect(mail.logins).toContain('robot:p@ss');
    expect(got.text).toMatch(/^Message-ID: <[0-9a-f]{32}@wxplane>$/im);
    expect(got.text).toMatch(/^Auto-Submitted: auto-generated$/im);
    mail.answer = '550 no such user hidden-words';
    expect((await api<ChannelTestView>(app, key, 'POST', `${base()}/${channel_id}/test`)).body).toMatchObject({
      delivered: false,
    });
    expect((await show(channel_id)).last_error).toMatch(/^the mail server refused E\w+ 550$/);
  });

  it('joins what comes together: N rejected of a rollout are one entry, and the robot’s twenty a minute are kept', async () => {
    const { channel_id } = await wecom();
    await happens(paused(20));
    await eventually('told', async () => robot.got.length === 1);
    for (let n = 0; n < 40; n += 1) await happens(rejected(20), ...(n % 10 === 0 ? [rejected(21)] : []));
    await eventually('all told', async () => (await notices(channel_id, '?state=sent&limit=100')).length === 45);
    const texts = robot.got.slice(1).map(textOf);
    const numbers = [...texts.join('\n').matchAll(/Rejected by WeChat’s review × (\d+)/g)].map(([, n]) => Number(n));
    expect(numbers.length).toBeGreaterThan(0);
    expect(texts.length).toBeLessThan(20);
    const gaps = robot.got.slice(1).map(({ atMs }, index) => atMs - robot.got[index]!.atMs);
    for (const gap of gaps) expect(gap).toBeGreaterThan(2_500);
    for (const { text } of robot.got) expect(Buffer.byteLength(text)).toBeLessThan(2_300);
    expect(new Set((await notices(channel_id, '?limit=100')).map(({ message_id }) => message_id)).size).toBe(robot.got.length);
  });

  it('is told only what it wants: kinds, severity, and never what a user wrote', async () => {
    const urgent = await wecom({ least_severity: 'urgent' });
    const second = await Receiver.start();
    second.answer = (_, response) => void response.end('{"errcode":0}');
    const few = await wecom({ url: second.url, kinds: ['release_*'], least_severity: 'info' });
    await happens(finished(30), paused(31, 'operator'), paused(32), { kind: 'message.text', data: { Content: 'secret words' } });
    await happens(rejected(33));
    await eventually('told', async () => second.got.length === 1 && robot.got.length === 1);
    expect(textOf(robot.got[0]!)).toContain('#32');
    expect(textOf(robot.got[0]!)).not.toContain('#31');
    await eventually('looked at', async () => (await notices(urgent.channel_id, '?state=skipped')).length === 3);
    expect((await notices(few.channel_id)).map(({ kind }) => kind)).toEqual(['wxplane.release_rejected']);
    await second.stop();
  });

  it('is quiet in its hours, but for what is urgent; afterwards the rest comes in one message', async () => {
    const hour = (offset: number) => new Date(Date.now() + offset * 3_600_000).toISOString().slice(11, 16);
    const { channel_id } = await wecom({ quiet: { from: hour(-2), to: hour(2), utc_offset_minutes: 0 } });
    await happens(finished(40), rejected(41), paused(42));
    await eventually('what is urgent', async () => robot.got.length === 1);
    expect(textOf(robot.got[0]!)).toContain('#42');
    await eventually('held', async () => {
      const waiting = await notices(channel_id, '?state=pending');
      return (
        waiting.length === 2 && waiting.every(({ next_attempt_at }) => Date.parse(next_attempt_at!) > Date.now() + 3_000_000)
      );
    });
    expect(robot.got).toHaveLength(1);
    // The night is over.
    await api(app, key, 'PATCH', `${base()}/${channel_id}`, { no_quiet: true });
    await app.query('UPDATE f_wechat_notice SET next_attempt_at = UTC_TIMESTAMP(3) WHERE channel_id = ?', [channel_id]);
    await eventually('the rest', async () => robot.got.length === 2);
    expect(textOf(robot.got[1]!)).toMatch(/Rejected[\s\S]*Rollout finished/);
  });

  it('tries again what a robot does not take, ends as a dead letter, and goes on by hand; told once after a yes', async () => {
    const { channel_id } = await wecom();
    robot.answer = (_, response) => void response.end('{"errcode":93000,"errmsg":"invalid webhook url, key=hidden-key"}');
    await happens(paused(50));
    await eventually('given up', async () => (await show(channel_id)).failed === 1);
    expect(robot.got).toHaveLength(3);
    const after = await show(channel_id);
    expect(after).toMatchObject({ failures: 3, pending: 0 });
    expect(after.last_error).toMatch(/^the robot answered 93000/);
    robot.answer = (_, response) => void response.end('{"errcode":0,"errmsg":"ok"}');
    expect((await api(app, key, 'POST', `${base()}/${channel_id}/retry`)).body).toEqual({ retried: 1 });
    await eventually('told', async () => (await notices(channel_id, '?state=sent')).length === 1);
    expect(robot.got).toHaveLength(4);
    await happens(paused(51));
    await eventually('the next one', async () => robot.got.length === 5);
    expect(textOf(robot.got[4]!)).not.toContain('#50');
  });

  it('a robot that is asked too often is left alone for a minute', async () => {
    const { channel_id } = await wecom();
    robot.answer = (_, response) => void response.end('{"errcode":45009,"errmsg":"api freq out of limit"}');
    await happens(paused(60));
    await eventually('postponed', async () => {
      const [one] = await notices(channel_id, '?state=pending');
      return one?.last_error?.includes('45009') && Date.parse(one.next_attempt_at!) > Date.now() + 30_000;
    });
    expect(robot.got).toHaveLength(1);
  });
});

describe('where a channel leads', () => {
  it('is never shown again: not in answers, the audit log, or the table', async () => {
    const { channel_id } = await wecom({ url: `${robot.url}?key=hidden-key` });
    await api(app, key, 'PATCH', `${base()}/${channel_id}`, { url: `${robot.url}?key=hidden-other`, name: 'renamed' });
    const shown = JSON.stringify([
      (await api<object>(app, key, 'GET', base())).body,
      await show(channel_id),
      await app.query('SELECT * FROM f_wechat_channel'),
      await app.query('SELECT * FROM f_wechat_accesslog'),
      await app.query('SELECT * FROM f_wechat_idempotency'),
    ]);
    expect(shown).toContain('renamed');
    expect(shown).not.toContain('hidden-');
  });

  it.each([
    ['a host that nobody configured', { kind: 'wecom', url: 'https://evil.example.com/hook' }, 'NOTIFY_HOSTS'],
    ['an address inside', { kind: 'wecom', url: 'https://169.254.169.254/latest' }, 'not public'],
    ['the robot of another', { kind: 'wecom', url: 'https://oapi.dingtalk.com/robot/send?access_token=x' }, 'dingtalk'],
    ['half a character', { kind: 'mail', addresses: ['\ud800'] }, 'addresses'],
    ['mail with a url', { kind: 'mail', url: 'https://qyapi.weixin.qq.com/' }, 'addresses'],
    ['no url', { kind: 'feishu' }, 'needs its url'],
    ['a kind that nothing fits', { kind: 'mail', addresses: ['a@example.com'], kinds: ['message.*'] }, 'wxplane.rollout_paused'],
  ])('is refused: %s', async (_, more, words) => {
    const { status, body } = await api<object>(app, key, 'POST', base(), { name: 'x', ...more });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(words);
  });

  it('is not for callers who may act for some merchants only, nor for another component', async () => {
    const { channel_id } = await wecom();
    const limited = await app.client(['releases:write'], [randomAppid()]);
    for (const path of ['', `/${channel_id}`]) expect((await api(app, limited, 'GET', `${base()}${path}`)).status).toBe(403);
    expect((await api(app, key, 'GET', `/v1/components/wx00000000000000f0/channels/${channel_id}`)).status).toBe(404);
  });
});
