import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, vi } from 'vitest';
import { startSandbox } from '../sandbox.js';

// Nothing here is timed: a busy machine may take as long as it needs.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** `expect.poll` with patience. */
export const eventually = <T>(read: () => T) => expect.poll(read);

export const COMPONENT = 'wxcomponent00000001';
export const SECRET = 'a-component-secret';
export const TOKEN = 'pushtoken';
export const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
export const MINI = 'wxmini0000000000001';
export const MP = 'wxmp000000000000001';

// biome-ignore lint/suspicious/noExplicitAny: answers are whatever the documents say; the tests look inside
export type Answer = Record<string, any>;

export interface ReceivedPush {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  /** decrypted; undefined when it could not be */
  readonly message: string | undefined;
  readonly signed: boolean;
}

const sha1 = (...parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex');
const key = (text: string): Buffer => Buffer.from(`${text}=`, 'base64');

/** Decryption written from the document, with node:crypto alone. */
export function decryptPush(aesKey: string, encrypted: string): { message: string; appid: string } {
  const decipher = createDecipheriv('aes-256-cbc', key(aesKey), key(aesKey).subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]);
  const padding = plain.at(-1)!;
  const content = plain.subarray(0, plain.length - padding);
  const length = content.readUInt32BE(16);
  return { message: content.subarray(20, 20 + length).toString(), appid: content.subarray(20 + length).toString() };
}

export function encryptReply(message: string, timestamp: string, nonce: string): string {
  const length = Buffer.alloc(4);
  const bytes = Buffer.from(message);
  length.writeUInt32BE(bytes.length);
  const content = Buffer.concat([randomBytes(16), length, bytes, Buffer.from(COMPONENT)]);
  const padding = 32 - (content.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key(AES_KEY), key(AES_KEY).subarray(0, 16)).setAutoPadding(false);
  const encrypted = Buffer.concat([
    cipher.update(Buffer.concat([content, Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]).toString('base64');
  const signature = sha1(TOKEN, timestamp, nonce, encrypted);
  return `<xml><Encrypt><![CDATA[${encrypted}]]></Encrypt><MsgSignature><![CDATA[${signature}]]></MsgSignature><TimeStamp>${timestamp}</TimeStamp><Nonce><![CDATA[${nonce}]]></Nonce></xml>`;
}

export const field = (xml: string | undefined, name: string): string | undefined =>
  new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([\\s\\S]*?)(?:\\]\\]>)?</${name}>`).exec(xml ?? '')?.[1];

/** A receiver of pushes on a free port. */
export class Receiver {
  readonly pushes: ReceivedPush[] = [];
  answer: (push: ReceivedPush) => string | undefined | Promise<string | undefined> = () => 'success';
  status = 200;
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new Receiver(server, (server.address() as AddressInfo).port);
    server.on('request', (request, response) => {
      void receiver.take(request).then((answer) => {
        if (answer !== undefined) response.writeHead(receiver.status).end(answer);
      });
    });
    return receiver;
  }

  of(kind: string): ReceivedPush[] {
    return this.pushes.filter((push) => field(push.message, 'InfoType') === kind || field(push.message, 'Event') === kind);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async take(request: IncomingMessage): Promise<string | undefined> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url!, 'http://receiver');
    const query = url.searchParams;
    const encrypted = field(body, 'Encrypt');
    let message: string | undefined;
    try {
      message = encrypted ? decryptPush(AES_KEY, encrypted).message : undefined;
    } catch {}
    const signed =
      sha1(TOKEN, query.get('timestamp') ?? '', query.get('nonce') ?? '', encrypted ?? '') === query.get('msg_signature');
    const push = { path: url.pathname, query, body, message, signed };
    this.pushes.push(push);
    return this.answer(push);
  }
}

/** A sandbox on a free port with one component whose pushes arrive at `receiver`. */
export class Harness {
  ticket = '';
  private constructor(
    readonly url: string,
    readonly receiver: Receiver,
    private readonly stop: () => Promise<void>,
  ) {}

  /** @param stateFile keeps its world */
  static async start(component: Answer = {}, stateFile?: string): Promise<Harness> {
    const receiver = await Receiver.start();
    const sandbox = await startSandbox({
      SANDBOX_HOST: '127.0.0.1',
      SANDBOX_PORT: 0,
      ...(stateFile && { SANDBOX_STATE_FILE: stateFile }),
    });
    const harness = new Harness(sandbox.url, receiver, () => sandbox.close());
    await harness.setUp(component);
    return harness;
  }

  /** Asks another sandbox, whose pushes come to the same receiver. */
  at(url: string): Harness {
    return new Harness(url, this.receiver, async () => {});
  }

  /** Forgets everything and creates the component anew. */
  async setUp(component: Answer = {}): Promise<void> {
    await this.control('POST', 'reset');
    this.receiver.pushes.length = 0;
    this.receiver.answer = () => 'success';
    this.receiver.status = 200;
    const base = `http://127.0.0.1:${this.receiver.port}`;
    await this.control('PATCH', 'settings', { write_ms: 0 });
    await this.control('POST', 'components', {
      component_appid: COMPONENT,
      component_appsecret: SECRET,
      push_token: TOKEN,
      encoding_aes_key: AES_KEY,
      auth_event_url: `${base}/events`,
      message_event_url: `${base}/$APPID$/messages`,
      authorization_domain: '127.0.0.1',
      push_retry_ms: 0,
      ticket_first_retry_s: 0,
      ...component,
    });
    await this.newTicket();
  }

  async newTicket(): Promise<void> {
    await this.control('POST', `components/${COMPONENT}/ticket`);
    this.ticket = field(this.receiver.of('component_verify_ticket').at(-1)?.message, 'ComponentVerifyTicket') ?? '';
  }

  async close(): Promise<void> {
    await this.stop();
    this.receiver.close();
  }

  async control(method: string, path: string, body?: Answer): Promise<Answer> {
    const answer = await this.tryControl(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async tryControl(method: string, path: string, body?: Answer): Promise<{ status: number; body: Answer }> {
    const response = await fetch(`${this.url}/_control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }

  raw(method: string, path: string, query: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> {
    const search = new URLSearchParams(query).toString();
    return fetch(`${this.url}${path}${search ? `?${search}` : ''}`, { method, ...init });
  }

  async get(path: string, token: string, query: Record<string, string> = {}): Promise<Answer> {
    return (await (await this.raw('GET', path, { access_token: token, ...query })).json()) as Answer;
  }

  async post(
    path: string,
    token: string,
    body: Answer | string | undefined = {},
    query: Record<string, string> = {},
  ): Promise<Answer> {
    const sent = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const response = await this.raw(
      'POST',
      path,
      { ...(token && { access_token: token }), ...query },
      sent === undefined ? {} : { body: sent },
    );
    return (await response.json()) as Answer;
  }

  async componentToken(): Promise<string> {
    const answer = await this.post('/cgi-bin/component/api_component_token', '', {
      component_appid: COMPONENT,
      component_appsecret: SECRET,
      component_verify_ticket: this.ticket,
    });
    if (!answer['component_access_token']) throw new Error(JSON.stringify(answer));
    return answer['component_access_token'] as string;
  }

  component(name: string, token: string, body: Answer = {}): Promise<Answer> {
    return this.post(`/cgi-bin/component/${name}`, token, { component_appid: COMPONENT, ...body });
  }

  async authorize(appid: string, more: Answer = {}): Promise<Answer> {
    return this.control('POST', 'authorizations', { component_appid: COMPONENT, merchant_appid: appid, ...more });
  }

  /** A merchant that has authorised and whose code was exchanged. */
  async authorized(appid: string, kind: 'mp' | 'miniprogram' = 'miniprogram', more: Answer = {}) {
    const existing = await this.tryControl('GET', `merchants/${appid}`);
    if (existing.status === 404) await this.control('POST', 'merchants', { appid, kind });
    const { auth_code: code } = await this.authorize(appid, more);
    const token = await this.componentToken();
    const { authorization_info: info } = await this.component('api_query_auth', token, { authorization_code: code });
    return {
      componentToken: token,
      code: code as string,
      token: info.authorizer_access_token as string,
      refreshToken: info.authorizer_refresh_token as string,
      info,
    };
  }
}

export const RID = / rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/;
