import { createServer } from 'node:http';
import { parse } from 'node:querystring';
import { PushCrypto, PushRefusedError } from '#wechat';

/*
 * The least a push server can be: node:http, signature, decryption, `success`. It stores nothing, knows no kinds, and forgets at once.
 */
const [port, componentAppid, pushToken, encodingAesKey] = process.argv.slice(2) as [string, string, string, string];
const crypto = new PushCrypto({ componentAppid, pushTokens: [pushToken], encodingAesKeys: [encodingAesKey] });

createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const url = request.url ?? '';
    let status = 200;
    try {
      crypto.open({ query: parse(url.slice(url.indexOf('?') + 1)), body: Buffer.concat(parts) });
    } catch (error) {
      if (!(error instanceof PushRefusedError)) throw error;
      status = 401;
    }
    const body = status === 200 ? 'success' : 'refused';
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length });
    response.end(body);
  });
}).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
