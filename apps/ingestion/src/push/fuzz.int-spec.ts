import { randomBytes, randomInt } from 'node:crypto';
import { connect } from 'node:net';
import { Client, request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Running, startIngestion } from '../../testing/running.js';
import { makePush, randomAppid, SUCCESS, send, ticketXml, unauthorizedXml } from '../../testing/wechat.js';

const BODIES = 10_000;

let app: Running;
beforeAll(async () => {
  app = await startIngestion();
});
afterAll(() => app?.stop());

/** Every way we know to spoil a push; each gives another body (and sometimes another query). */
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
  (body, path) => ({ body, path: path.replace(/timestamp=\d+/, () => `timestamp=${'9'.repeat(randomInt(40))}`) }),
  (body, path) => ({
    body,
    path: path.replace(/nonce=\d+/, () => `nonce=${encodeURIComponent(randomBytes(randomInt(300)).toString('latin1'))}`),
  }),
  (body, path) => ({ body, path: path.replace(/msg_signature=\w+/, () => `msg_signature=${randomBytes(20).toString('hex')}`) }),
  (body, path) => ({ body, path: `${path}&msg_signature=x&timestamp=1&__proto__[x]=1` }),
];

function flip(body: Buffer, bits: number): Buffer {
  const copy = Buffer.from(body);
  for (let index = 0; index < bits; index += 1) {
    const at = randomInt(copy.length);
    copy[at] = copy[at]! ^ (1 << randomInt(8));
  }
  return copy;
}
const replace = (body: Buffer, what: RegExp, by: () => string) => Buffer.from(body.toString().replace(what, by));

it(`${BODIES.toLocaleString('en')} malformed pushes: always a short plain answer, nothing stored, no memory kept`, async () => {
  const client = new Client(app.base, { pipelining: 1 });
  const answers = new Map<string, number>();
  const original = makePush(app.keys, ticketXml(app.keys));
  let used = 0;
  for (let index = 0; index < BODIES; index += 1) {
    const spoiled = SPOILERS[index % SPOILERS.length]!(Buffer.from(original.body), original.path);
    if (spoiled.body.equals(Buffer.from(original.body)) && !spoiled.path) continue;
    const response = await client.request({
      path: spoiled.path ?? original.path,
      method: 'POST',
      body: spoiled.body,
      headers: { 'content-type': ['text/xml', 'application/json', 'text/xml; charset=gbk', ''][index % 4]! },
    });
    const text = await response.body.text();
    const type = String(response.headers['content-type']);
    const answer = `${response.statusCode} ${type} ${text}`;
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    if (index === 1_000) used = memory();
  }
  await client.close();
  const wrong = [...answers.keys()].filter(
    (answer) => !/^(400|401|413) text\/plain; charset=utf-8 refused: [a-z -]+$/.test(answer),
  );
  // A flipped bit may fall on layout or on the unsigned AppId, and then the push is still WeChat's: that is its repetition.
  expect(wrong.filter((answer) => answer !== '200 text/plain; charset=utf-8 success')).toEqual([]);
  expect((await app.query('SELECT 1 FROM f_wechat_event')).length).toBeLessThanOrEqual(1);
  expect(memory() - used).toBeLessThan(64 * 1024 * 1024);
  expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, randomAppid())))).toEqual(SUCCESS);
}, 240_000);

it('what is not even HTTP, or hangs up in the middle, harms nobody', async () => {
  const port = Number(new URL(app.base).port);
  const { path } = makePush(app.keys, ticketXml(app.keys));
  const starts = [
    'GARBAGE\r\n\r\n',
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n<xml>`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n`,
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n`,
    randomBytes(500).toString('latin1'),
  ];
  for (const start of starts) {
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write(start, 'latin1', () => setTimeout(() => socket.destroy(), 20)),
      );
      socket.on('error', () => {});
      socket.on('close', () => resolve());
    });
  }
  expect(await send(app.base, makePush(app.keys, unauthorizedXml(app.keys, randomAppid())))).toEqual(SUCCESS);
  expect((await request(`${app.management}/health/live`)).statusCode).toBe(200);
});

function memory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
