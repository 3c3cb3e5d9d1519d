import { randomBytes, randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { Pool, request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, type Running, startIngestion } from '../../testing/running.js';
import {
  encryptBytes,
  type MadePush,
  makePush,
  randomAppid,
  SUCCESS,
  send,
  signPush,
  textXml,
  ticketXml,
  unauthorizedXml,
} from '../../testing/wechat.js';

const BODIES = 10_000;

let app: Running;
beforeAll(async () => {
  app = await startIngestion();
});
afterAll(() => app?.stop());

/** Ways to spoil a push on its way; each gives another body (and sometimes another query). None is WeChat's any more. */
const SPOILERS: readonly ((body: Buffer, path: string) => { body: Buffer; path?: string })[] = [
  (body) => ({ body: body.subarray(0, randomInt(body.length)) }),
  (body) => ({ body: flip(body, 1 + randomInt(8)) }),
  (body) => ({ body: Buffer.concat([body, randomBytes(randomInt(200))]) }),
  () => ({ body: randomBytes(randomInt(2_000)) }),
  (body) => ({ body: replace(body, /CDATA\[(.*?)\]/, () => `CDATA[${randomBytes(randomInt(300)).toString('base64')}]`) }),
  (body) => ({ body: replace(body, /<Encrypt>.*<\/Encrypt>/s, () => '') }),
  (body) => ({ body: replace(body, /<xml>/, () => `<xml>${'<a>'.repeat(randomInt(3_000))}`) }),
  (body) => ({ body: replace(body, /^/, () => '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>') }),
  (body) => ({
    body: replace(
      body,
      /<xml>/,
      () => `<xml><__proto__>1</__proto__><constructor>1</constructor><n>${'9'.repeat(randomInt(500))}</n>`,
    ),
  }),
  (body) => ({ body: Buffer.from(body.toString(), 'utf16le') }),
  (body) => ({ body: replace(body, /<AppId>.*<\/AppId>/s, () => `<AppId>${randomAppid()}</AppId>`) }),
  (body) => ({ body: Buffer.concat([body, body]) }),
  (body) => ({ body: Buffer.from(JSON.stringify({ Encrypt: body.toString('base64') })) }),
  () => ({ body: Buffer.from(`{"Encrypt":${'['.repeat(randomInt(100_000))}`) }),
  (body) => ({
    body: Buffer.from(`\uFEFF{"__proto__":{"Encrypt":1},"AppId":"${randomAppid()}","Encrypt":"${ciphertextOf(body)}"}`),
  }),
  (body) => ({
    body: flip(Buffer.from(JSON.stringify({ Encrypt: `${ciphertextOf(body).slice(0, -4)}AAAA` })), 1 + randomInt(8)),
  }),
  (body) => ({ body: Buffer.from(`{"Encrypt":["${ciphertextOf(body)}"],"a":${'{"a":'.repeat(randomInt(3_000))}`) }),
  (body, path) => ({ body, path: path.replace(/timestamp=\d+/, () => `timestamp=${'9'.repeat(randomInt(40))}`) }),
  (body, path) => ({
    body,
    path: path.replace(/nonce=\d+/, () => `nonce=${encodeURIComponent(randomBytes(randomInt(300)).toString('latin1'))}`),
  }),
  (body, path) => ({ body, path: path.replace(/msg_signature=\w+/, () => `msg_signature=${randomBytes(20).toString('hex')}`) }),
  (body, path) => ({ body, path: `${path}&msg_signature=x&timestamp=1&__proto__[x]=1` }),
];

const ciphertextOf = (body: Buffer) => /<Encrypt><!\[CDATA\[(.*?)\]/.exec(body.toString())?.[1] ?? '';
const jsonText = () =>
  `{"ToUserName":"gh_fuzz","FromUserName":"oUser","CreateTime":${1_764_500_000 + randomInt(1_000_000)},"MsgType":"text","Content":"json","MsgId":${randomInt(2 ** 47)}}`;

function flip(body: Buffer, bits: number): Buffer {
  const copy = Buffer.from(body);
  for (let index = 0; index < bits; index += 1) {
    const at = randomInt(copy.length);
    copy[at] = copy[at]! ^ (1 << randomInt(8));
  }
  return copy;
}

/** Content that no parser should be given, under a right signature: it is kept, and answered like any other. */
const CONTENTS: readonly ((xml: Buffer) => Buffer)[] = [
  (xml) => xml.subarray(0, randomInt(xml.length)),
  (xml) => flip(xml, 1 + randomInt(8)),
  () => randomBytes(randomInt(2_000)),
  (xml) => Buffer.concat([xml, xml]),
  (xml) => Buffer.from(xml.toString(), 'utf16le'),
  (xml) => replace(xml, /<xml>/, () => `<xml>${'<a>'.repeat(randomInt(3_000))}`),
  (xml) => replace(xml, /<xml>/, () => `<xml>${'<a/>'.repeat(randomInt(3_000))}`),
  (xml) => replace(xml, /^/, () => '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'),
  (xml) => replace(xml, /<xml>/, () => `<xml><__proto__>1</__proto__><constructor>${randomInt(1_000_000)}</constructor>`),
  (xml) => replace(xml, /<xml>/, () => `<xml><toString>${randomInt(1_000_000)}</toString><toString/>`),
  (xml) => replace(xml, /<CreateTime>.*?<\/CreateTime>/, () => `<CreateTime>${'9'.repeat(randomInt(500))}</CreateTime>`),
  (xml) => replace(xml, /CDATA\[(.*?)\]/, () => `CDATA[\u0000${String.fromCodePoint(1 + randomInt(0xd7fe))}]]><![CDATA[ ]`),
  (xml) => replace(xml, /<(InfoType|Event)>.*?</, () => `<$1>${randomBytes(randomInt(200)).toString('latin1')}<`),
  (xml) => Buffer.from(JSON.stringify({ xml: xml.toString() })),
  () => Buffer.from(jsonText()).subarray(0, randomInt(100)),
  () => flip(Buffer.from(jsonText()), 1 + randomInt(8)),
  () => Buffer.from(`{"MsgType":${'['.repeat(randomInt(50_000))}`),
  () => Buffer.from(`{"MsgType":"text","l":${'['.repeat(9)}${'{"a":1},'.repeat(randomInt(5_000))}{}${']'.repeat(9)}}`),
  () =>
    replace(
      Buffer.from(jsonText()),
      /"MsgType"/,
      () => `"__proto__":{"x":1},"constructor":${'9'.repeat(randomInt(500))},"MsgType"`,
    ),
  () => replace(Buffer.from(jsonText()), /json/, () => randomBytes(randomInt(200)).toString('latin1')),
  () => Buffer.alloc(0),
];

/** What WeChat encrypts: random, length, message, tail, padding. */
function frame(message: Buffer, { length = message.length, tail = app.keys.componentAppid, pad = -1 } = {}): Buffer {
  const head = randomBytes(20);
  head.writeUInt32BE(length, 16);
  const used = Buffer.concat([head, message, Buffer.from(tail)]);
  const padding = 32 - (used.length % 32);
  return Buffer.concat([used, Buffer.alloc(padding, pad < 0 ? padding : pad)]);
}

/** Ciphertexts that are wrong inside, under a right signature. */
const FRAMES: readonly ((xml: Buffer) => string)[] = [
  (xml) => encryptBytes(app.keys, frame(xml, { length: xml.length + 100 + randomInt(2 ** 31) })),
  (xml) => encryptBytes(app.keys, frame(xml, { length: randomInt(xml.length) })),
  (xml) => encryptBytes(app.keys, frame(xml, { tail: randomAppid() })),
  (xml) => encryptBytes(app.keys, frame(xml, { pad: [0, 33 + randomInt(200)][randomInt(2)]! })),
  () => encryptBytes(app.keys, randomBytes(16 * (1 + randomInt(20)))),
  (xml) => encryptBytes(app.keys, frame(xml)).slice(0, -4 * (1 + randomInt(3))),
  (xml) => encryptBytes(app.keys, frame(xml)).replaceAll(/[0-9]/g, '*'),
];

/** A push that only WeChat could have signed, and that no WeChat would send. */
function signedNonsense(index: number): MadePush {
  const account = index % 2 ? { appid: randomAppid() } : {};
  const xml = Buffer.from(index % 2 ? textXml('gh_fuzz', '好😀') : unauthorizedXml(app.keys, randomAppid()));
  const way = (index >> 1) % (CONTENTS.length + FRAMES.length);
  const encrypted =
    way < CONTENTS.length ? encryptBytes(app.keys, frame(CONTENTS[way]!(xml))) : FRAMES[way - CONTENTS.length]!(xml);
  return signPush(app.keys, encrypted, account);
}
const replace = (body: Buffer, what: RegExp, by: () => string) => Buffer.from(body.toString().replace(what, by));

const TAKEN = '200 text/plain; charset=utf-8 success';
const REFUSED = /^(400|401|413) text\/plain; charset=utf-8 refused: [a-z0-9 -]+$/;

it(`${BODIES.toLocaleString('en')} malformed pushes: always a short plain answer, no memory kept; of what is not signed nothing is stored`, async () => {
  const original = makePush(app.keys, ticketXml(app.keys));
  const { answers: unsigned, used } = await sendAll(BODIES / 2, (index) => {
    const spoiled = SPOILERS[index % SPOILERS.length]!(Buffer.from(original.body), original.path);
    const unchanged = spoiled.body.equals(Buffer.from(original.body)) && !spoiled.path;
    return unchanged ? undefined : { path: spoiled.path ?? original.path, body: spoiled.body };
  });
  const wrong = [...unsigned.keys()].filter((answer) => !REFUSED.test(answer));
  // A flipped bit may fall on layout or on the unsigned AppId, and then the push is still WeChat's: that is its repetition.
  expect(wrong.filter((answer) => answer !== TAKEN)).toEqual([]);
  expect((await app.query('SELECT 1 FROM f_wechat_event')).length).toBeLessThanOrEqual(1);

  const { answers: signed } = await sendAll(BODIES / 2, signedNonsense);
  expect([...signed.keys()].filter((answer) => !REFUSED.test(answer) && answer !== TAKEN)).toEqual([]);
  for (const reason of ['buffer', 'appid', 'decrypt', 'base64'])
    expect(signed.get(`400 text/plain; charset=utf-8 refused: ${reason}`)).toBeGreaterThan(50);
  // Two of three are content, and all but the few that are equal are kept.
  const [kept] = await app.query<{ n: string }>('SELECT COUNT(*) AS n FROM f_wechat_event');
  expect(Number(kept!.n)).toBeGreaterThan(BODIES / 4);
  expect(signed.get(TAKEN)).toBeGreaterThanOrEqual(Number(kept!.n) - 1);

  expect(memory() - used).toBeLessThan(64 * 1024 * 1024);
  expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, randomAppid())))).toEqual(SUCCESS);
  await eventually(
    'all that was kept is handed over',
    async () => (await app.query(`SELECT 1 FROM f_wechat_event WHERE state = 'received' LIMIT 1`)).length === 0,
  );
}, 240_000);

/** @returns how often each answer came, and the memory in use after the first thousand */
async function sendAll(count: number, make: (index: number) => { path: string; body: Buffer | string } | undefined) {
  const pool = new Pool(app.base, { connections: 4, pipelining: 1 });
  const answers = new Map<string, number>();
  let index = 0;
  let used = 0;
  const one = async () => {
    while (index < count) {
      const at = index++;
      if (at === 1_000) used = memory();
      const push = make(at);
      if (!push) continue;
      const type = ['text/xml', 'application/json', 'text/xml; charset=gbk', ''][at % 4]!;
      const response = await pool.request({ ...push, method: 'POST', headers: { 'content-type': type } });
      const answer = `${response.statusCode} ${response.headers['content-type']} ${await response.body.text()}`;
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  await Promise.all([one(), one(), one(), one()]);
  await pool.close();
  return { answers, used };
}

it('what is not even HTTP, or hangs up in the middle, harms nobody', async () => {
  const port = Number(new URL(app.base).port);
  const { path } = makePush(app.keys, ticketXml(app.keys));
  const starts = [
    'GARBAGE\r\n\r\n',
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n<xml>`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(40_000)}\r\n\r\n`,
    randomBytes(500).toString('latin1'),
  ];
  const answers: string[] = [];
  for (const start of starts) answers.push(await exchange(port, start));
  for (const answer of answers) expect(answer).not.toMatch(/application\/json|text\/html|^[{<]/im);
  const refused = answers.filter((answer) => answer !== '');
  expect(refused.length).toBeGreaterThanOrEqual(4);
  for (const answer of refused)
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d [\s\S]*content-type: text\/plain; charset=utf-8\r\n[\s\S]*\r\n\r\n[A-Za-z :-]+$/);
  expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, randomAppid())))).toEqual(SUCCESS);
  expect((await request(`${app.management}/health/live`)).statusCode).toBe(200);
});

/** Sends some bytes and gives what comes back: all of it, or what came until nothing more is to be expected. */
function exchange(port: number, start: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(start, 'latin1'));
    socket.on('data', (part) => {
      answer += part.toString('latin1');
    });
    // A request that goes on is answered by nothing yet: hang up.
    socket.setTimeout(300, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
