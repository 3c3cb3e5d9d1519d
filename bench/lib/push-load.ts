import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { encrypt, getSignature } from '@wecom/crypto';

/*
 * A load of pushes, each one new, made before the clock starts by a package that is not ours. Raw sockets, one push at a time per socket.
 * Runs as a process of its own: a plan as JSON on standard input, the result as JSON on standard output.
 */

export interface PushPlan {
  readonly port: number;
  readonly connections: number;
  /** Until then, or until all pushes are sent. */
  readonly seconds: number;
  readonly pushes: number;
  readonly componentAppid: string;
  readonly pushToken: string;
  readonly encodingAesKey: string;
}

export interface PushResult {
  readonly acknowledged: number;
  readonly failures: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

const END = Buffer.from('\r\n\r\n');
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

function run(plan: PushPlan): Promise<PushResult> {
  const pushes = make(plan);
  const startedAt = performance.now();
  const until = startedAt + plan.seconds * 1_000;
  const latencies: number[] = [];
  let sent = 0;
  let failures = 0;

  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket: Socket = connect(plan.port, '127.0.0.1');
      socket.setNoDelay(true);
      let pending = Buffer.alloc(0);
      let sentAt = 0;
      const next = () => {
        if (sent >= pushes.length || performance.now() >= until) {
          socket.destroy();
          resolve();
          return;
        }
        sentAt = performance.now();
        socket.write(pushes[sent++]!);
      };
      socket.on('connect', next);
      socket.on('error', reject);
      socket.on('data', (data) => {
        pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
        const head = pending.indexOf(END);
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(pending.toString('latin1', 0, head))?.[1] ?? 0);
        if (pending.length < head + 4 + length) return;
        latencies.push(performance.now() - sentAt);
        if (!pending.subarray(head + 4).equals(SUCCESS)) failures += 1;
        pending = Buffer.alloc(0);
        next();
      });
    });

  return Promise.all(Array.from({ length: plan.connections }, one)).then(() => {
    const seconds = (performance.now() - startedAt) / 1_000;
    latencies.sort((a, b) => a - b);
    const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
    const acknowledged = latencies.length - failures;
    return { acknowledged, failures, seconds, perSecond: acknowledged / seconds, p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
  });
}

let input = '';
for await (const chunk of process.stdin) input += chunk;
process.stdout.write(JSON.stringify(await run(JSON.parse(input) as PushPlan)));
