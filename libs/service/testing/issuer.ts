import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** An issuer of tokens with a server for its keys. It makes right ones, and, since it joins the parts itself, wrong ones of any kind. */
export class Issuer {
  readonly keys = new Map<string, { readonly privateKey: KeyObject; readonly jwk: Record<string, unknown> }>();
  /** How often the keys were asked for. */
  asked = 0;
  /** What the server answers; 0: it hangs up. */
  status = 200;
  private server: Server | undefined;
  private port = 0;

  constructor(readonly issuer = 'https://issuer.example') {}

  get jwksUri(): string {
    return `http://127.0.0.1:${this.port}/jwks`;
  }

  get jwks(): { keys: Record<string, unknown>[] } {
    return { keys: [...this.keys.values()].map(({ jwk }) => jwk) };
  }

  addKey(kid: string, more: Record<string, unknown> = {}, modulusLength = 2048): void {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
    this.keys.set(kid, { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', ...more } });
  }

  async start(): Promise<void> {
    this.server = createServer((_, response) => {
      this.asked += 1;
      if (this.status === 0) response.destroy();
      else response.writeHead(this.status, { 'content-type': 'application/json' }).end(JSON.stringify(this.jwks));
    });
    await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  claims(more: Record<string, unknown> = {}): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1_000);
    return { iss: this.issuer, sub: 'alice', aud: 'wxplane', iat: now, exp: now + 600, ...more };
  }

  token(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, kid = 'k1'): string {
    return this.signed(base64url({ alg: 'RS256', kid, typ: 'JWT', ...header }), base64url(this.claims(claims)), kid);
  }

  /** Signs whatever the two parts are. */
  signed(header: string, payload: string, kid = 'k1'): string {
    const text = `${header}.${payload}`;
    return `${text}.${sign('sha256', Buffer.from(text), this.keys.get(kid)!.privateKey).toString('base64url')}`;
  }
}
