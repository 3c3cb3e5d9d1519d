import { createServer, type Server } from 'node:http';
import { Agent, request } from 'undici';
import { PushCrypto, parseEvent, type WechatEvent } from '#wechat';
import { makePush } from '../../apps/ingestion/testing/wechat.ts';
import type { ComponentSecrets } from '../../scripts/lib/secrets.ts';

/** A push that was answered `success`: from then on it is ours, whatever happens. */
export interface Acknowledged {
  readonly xml: string;
  readonly kind: string;
  readonly event: WechatEvent;
  readonly atMs: number;
}

/** What WeChat's pushes go through, as through an Ingress: any replica, no second try. It remembers what was promised. */
export class Ingress {
  /** By the plaintext: WeChat sends the same again until it is taken. */
  readonly acknowledged = new Map<string, Acknowledged>();
  /** So many seconds the clock of whoever sends is ahead. */
  aheadS = 0;
  received = 0;
  refused = 0;
  readonly #targets: () => readonly string[];
  readonly #crypto: PushCrypto;
  readonly #component: ComponentSecrets;
  readonly #agent = new Agent({ keepAliveTimeout: 5_000, connectTimeout: 1_000, headersTimeout: 6_000, bodyTimeout: 6_000 });
  #server: Server | undefined;
  #turn = 0;

  /** @param targets base URLs of the ingestion replicas that run. */
  constructor(component: ComponentSecrets, targets: () => readonly string[]) {
    this.#targets = targets;
    this.#component = component;
    this.#crypto = new PushCrypto({
      componentAppid: component.component_appid,
      pushTokens: [component.push_token],
      encodingAesKeys: [component.encoding_aes_key],
    });
  }

  /** @returns the base URL. */
  async start(): Promise<string> {
    this.#server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const [url, body] = this.#dated(incoming.url ?? '/', Buffer.concat(chunks));
        void this.#forward(url, body, incoming.headers['content-type'] ?? 'text/xml').then(({ status, body }) =>
          response.writeHead(status).end(body),
        );
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
    await this.#agent.destroy();
  }

  /** The same push, from a clock that is ahead. */
  #dated(url: string, body: Buffer): [string, Buffer] {
    if (this.aheadS === 0) return [url, body];
    const { pathname, searchParams } = new URL(url, 'http://ingress');
    const { xml } = this.#crypto.open({ query: Object.fromEntries(searchParams), body });
    const later = (seconds: string) => String(Number(seconds) + this.aheadS);
    const { component_appid: componentAppid, push_token: pushToken, encoding_aes_key: encodingAesKey } = this.#component;
    const made = makePush(
      { componentAppid, pushToken, encodingAesKey },
      xml.replace(/(<CreateTime>)(\d+)(?=<)/, (_, tag: string, seconds: string) => tag + later(seconds)),
      {
        timestamp: Number(later(searchParams.get('timestamp') ?? '0')),
        ...(pathname.endsWith('/messages') ? { appid: pathname.split('/').at(-2) as string } : {}),
      },
    );
    return [made.path, Buffer.from(made.body)];
  }

  async #forward(url: string, body: Buffer, contentType: string): Promise<{ status: number; body: string }> {
    this.received += 1;
    const targets = this.#targets();
    const target = targets[this.#turn++ % targets.length];
    try {
      if (!target) throw new Error('no replica runs');
      const answer = await request(`${target}${url}`, {
        method: 'POST',
        body,
        headers: { 'content-type': contentType },
        dispatcher: this.#agent,
      });
      const text = await answer.body.text();
      if (answer.statusCode === 200 && text === 'success') this.#remember(url, body);
      else this.refused += 1;
      return { status: answer.statusCode, body: text };
    } catch {
      this.refused += 1;
      return { status: 502, body: '' };
    }
  }

  #remember(url: string, body: Buffer): void {
    const query = Object.fromEntries(new URL(url, 'http://ingress').searchParams);
    const { xml } = this.#crypto.open({ query, body });
    const event = parseEvent(xml);
    const kind = event.kind === 'unknown' ? event.name : event.kind;
    if (!this.acknowledged.has(xml)) this.acknowledged.set(xml, { xml, kind, event, atMs: Date.now() });
  }
}
