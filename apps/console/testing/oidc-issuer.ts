import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Issuer } from '../../../libs/service/testing/issuer.js';

/** What is to be wrong, or different, with the next sign-in. */
export interface NextSignIn {
  readonly claims?: Record<string, unknown>;
  /** The key that signs; one that is not in the set, too. */
  readonly kid?: string;
  /** What the token endpoint answers instead. */
  readonly status?: number;
}

/** An OpenID provider: discovery, keys and tokens over HTTP. What a person would do at its page is `authorize`. */
export class OidcIssuer {
  private server: Server | undefined;
  private port = 0;
  private signer!: Issuer;
  private readonly codes = new Map<string, { nonce: string; challenge: string; redirect: string; next: NextSignIn }>();
  /** Codes that were redeemed. */
  redeemed = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get keys(): Issuer {
    return this.signer;
  }

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const answer = (status: number, body: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url === '/.well-known/openid-configuration')
        return answer(200, {
          issuer: this.url,
          authorization_endpoint: `${this.url}/authorize`,
          token_endpoint: `${this.url}/token`,
          jwks_uri: `${this.url}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
          code_challenge_methods_supported: ['S256'],
          authorization_response_iss_parameter_supported: true,
        });
      if (request.url === '/jwks') return answer(200, this.signer.jwks);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const form = new URLSearchParams(Buffer.concat(chunks).toString());
        const [status, body] = this.token(form);
        answer(status, body);
      });
      return undefined;
    });
    await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    this.signer ??= new Issuer(this.url);
    if (this.signer.keys.size === 0) this.signer.addKey('k1');
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  /** A person consents. @returns the query with which they come back */
  authorize(address: string, next: NextSignIn = {}): URLSearchParams {
    const asked = new URL(address).searchParams;
    const code = randomUUID();
    this.codes.set(code, {
      nonce: asked.get('nonce')!,
      challenge: asked.get('code_challenge')!,
      redirect: asked.get('redirect_uri')!,
      next,
    });
    return new URLSearchParams({ code, state: asked.get('state')!, iss: this.url });
  }

  private token(form: URLSearchParams): [number, unknown] {
    const known = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!known || known.challenge !== challenge || known.redirect !== form.get('redirect_uri'))
      return [400, { error: 'invalid_grant' }];
    if (known.next.status) return [known.next.status, { error: 'server_error' }];
    this.redeemed += 1;
    const { claims, kid = 'k1' } = known.next;
    const now = Math.floor(Date.now() / 1_000);
    const id_token = this.signer.token({ aud: 'wxplane-console', nonce: known.nonce, auth_time: now, ...claims }, { kid }, kid);
    return [200, { access_token: 'unused', token_type: 'Bearer', expires_in: 60, id_token }];
  }
}
