import { randomInt } from 'node:crypto';
import { encrypt, getSignature } from '@wecom/crypto';
import { answerPlan, type Exchanged, exchange, type SocketPlan } from './sockets.ts';

/* A load of pushes, each one new, made before the clock starts by a package that is not ours; a process of its own: see sockets.ts. */

export interface PushPlan extends SocketPlan {
  readonly pushes: number;
  readonly componentAppid: string;
  readonly pushToken: string;
  readonly encodingAesKey: string;
}

export interface PushResult extends Omit<Exchanged, 'answers'> {
  readonly acknowledged: number;
  readonly perSecond: number;
}

const SUCCESS = Buffer.from('success');

/** What a platform gets in a day: mostly what users write, some audits and ends of authorizations, now and then a ticket. */
function content(index: number, componentAppid: string, now: number): { xml: string; appid: string | undefined } {
  const unique = `${now}${String(index).padStart(9, '0')}`;
  const appid = `wx${(index % 500).toString(16).padStart(16, '0')}`;
  if (index % 1_000 === 0)
    return {
      appid: undefined,
      xml: `<xml><AppId><![CDATA[${componentAppid}]]></AppId><CreateTime>${now}</CreateTime><InfoType><![CDATA[component_verify_ticket]]></InfoType><ComponentVerifyTicket><![CDATA[ticket@@@${unique.padEnd(80, 'x')}]]></ComponentVerifyTicket></xml>`,
    };
  if (index % 20 === 1)
    return {
      appid,
      xml: `<xml><ToUserName><![CDATA[gh_${appid.slice(-12)}]]></ToUserName><FromUserName><![CDATA[oSystem]]></FromUserName><CreateTime>${now}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[weapp_audit_success]]></Event><SuccTime>${index}</SuccTime></xml>`,
    };
  return {
    appid,
    xml: `<xml><ToUserName><![CDATA[gh_${appid.slice(-12)}]]></ToUserName><FromUserName><![CDATA[oUser${index}]]></FromUserName><CreateTime>${now}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[请问还有货吗？ ${unique}]]></Content><MsgId>${unique}</MsgId></xml>`,
  };
}

function make(plan: PushPlan): Buffer[] {
  const now = Math.floor(Date.now() / 1_000);
  const salt = randomInt(1_000_000);
  return Array.from({ length: plan.pushes }, (_, index) => {
    const { xml, appid } = content(salt * 1_000 + index, plan.componentAppid, now);
    const encrypted = encrypt(plan.encodingAesKey, xml, plan.componentAppid);
    const nonce = String(randomInt(1_000_000_000));
    const signature = getSignature(plan.pushToken, String(now), nonce, encrypted);
    const first = appid
      ? `<ToUserName><![CDATA[gh_${appid.slice(-12)}]]></ToUserName>`
      : `<AppId><![CDATA[${plan.componentAppid}]]></AppId>`;
    const body = `<xml>\n    ${first}\n    <Encrypt><![CDATA[${encrypted}]]></Encrypt>\n</xml>`;
    const path = `/wechat/${plan.componentAppid}/${appid ? `${appid}/messages` : 'events'}?signature=${signature}&timestamp=${now}&nonce=${nonce}&encrypt_type=aes&msg_signature=${signature}`;
    return Buffer.from(
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/xml\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}

async function run(plan: PushPlan): Promise<PushResult> {
  const pushes = make(plan);
  let sent = 0;
  const { answers, ...result } = await exchange(
    plan,
    () => pushes[sent++],
    (_head, body) => body.equals(SUCCESS),
  );
  const acknowledged = answers - result.failures;
  return { ...result, acknowledged, perSecond: acknowledged / result.seconds };
}

if (import.meta.filename === process.argv[1]) await answerPlan(run);
