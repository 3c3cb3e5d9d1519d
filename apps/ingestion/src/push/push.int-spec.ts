import { hash } from 'node:crypto';
import { connect } from 'node:net';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINDINGS } from '#persistence';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import {
  makePush,
  newPushKeys,
  randomAppid,
  SUCCESS,
  send,
  textXml,
  ticketXml,
  unauthorizedXml,
  xmlOf,
} from '../../testing/wechat.js';

let app: Running;
const previous = newPushKeys();

beforeAll(async () => {
  app = await startIngestion({ previous });
});
afterAll(() => app?.stop());

const events = () =>
  app.query<{ kind: string; state: string; payload: string; note: string | null }>('SELECT * FROM f_wechat_event');
const jobs = (queue: string) => app.redis.keys(`{wxplane}:${queue}:event-*`);

describe('a push', () => {
  it('of a ticket is answered success, stored encrypted, with its own row, and handed to the broker by its id', async () => {
    const ticket = `ticket@@@${'T'.repeat(80)}`;
    const push = makePush(app.keys, ticketXml(app.keys, ticket));
    expect(await send(app.base, push)).toEqual(SUCCESS);

    const [row] = await app.query<{ event_id: string; dedupe_key: string; payload: string; state: string }>(
      `SELECT * FROM f_wechat_event WHERE kind = 'component_verify_ticket'`,
    );
    expect(row!.payload).toMatch(/^enc:v2:k1:/);
    expect(app.secrets.open(row!.payload, BINDINGS.event(app.keys.componentAppid, row!.dedupe_key))).toContain(ticket);
    const tickets = await app.query<{ component_verify_ticket: string; component_appid: string; pushed_at: Date }>(
      'SELECT * FROM f_wechat_verifyticket',
    );
    expect(tickets).toHaveLength(1);
    expect(tickets[0]!.component_appid).toBe(app.keys.componentAppid);
    expect(
      app.secrets.open(tickets[0]!.component_verify_ticket, BINDINGS.ticket(app.keys.componentAppid, tickets[0]!.pushed_at)),
    ).toBe(ticket);

    const job = await eventually('the job', async () => {
      const data = await app.redis.hget(`{wxplane}:broker.events:event-${row!.event_id}`, 'data');
      return data ?? undefined;
    });
    expect(JSON.parse(job)).toEqual({ eventId: row!.event_id });
    await eventually('queued', async () => (await events()).every((event) => event.state === 'queued'));
  });

  it('that is sent again, byte by byte or anew, changes nothing', async () => {
    const xml = unauthorizedXml(app.keys, randomAppid());
    const push = makePush(app.keys, xml);
    for (const each of [push, push, makePush(app.keys, xml)]) expect(await send(app.base, each)).toEqual(SUCCESS);
    const rows = (await events()).filter((event) => event.kind === 'unauthorized');
    expect(rows).toHaveLength(1);
  });

  it('that the release before took under its own key is no second event; another user’s message with that MsgId is', async () => {
    const appid = randomAppid();
    const text = (user: string) => textXml('gh_former', 'hello', '7', user).replace(/<CreateTime>\d+/, '<CreateTime>1790000000');
    const xml = text('oUserA');
    const formerKey = hash(
      'sha256',
      JSON.stringify([app.keys.componentAppid, 'message.text', 'message', 'gh_former', '7']),
      'hex',
    );
    await app.query(
      `INSERT INTO f_wechat_event (component_appid, authorizer_appid, family, kind, dedupe_key, to_user_name, received_at, payload, state)
       VALUES (?, ?, 'authorizer', 'message.text', ?, 'gh_former', UTC_TIMESTAMP(3), ?, 'queued')`,
      [app.keys.componentAppid, appid, formerKey, app.secrets.seal(xml, BINDINGS.event(app.keys.componentAppid, formerKey))],
    );
    const count = async () => (await app.query('SELECT 1 FROM f_wechat_event WHERE authorizer_appid = ?', [appid])).length;
    expect(await send(app.base, makePush(app.keys, xml, { appid }))).toEqual(SUCCESS);
    expect(await count()).toBe(1);
    expect(await send(app.base, makePush(app.keys, text('oUserB'), { appid }))).toEqual(SUCCESS);
    expect(await count()).toBe(2);
  });

  it('of an old ticket is not put among the tickets', async () => {
    const before = await app.query('SELECT * FROM f_wechat_verifyticket');
    const then = Math.floor(Date.now() / 1_000) - 2 * 86_400;
    const push = makePush(app.keys, ticketXml(app.keys, 'ticket@@@old', then), { timestamp: then });
    expect(await send(app.base, push)).toEqual(SUCCESS);
    expect(await app.query('SELECT * FROM f_wechat_verifyticket')).toEqual(before);
    expect((await events()).filter((event) => event.state === 'stale')).toHaveLength(1);
  });

  it('kept as stale does not swallow the same push when WeChat signs it now', async () => {
    const appid = randomAppid();
    const xml = unauthorizedXml(app.keys, appid);
    const old = Math.floor(Date.now() / 1_000) - 400 * 86_400;
    expect(await send(app.base, makePush(app.keys, xml, { timestamp: old }))).toEqual(SUCCESS);
    const states = async () =>
      (await app.query<{ state: string }>('SELECT state FROM f_wechat_event WHERE authorizer_appid = ?', [appid])).map(
        ({ state }) => state,
      );
    expect(await states()).toEqual(['stale']);
    expect(await send(app.base, makePush(app.keys, xml))).toEqual(SUCCESS);
    await eventually('handed over', async () => (await states())[0] === 'queued');
    expect(await send(app.base, makePush(app.keys, xml, { timestamp: old }))).toEqual(SUCCESS);
    expect(await states()).toEqual(['queued']);
  });

  it('made with the previous key, the previous token or both is taken', async () => {
    for (const keys of [
      { ...app.keys, encodingAesKey: previous.encodingAesKey },
      { ...app.keys, pushToken: previous.pushToken },
      { ...previous, componentAppid: app.keys.componentAppid },
    ]) {
      expect(await send(app.base, makePush(keys, ticketXml(app.keys)))).toEqual(SUCCESS);
    }
  });

  it('for an account is stored under the path it came by, emoji and all', async () => {
    const appid = randomAppid();
    const push = makePush(app.keys, textXml('gh_aaaaaaaaaaaa', '𠮷野家 👩‍👩‍👧 <b>'), { appid, toUserName: 'gh_aaaaaaaaaaaa' });
    expect(await send(app.base, push)).toEqual(SUCCESS);
    const [row] = await app.query<{ dedupe_key: string; payload: string; family: string; kind: string; to_user_name: string }>(
      'SELECT * FROM f_wechat_event WHERE authorizer_appid = ?',
      [appid],
    );
    expect(row).toMatchObject({ family: 'authorizer', kind: 'message.text', to_user_name: 'gh_aaaaaaaaaaaa' });
    expect(app.secrets.open(row!.payload, BINDINGS.event(app.keys.componentAppid, row!.dedupe_key))).toContain(
      '𠮷野家 👩‍👩‍👧 <b>',
    );
  });

  it('about the component is about whom its content names, at either URL, whatever the path says', async () => {
    const [named, path] = [randomAppid(), randomAppid()];
    const xml = unauthorizedXml(app.keys, named);
    for (const push of [makePush(app.keys, xml, { appid: path }), makePush(app.keys, xml)])
      expect(await send(app.base, push)).toEqual(SUCCESS);
    const rows = await app.query('SELECT family, authorizer_appid FROM f_wechat_event WHERE authorizer_appid IN (?)', [
      [named, path],
    ]);
    expect(rows).toEqual([{ family: 'component', authorizer_appid: named }]);
  });

  it('that is sent again under the path of another account changes nothing', async () => {
    const [mine, other] = [randomAppid(), randomAppid()];
    const push = makePush(app.keys, textXml('gh_path', 'once'), { appid: mine });
    for (const appid of [mine, other])
      expect(await send(app.base, { ...push, path: push.path.replace(mine, appid) })).toEqual(SUCCESS);
    const rows = await app.query(`SELECT authorizer_appid FROM f_wechat_event WHERE to_user_name = 'gh_path'`);
    expect(rows).toEqual([{ authorizer_appid: mine }]);
  });

  it('of a kind nobody knows, or that is no XML inside, is acknowledged and kept', async () => {
    const strange = xmlOf({
      AppId: app.keys.componentAppid,
      CreateTime: 1_900_000_000,
      InfoType: `new_${'n'.repeat(200)}`,
      x: '😀',
    });
    expect(await send(app.base, makePush(app.keys, strange))).toEqual(SUCCESS);
    expect(await send(app.base, makePush(app.keys, '{"json":true}'))).toEqual(SUCCESS);
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><InfoType>&a;</InfoType></xml>';
    expect(await send(app.base, makePush(app.keys, bomb))).toEqual(SUCCESS);
    const incomplete = xmlOf({ AppId: app.keys.componentAppid, CreateTime: 1_900_000_001, InfoType: 'unauthorized' });
    expect(await send(app.base, makePush(app.keys, incomplete))).toEqual(SUCCESS);
    const huge = xmlOf({
      AppId: app.keys.componentAppid,
      CreateTime: 99_999_999_999_999,
      InfoType: 'unauthorized',
      AuthorizerAppid: 'wxa',
    });
    expect(await send(app.base, makePush(app.keys, huge))).toEqual(SUCCESS);
    const kinds = (await events()).map((event) => event.kind);
    expect(kinds.filter((kind) => kind === 'unreadable')).toHaveLength(1);
    expect(kinds).toContain(`new_${'n'.repeat(92)}`);
    const metrics = await (await request(`${app.management}/metrics`)).body.text();
    expect(metrics).toContain(`wxplane_push_events_total{component="${app.keys.componentAppid}",kind="unknown"} 3`);
    expect(metrics).toContain(`wxplane_push_events_total{component="${app.keys.componentAppid}",kind="unreadable"} 1`);
  });

  it.each([
    ['text/xml'],
    ['application/json'],
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data'],
    [null],
  ])('is taken with content type %s', async (type) => {
    expect(await send(app.base, makePush(app.keys, ticketXml(app.keys)), type)).toEqual(SUCCESS);
  });
});

describe('the vectors of real pushes', () => {
  const keys = {
    componentAppid: 'wxbbd3f07e2945cf2a',
    pushToken: 'senparc',
    encodingAesKey: '0123456789012345678901234567890123456789012',
  };
  const vector = (timestamp: string, nonce: string, signature: string, encrypted: string) => ({
    path: `/wechat/${keys.componentAppid}/events?timestamp=${timestamp}&nonce=${nonce}&encrypt_type=aes&msg_signature=${signature}`,
    body: `<xml><AppId><![CDATA[${keys.componentAppid}]]></AppId><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`,
  });
  const V3 = vector(
    '1436876197',
    '1879066412',
    '346f1ed0ed84e80342072f2b88e2f4f018b8c79d',
    '7d7R2gPF37VXWzQoveo4Ts2xG4iuOS3gwJ3kbc56PBL40BY6uHNjvlBrvaw3LqS4Th3Z93DIOjs7Yhlv8YW72oh1ARDuR0aXUTySTXQ8CWJWVz7VNWruFT25hfGBOnPlNW1GJyV5l8LLoIIasaiWJbteqEfgCW7ehwL8F7kTNClFaiFrS7AzlK6DMR4gMBdL0b0mfpfp8bfEkPmEcy/ARQiQBTwXz/NhxBvHTFGtKIv3VYR+ZztzoV1wVc/nXBg/FhvW7fzQRsqbCBZ2gegRwfz5j10HPB5rfjaZjO4fvEsx8V2/rTICtcUxkMV1GO5cgbasw/FEIDCH2NAUl/ht0w==',
  );
  const V4 = vector(
    '1436881222',
    '296318614',
    '066523677e42a15c64a725ba0058cd7651174624',
    '/RWeOUN4J839ynYH960Duj2k0WwvSfwq2dBFQ1NG78v9CZKbiCk5F8Fq/RGV0oFALoy+2L7KDe+1EbitZK7T4KtHMxntcEeQDxhWGdbeyTYJStcl7pudKA/ltfPP2nDbMrvmdl6JAX/XY4El0XEaYMrxegU3B1aUMZJ1GDjz9pIFv5+DPWj2mf7mhwIKcJSfeMctifS5UyJHKmIM+gnPQjtcKsVdnjaLckEScUsKKTygeG9IOtWFfE720W6g5UfOg3yxPFCUrqjWKRTue7g0yT0vQyb0L5cODKh1bCjIRcgikJsRVo3tAX1QO/CrHzKEEDqaD3Rx1hRkvRl/2KQlFd/DkhOzWp1LmpsCZQiNj0Fdc41aVleaFrwUQ8svg9Wt2iJLDhdqlz1Us2Pb6Ayx3dJLhXtb4ynJGsPFq0N8RrCuLgU391BpAiga5JBcjzS50pfvBBEEPQDyAE7znPphrA==',
  );

  it('V3 and V4 are taken and, ten years old, not acted on', async () => {
    const real = await startIngestion({ keys });
    try {
      expect(await send(real.base, V3)).toEqual(SUCCESS);
      expect(await send(real.base, V4)).toEqual(SUCCESS);
      const rows = await real.query('SELECT kind, authorizer_appid, state FROM f_wechat_event ORDER BY event_id');
      expect(rows).toEqual([
        { kind: 'unauthorized', authorizer_appid: 'wx570bc396a51b8ff8', state: 'stale' },
        { kind: 'component_verify_ticket', authorizer_appid: null, state: 'stale' },
      ]);
      expect(await real.query('SELECT * FROM f_wechat_verifyticket')).toEqual([]);
    } finally {
      await real.stop();
    }
  });
});

describe('what is refused', () => {
  const good = () => makePush(app.keys, ticketXml(app.keys));
  const refused = async (push: { path: string; body: string }, status: number, text: string) => {
    const before = (await events()).length;
    expect(await send(app.base, push)).toEqual({ status, type: 'text/plain; charset=utf-8', text });
    expect((await events()).length).toBe(before);
  };

  it('a wrong or missing msg_signature', async () => {
    const { path, body } = good();
    await refused({ path: path.replace(/msg_signature=../, 'msg_signature=zz'), body }, 401, 'refused: signature');
    await refused({ path: path.replace(/&msg_signature=.*/, ''), body }, 401, 'refused: signature');
    await refused({ path: `${path}&nonce=2`, body }, 401, 'refused: signature');
  });

  it('another body under an intact signature', async () => {
    await refused({ path: good().path, body: good().body }, 401, 'refused: signature');
  });

  it('plain text although encryption is on, and no Encrypt', async () => {
    await refused({ path: good().path, body: ticketXml(app.keys) }, 400, 'refused: envelope');
    await refused({ path: good().path, body: '' }, 400, 'refused: envelope');
    await refused({ path: good().path, body: '<!DOCTYPE x><xml><Encrypt>a</Encrypt></xml>' }, 400, 'refused: envelope');
  });

  it('a right signature around the content of another component', async () => {
    await refused(makePush(app.keys, ticketXml(app.keys), { tail: randomAppid() }), 400, 'refused: appid');
  });

  it('a key that is not ours', async () => {
    const { status } = await send(
      app.base,
      makePush({ ...app.keys, encodingAesKey: newPushKeys().encodingAesKey }, ticketXml(app.keys)),
    );
    expect(status).toBe(400);
  });

  it('a component we do not serve, an address that is none, and a body without end', async () => {
    await refused(makePush(newPushKeys(), ticketXml(app.keys)), 404, 'no such component');
    await refused({ path: `/wechat/${app.keys.componentAppid}/nothing`, body: 'x' }, 404, 'no such address');
    await refused({ path: good().path, body: 'x'.repeat(300_000) }, 413, 'refused: too-large');
  });
});

describe('what is not quite XML, or is JSON', () => {
  const contentOf = async (appid: string) => {
    const key = await app.client(['events:read']);
    const list = await api<{ items: { event_id: string; kind: string; note: string | null }[] }>(
      app,
      key,
      'GET',
      `/v1/events?authorizer_appid=${appid}`,
    );
    const { body } = await api(app, key, 'GET', `/v1/events/${list.body.items[0]!.event_id}`);
    return body;
  };
  const now = () => Math.floor(Date.now() / 1_000);
  const bell = String.fromCharCode(7);

  it('unknown entities, attributes, comments and control characters do not make an audit result unreadable', async () => {
    const appid = randomAppid();
    const xml = `<xml><!-- a --><ToUserName a="b">gh_${appid}</ToUserName><FromUserName>oSYSTEM</FromUserName><CreateTime>${now()}</CreateTime><MsgType>event</MsgType><Event>weapp_audit_fail</Event><Reason>1:name&nbsp;not${bell} allowed &copy; see page&#160;2</Reason><FailTime>${now()}</FailTime><ScreenShot></ScreenShot></xml>`;
    expect(await send(app.base, makePush(app.keys, xml, { appid, toUserName: `gh_${appid}` }))).toEqual(SUCCESS);
    expect(await contentOf(appid)).toMatchObject({
      kind: 'weapp_audit_fail',
      content: { Reason: `1:name&nbsp;not${bell} allowed &copy; see page\u00a02` },
    });
  });

  it('a bare < and HTML outside of CDATA are part of the reason', async () => {
    const appid = randomAppid();
    const xml = `<xml><ToUserName>gh_${appid}</ToUserName><FromUserName>oSYSTEM</FromUserName><CreateTime>${now()}</CreateTime><MsgType>event</MsgType><Event>weapp_audit_fail</Event><Reason>1: age < 18<br>2: see <a href="https://x.example/">the rules</a></Reason><FailTime>${now()}</FailTime><ScreenShot></ScreenShot></xml>`;
    expect(await send(app.base, makePush(app.keys, xml, { appid, toUserName: `gh_${appid}` }))).toEqual(SUCCESS);
    expect(await contentOf(appid)).toMatchObject({
      kind: 'weapp_audit_fail',
      content: { Reason: '1: age < 18<br>2: see <a href="https://x.example/">the rules</a>' },
    });
  });

  it('control characters in CDATA beside a bracket are content', async () => {
    const appid = randomAppid();
    const xml = textXml(`gh_${appid}`, `a \u001e]c\u0010 ] end`);
    expect(await send(app.base, makePush(app.keys, xml, { appid, toUserName: `gh_${appid}` }))).toEqual(SUCCESS);
    expect(await contentOf(appid)).toMatchObject({ kind: 'message.text', content: { Content: 'a \u001e]c\u0010 ] end' } });
  });

  it.each(['json', undefined] as const)(
    'a JSON push (envelope: %s) is an event like any other, with all digits of its MsgId',
    async (format) => {
      const appid = randomAppid();
      const message = `{"ToUserName":"gh_${appid}","FromUserName":"oUSER","CreateTime":${now()},"MsgType":"text","Content":"js${bell}on","MsgId":22211872600753513}`;
      const push = makePush(app.keys, message, { appid, toUserName: `gh_${appid}`, ...(format ? { format } : {}) });
      for (const each of [push, push]) expect(await send(app.base, each, 'application/json')).toEqual(SUCCESS);
      expect(await contentOf(appid)).toMatchObject({
        kind: 'message.text',
        note: null,
        content: { Content: `js${bell}on`, MsgId: '22211872600753513', ToUserName: `gh_${appid}` },
      });
      expect(await app.query('SELECT 1 FROM f_wechat_event WHERE authorizer_appid = ?', [appid])).toHaveLength(1);
    },
  );

  it("a component's own event in JSON is acted on: a ticket gets its row", async () => {
    const ticket = `ticket@@@${'J'.repeat(80)}`;
    const content = {
      AppId: app.keys.componentAppid,
      CreateTime: now(),
      InfoType: 'component_verify_ticket',
      ComponentVerifyTicket: ticket,
    };
    expect(await send(app.base, makePush(app.keys, JSON.stringify(content), { format: 'json' }))).toEqual(SUCCESS);
    const rows = await app.query<{ component_verify_ticket: string; pushed_at: Date }>(
      'SELECT component_verify_ticket, pushed_at FROM f_wechat_verifyticket',
    );
    expect(
      rows.map((row) => app.secrets.open(row.component_verify_ticket, BINDINGS.ticket(app.keys.componentAppid, row.pushed_at))),
    ).toContain(ticket);
  });

  it.each([
    [
      'XML',
      '<xml><ToUserName>gh_1</ToUserName><Reason>a < b</Reason><AuthorizationCode><![CDATA[queryauthcode@@@s3cret]]></AuthorizationCode><auth_code>s3cret2',
      /^<xml>.*<Reason>a < b/,
    ],
    [
      'JSON',
      '{"ToUserName":"gh_1","Reason":"cut","AuthorizationCode":"s3cret","ticket" : "s3cret2',
      /^\{"ToUserName":"gh_1","Reason":"cut"/,
    ],
  ])('what cannot be read (%s) is kept, and shown raw, without its codes, to who may see content', async (_, content, raw) => {
    const appid = randomAppid();
    expect(await send(app.base, makePush(app.keys, content, { appid }))).toEqual(SUCCESS);
    const shown = await contentOf(appid);
    expect(shown).toMatchObject({
      kind: 'unreadable',
      content: null,
      raw: expect.stringMatching(raw),
      note: expect.stringContaining('cannot be read'),
    });
    expect(JSON.stringify(shown)).not.toContain('s3cret');
    const other = await app.client(['subscriptions:write']);
    const { body } = await api(app, other, 'GET', `/v1/events/${shown['event_id']}`);
    expect(body).not.toHaveProperty('raw');
    const [seen] = await app.query<{ n: string }>(`SELECT COUNT(*) AS n FROM f_wechat_event WHERE event_id = ?`, [
      shown['event_id'],
    ]);
    expect(Number(seen!.n)).toBe(1);
  });
});

describe('what strangers send to the addresses of WeChat', () => {
  /** Sends bytes as they are; gives all that comes back until the other side closes. */
  const exchange = (bytes: string) =>
    new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(Number(new URL(app.base).port), '127.0.0.1', () => socket.write(bytes, 'latin1'));
      socket.on('data', (part) => {
        text += part.toString('latin1');
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(text));
    });
  const counted = async () => {
    const text = await (await request(`${app.management}/metrics`)).body.text();
    const figures = [...text.matchAll(/^(?:wxplane_pushes_total|wxplane_http_refused_total)\{.*\} (\d+)$/gm)];
    return figures.reduce((sum, [, value]) => sum + Number(value), 0);
  };

  it.each([
    ['a broken percent sign', 'POST /wechat/%zz/events'],
    ['a double slash at the front', 'POST //wechat/wx/events'],
    ['a double slash within', 'POST /wechat//wx/events'],
    ['a trailing slash', 'POST /wechat/wx/events/'],
    ['another case', 'POST /WeChat/wx/events'],
    ['the folder', 'GET /wechat'],
    ['an unknown path', 'POST /wechat/wx/nothing'],
    ['an unknown path in absolute-form', 'POST http://wxplane.example/wechat/wx/nothing'],
    ['a very long address', `POST /wechat/${'x'.repeat(8_000)}/events`],
    ["a method that is not WeChat's", 'DELETE /wechat/wx/events'],
    ['a method nobody knows', 'PROPFIND /wechat/wx/events'],
    ['a GET probe for nobody', 'GET /wechat/wx/events?echostr=1'],
    ['CONNECT', 'CONNECT wechat:443'],
  ])('%s is answered in plain text, and counted', async (_, line) => {
    const before = await counted();
    const answer = await exchange(`${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d [\s\S]*content-type: text\/plain; charset=utf-8\r\n[\s\S]*\r\n\r\n[\w :-]+$/);
    expect(await counted()).toBe(before + 1);
  });

  it('a push whose address is in absolute-form is a push', async () => {
    const { path, body } = makePush(app.keys, ticketXml(app.keys));
    const answer = await exchange(
      `POST http://wxplane.example${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\nsuccess$/);
  });

  it('a body that is too large is counted', async () => {
    const before = await counted();
    await send(app.base, { path: makePush(app.keys, '').path, body: 'x'.repeat(300_000) });
    expect(await counted()).toBe(before + 1);
  });
});

describe('the GET probe', () => {
  it('is answered with echostr when signed, and refused otherwise', async () => {
    const { path } = makePush(app.keys, ticketXml(app.keys));
    const get = async (url: string) => {
      const response = await request(`${app.base}${url}`);
      return { status: response.statusCode, text: await response.body.text() };
    };
    expect(await get(`${path}&echostr=4375120948345356249`)).toEqual({ status: 200, text: '4375120948345356249' });
    expect(await get(`${path.replace(/signature=../, 'signature=00')}&echostr=1`)).toEqual({
      status: 401,
      text: 'refused: signature',
    });
    expect(await get(path)).toMatchObject({ status: 401 });
  });
});

it('hands over only what consumers want, once', async () => {
  await eventually('all are handed over', async () => (await events()).every((event) => event.state !== 'received'));
  const rows = await app.query<{ event_id: string }>(
    `SELECT event_id FROM f_wechat_event WHERE state = 'queued' AND kind IN ('unauthorized', 'weapp_audit_fail')`,
  );
  expect((await jobs('release.events')).length).toBe(rows.length);
  await app.service.app.get((await import('../dispatch/dispatcher.service.js')).Dispatcher).handOver();
  expect((await jobs('release.events')).length).toBe(rows.length);
});
