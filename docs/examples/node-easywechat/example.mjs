// Calls of a mini program, of an official account and of the component itself, with tokens of the broker.

import { MiniApp, OfficialAccount } from 'node-easywechat';
import { BrokerAccessToken } from './broker-access-token.mjs';

// biome-ignore lint/style/noProcessEnv: an example that stands on its own
const env = process.env;
const broker = { brokerUrl: env.BROKER_URL, clientKey: env.BROKER_CLIENT_KEY, component: env.COMPONENT_APPID };
/** Not set: WeChat itself. */
const wechat = env.WECHAT_URL;

function account(Application, appid, authorizer) {
  const app = new Application({
    app_id: appid,
    secret: 'the broker has it',
    // The SDK throws away what WeChat refuses, errcode and rid with it; `call` looks at the answer.
    http: { throw: false, ...(wechat ? { baseURL: `${wechat}/` } : {}) },
  });
  const token = new BrokerAccessToken({ ...broker, authorizer });
  app.setAccessToken(token);
  return { token, client: app.getClient() };
}

const mini = account(MiniApp, env.MINI_PROGRAM_APPID, env.MINI_PROGRAM_APPID);
const official = account(OfficialAccount, env.OFFICIAL_ACCOUNT_APPID, env.OFFICIAL_ACCOUNT_APPID);
const component = account(OfficialAccount, env.COMPONENT_APPID, undefined);

const picture = { json: { scene: 'a=1', check_path: false }, responseType: 'arraybuffer' };
const code = () => mini.token.call(() => mini.client.post('wxa/getwxacodeunlimit', picture));
const templates = () => component.token.call(() => component.client.get('wxa/gettemplatelist'));

/** The sandbox takes back the token that is in use. */
async function spoil(whose) {
  const body = JSON.stringify({ component_appid: broker.component, how: 'kill', ...whose });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${wechat}/_control/tokens/expire`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`the sandbox answers ${response.status}`);
}

const bytes = (answer) => `${answer.getContent(false).length} bytes`;
const follower = await official.token.call(() => official.client.get('cgi-bin/user/info', { params: { openid: 'oExample1' } }));

console.log(`a mini program's code: ${bytes(await code())}`);
console.log(`a follower: ${follower.toObject().openid}`);
console.log(`templates of the component: ${(await templates()).toObject().template_list.length}`);
if (wechat) {
  await spoil({ authorizer_appid: env.MINI_PROGRAM_APPID });
  console.log(`after its token was refused: ${bytes(await code())}`);
  await spoil({});
  const { template_list: list } = (await templates()).toObject();
  console.log(`after the component's token was refused: ${list.length} templates`);
}
const refused = await component.token.call(() => component.client.post('wxa/deletetemplate', { json: { template_id: 987654 } }));
const { errcode, errmsg } = refused.toObject();
console.log(`a refused call: ${errcode} ${errmsg}`);
