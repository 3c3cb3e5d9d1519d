import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Cookies of the console. Over https their names begin with `__Host-`: no other host, no subdomain and no plain http can set or read them.
 * Lax, so that a link from a chat and the way back from the issuer find the session.
 */
export class Cookies {
  constructor(private readonly isHttps: boolean) {}

  private name(name: string): string {
    return this.isHttps ? `__Host-${name}` : name;
  }

  /** @returns `undefined`: there is none, or there are two, one of which somebody else must have set */
  read(request: Pick<FastifyRequest, 'headers'>, name: string): string | undefined {
    const wanted = `${this.name(name)}=`;
    const found = (request.headers.cookie ?? '')
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part.startsWith(wanted));
    return found.length === 1 ? found[0]!.slice(wanted.length) : undefined;
  }

  /** @param livesS absent: until the browser is closed; 0: not any more */
  set(reply: FastifyReply, name: string, value: string, livesS?: number): void {
    const parts = [`${this.name(name)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
    if (this.isHttps) parts.push('Secure');
    if (livesS !== undefined) parts.push(`Max-Age=${livesS}`);
    // An array is added to what is there already.
    void reply.header('set-cookie', parts.join('; '));
  }
}
