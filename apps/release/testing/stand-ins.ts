import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PushCrypto } from '#wechat';
import { BrokerOperations, type StandInAnswer } from './broker-operations.js';
import type { SandboxProcess } from './sandbox.js';

export const COMPONENT = 'wx00000000000000c1';
const SECRET = '0123456789abcdef0123456789abcdef';
const PUSH_TOKEN = 'pushToken1';
const AES_KEY = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';

export interface ReceivedEvent {
  readonly authorizerAppid: string | null;
  readonly xml: string;
}

/**
 * What stands around the release app in its tests: a broker with real tokens of the sandbox, and a receiver of its pushes.
 * Both answer over HTTP as the real apps do.
 */
export class StandIns {
  private readonly crypto = new PushCrypto({
    componentAppid: COMPONENT,
    pushTokens: [PUSH_TOKEN],
    encodingAesKeys: [AES_KEY],
  });
  private readonly refreshTokens = new Map<string, string>();
  private readonly tokens = new Map<string, string>();
  private readonly operations: BrokerOperations;
  private server!: Server;
  private ticket: string | undefined;
  url!: string;
  /** Authorizers whose tokens the broker refuses as cancelled. */
  readonly cancelled = new Set<string>();
  onEvent: (event: ReceivedEvent) => Promise<void> = () => Promise.resolve();
  tokenReads = 0;

  private constructor(private readonly sandbox: SandboxProcess) {
    this.operations = new BrokerOperations(sandbox.url, () => this.token(''));
  }

  static async start(sandbox: SandboxProcess): Promise<StandIns> {
    const self = new StandIns(sandbox);
    self.server = createServer((request, response) => {
      self.answer(request).then(
        ({ status, body }) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
    await new Promise<void>((resolve) => self.server.listen(0, '127.0.0.1', resolve));
    self.url = `http://127.0.0.1:${(self.server.address() as AddressInfo).port}`;
    await sandbox.control('/components', {
      component_appid: COMPONENT,
      component_appsecret: SECRET,
      push_token: PUSH_TOKEN,
      encoding_aes_key: AES_KEY,
      auth_event_url: `${self.url}/push/events`,
      message_event_url: `${self.url}/push/$APPID$/messages`,
      authorization_domain: '127.0.0.1',
      former_token_grace_s: 300,
    });
    await sandbox.control(`/components/${COMPONENT}/ticket`, {});
    return self;
  }

  /** Mini programs that have authorized the component. */
  async authorize(count: number, more: Record<string, unknown> = {}): Promise<string[]> {
    const { appids, refresh_tokens } = await this.sandbox.control<{ appids: string[]; refresh_tokens: Record<string, string> }>(
      '/merchants/bulk',
      { count, kind: 'miniprogram', authorize_to: COMPONENT, exchanged: true, ...more },
    );
    for (const [appid, token] of Object.entries(refresh_tokens)) this.refreshTokens.set(appid, token);
    return appids;
  }

  /** @param more further fields of the component */
  componentsJson(more: object = {}): string {
    return JSON.stringify({
      components: [
        {
          component_appid: COMPONENT,
          component_appsecret: SECRET,
          push_tokens: [PUSH_TOKEN],
          encoding_aes_keys: [AES_KEY],
          ...more,
        },
      ],
    });
  }

  /** Whose profiles the broker was asked to read. */
  readonly refreshed: string[] = [];

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.operations.close();
  }

  private async answer(request: IncomingMessage): Promise<StandInAnswer> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const push = /^\/push\/(?:([^/]+)\/)?(?:events|messages)$/.exec(url.pathname);
    if (push) {
      await this.receive(push[1] ?? null, Object.fromEntries(url.searchParams), body);
      return { status: 200, body: 'success' };
    }
    const operation = /^\/v1\/components\/[^/]+\/operations(\/.*)$/.exec(url.pathname);
    if (operation) return this.operations.answer(request.method!, operation[1]!, body);
    const renewed = /^\/v1\/components\/[^/]+\/authorizers\/([^/]+)\/refresh$/.exec(url.pathname)?.[1];
    if (renewed) return this.renewed(renewed);
    // The component's token is given to nobody here: the release app has no scope for it.
    const token = /^\/v1\/components\/[^/]+\/authorizers\/([^/]+)\/token(\/report-invalid)?$/.exec(url.pathname);
    if (!token) return { status: 404, body: '{}' };
    const appid = token[1]!;
    this.tokenReads += 1;
    if (this.cancelled.has(appid))
      return {
        status: 409,
        body: JSON.stringify({ type: 'urn:wxplane:problem:authorizer-cancelled', status: 409, detail: 'cancelled' }),
      };
    if (token[2] && (JSON.parse(body) as { token: string }).token === this.tokens.get(appid)) this.tokens.delete(appid);
    return { status: 200, body: JSON.stringify({ access_token: await this.token(appid), expires_in: 7200, cache_seconds: 2 }) };
  }

  /** What the broker does with a profile that it is asked to read. */
  onRefresh: (appid: string) => Promise<void> = async () => {};

  private async renewed(appid: string): Promise<StandInAnswer> {
    this.refreshed.push(appid);
    await this.onRefresh(appid);
    return { status: 200, body: JSON.stringify({ authorizer_appid: appid }) };
  }

  /** WeChat's clock was put forward: all of them have ended. */
  forgetTokens(): void {
    this.tokens.clear();
  }

  /** @param appid empty: the component's own */
  async token(appid: string): Promise<string> {
    const known = this.tokens.get(appid);
    if (known) return known;
    const fresh = appid === '' ? await this.componentToken() : await this.authorizerToken(appid);
    this.tokens.set(appid, fresh);
    return fresh;
  }

  private async componentToken(): Promise<string> {
    const answer = await this.sandbox.wechat('/cgi-bin/component/api_component_token', {
      component_appid: COMPONENT,
      component_appsecret: SECRET,
      component_verify_ticket: this.ticket,
    });
    return String(answer['component_access_token']);
  }

  private async authorizerToken(appid: string): Promise<string> {
    const component = await this.token('');
    const answer = await this.sandbox.wechat(`/cgi-bin/component/api_authorizer_token?access_token=${component}`, {
      component_appid: COMPONENT,
      authorizer_appid: appid,
      authorizer_refresh_token: this.refreshTokens.get(appid),
    });
    if (!answer['authorizer_access_token']) throw new Error(`no token for ${appid}: ${JSON.stringify(answer)}`);
    return String(answer['authorizer_access_token']);
  }

  private async receive(appid: string | null, query: Record<string, string>, body: string): Promise<void> {
    const { xml } = this.crypto.open({ query, body });
    const ticket = /<ComponentVerifyTicket><!\[CDATA\[(.*?)\]\]>/.exec(xml);
    if (ticket?.[1]) this.ticket = ticket[1];
    else await this.onEvent({ authorizerAppid: appid, xml });
  }
}
