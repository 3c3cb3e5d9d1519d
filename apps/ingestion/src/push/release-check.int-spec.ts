import { decrypt, getSignature } from '@wecom/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RELEASE_CHECK_PAIRS } from '#wechat';
import { Receiver } from '../../testing/receiver.js';
import { api, eventually, type Running, startIngestion } from '../../testing/running.js';
import { type Answer, eventXml, makePush, randomAppid, SUCCESS, send, textXml, unauthorizedXml } from '../../testing/wechat.js';

let app: Running;
/** Answers the messages of every account of the component, but never those of the check. */
let replier: Receiver;
beforeAll(async () => {
  replier = await Receiver.start();
  replier.answer = (_, response) => void response.end(JSON.stringify({ reply: { type: 'text', content: 'hello' } }));
  app = await startIngestion({ env: { SUBSCRIBER_ALLOWED_CIDRS: '127.0.0.1/32', SUBSCRIBER_ALLOW_HTTP: 'true' } });
  const wish = { name: 'bot', url: replier.url, kinds: ['*'], component_appid: app.keys.componentAppid, replier: true };
  const key = await app.client(['subscriptions:write']);
  expect((await api(app, key, 'POST', '/v1/subscriptions', wish)).status).toBe(201);
  const user = () => send(app.base, makePush(app.keys, textXml('gh_a', 'hi'), { appid: randomAppid() }));
  await eventually('the replier answers users', async () => (await user()).type.startsWith('application/xml'));
  replier.got.length = 0;
});
afterAll(async () => {
  expect(replier.got).toEqual([]);
  await app?.stop();
  await replier.stop();
});

const field = (xml: string, name: string) =>
  new RegExp(`<${name}>(?:<!\\[CDATA\\[)?(.*?)(?:\\]\\]>)?</${name}>`).exec(xml)?.[1] ?? '';

/** Reads an encrypted reply as WeChat does, with a package that is not ours. */
function open(answer: Answer): string {
  const encrypted = field(answer.text, 'Encrypt');
  const { pushToken, encodingAesKey, componentAppid } = app.keys;
  expect(field(answer.text, 'MsgSignature')).toBe(
    getSignature(pushToken, field(answer.text, 'TimeStamp'), field(answer.text, 'Nonce'), encrypted),
  );
  const { message, id } = decrypt(encodingAesKey, encrypted);
  expect(id).toBe(componentAppid);
  return message;
}

describe.each(RELEASE_CHECK_PAIRS.map((pair, index) => ({ ...pair, group: index + 1 })))(
  'group $group',
  ({ officialAccount, miniProgram }) => {
    const text = (account: { appid: string; userName: string }, content: string) =>
      send(app.base, makePush(app.keys, textXml(account.userName, content, undefined, 'oTester'), { appid: account.appid }));

    it('case 2: the passive text', async () => {
      const reply = open(await text(officialAccount, 'TESTCOMPONENT_MSG_TYPE_TEXT'));
      expect(['ToUserName', 'FromUserName', 'MsgType', 'Content'].map((name) => field(reply, name))).toEqual([
        'oTester',
        officialAccount.userName,
        'text',
        'TESTCOMPONENT_MSG_TYPE_TEXT_callback',
      ]);
    });

    it.each([['officialAccount'], ['miniProgram']] as const)(
      'cases 3 and 4: the code of %s goes to the broker, by the event’s id',
      async (which) => {
        const account = { officialAccount, miniProgram }[which];
        expect(await text(account, 'QUERY_AUTH_CODE:queryauthcode@@@abc')).toEqual(SUCCESS);
        const [row] = await app.query<{ event_id: string }>(
          'SELECT event_id FROM f_wechat_event WHERE authorizer_appid = ? ORDER BY event_id DESC LIMIT 1',
          [account.appid],
        );
        const data = await eventually('the job', async () =>
          (await app.redis.hgetall(`{wxplane}:broker.commands:event-${row!.event_id}`))['name']
            ? app.redis.hgetall(`{wxplane}:broker.commands:event-${row!.event_id}`)
            : undefined,
        );
        expect(data).toMatchObject({ name: 'release-check-reply', data: JSON.stringify({ eventId: row!.event_id }) });
      },
    );

    it('case 5: the passive answer to an event', async () => {
      const push = makePush(app.keys, eventXml(officialAccount.userName, 'LOCATION', { Latitude: 1 }), {
        appid: officialAccount.appid,
      });
      expect(field(open(await send(app.base, push)), 'Content')).toBe('LOCATIONfrom_callback');
    });

    it('case 6: the end of the authorization touches no tenant', async () => {
      expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, officialAccount.appid)))).toEqual(SUCCESS);
      await eventually('handed over', async () => {
        const rows = await app.query<{ state: string; route: string }>(
          `SELECT state, route FROM f_wechat_event WHERE authorizer_appid = ? AND kind = 'unauthorized'`,
          [officialAccount.appid],
        );
        return rows.every(({ state, route }) => state === 'queued' && route === 'release-check');
      });
      expect(await app.redis.keys('{wxplane}:*.events:event-*')).toEqual([]);
    });
  },
);
