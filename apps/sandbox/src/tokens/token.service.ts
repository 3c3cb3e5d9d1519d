import { Injectable } from '@nestjs/common';
import type { Authorization, Component, Token, TokenEnd, TokenLife, TokenPair } from '../world/model.js';
import { newAccessToken } from '../world/random.js';
import { World } from '../world/world.service.js';

/** Life and death of access tokens (authorization reference §6.3). */
@Injectable()
export class TokenService {
  constructor(private readonly world: World) {}

  issueComponentToken(component: Component): Token {
    const expiresAt = this.world.now + this.world.settings.component_token_s * 1000;
    return this.replace(component.tokens, {
      value: newAccessToken(),
      kind: 'component',
      component,
      bornAt: this.world.now,
      expiresAt,
    });
  }

  issueAuthorizerToken(authorization: Authorization): Token {
    const { component } = authorization;
    const expiresAt = this.world.now + this.world.settings.authorizer_token_s * 1000;
    return this.replace(authorization.tokens, {
      value: newAccessToken(),
      kind: 'authorizer',
      component,
      authorization,
      bornAt: this.world.now,
      expiresAt,
    });
  }

  /** Seconds, as in `expires_in`. */
  expiresIn(token: Token): number {
    return Math.max(0, Math.round((token.expiresAt - this.world.now) / 1000));
  }

  /** Ends both tokens at once: a re-authorization, or a token killed by hand (40001). */
  forget(pair: TokenPair, why: TokenEnd): void {
    for (const token of [pair.current, pair.former]) if (token) this.end(token, why);
    pair.current = undefined;
    pair.former = undefined;
  }

  /** Tokens of a cancelled authorization answer `errcode` from now on. */
  bury(pair: TokenPair, errcode: number): void {
    for (const token of [pair.current, pair.former])
      if (token && !token.deadCode) Object.assign(token, { deadCode: errcode, deadAt: this.world.now });
  }

  expire(pair: TokenPair): void {
    for (const token of [pair.current, pair.former])
      if (token && token.expiresAt > this.world.now) Object.assign(token, { expiresAt: this.world.now, expiredByHand: true });
  }

  /** When a token lived, and why it ended; also of one that was forgotten. */
  life(value: string): TokenLife | undefined {
    const token = this.world.tokens.get(value);
    return token ? lifeOf(token) : this.world.tokenLives.get(value);
  }

  state(value: string): 'live' | 'former' | 'expired' | 'dead' | 'unknown' {
    const token = this.world.tokens.get(value);
    if (!token) return 'unknown';
    const now = this.world.now;
    if (token.deadCode) return 'dead';
    if (token.expiresAt <= now) return 'expired';
    if (token.formerUntil === undefined) return 'live';
    return token.formerUntil > now ? 'former' : 'dead';
  }

  /** Only the newest token and the one before it are good, the latter for a few minutes. */
  private replace(pair: TokenPair, token: Token): Token {
    if (pair.former) this.end(pair.former, 'newer');
    pair.former = pair.current;
    if (pair.former) pair.former.formerUntil = this.world.now + token.component.options.former_token_grace_s * 1000;
    pair.current = token;
    this.world.tokens.set(token.value, token);
    return token;
  }

  /** It ends now, unless it was over already. */
  private end(token: Token, why: TokenEnd): void {
    const life = lifeOf(token);
    const now = this.world.now;
    this.world.tokens.delete(token.value);
    this.world.keepTokenLife(token.value, life.ends_at_ms <= now ? life : { ...life, ends_at_ms: now, ended_by: why });
  }
}

function lifeOf(token: Token): TokenLife {
  const ends: [number, TokenEnd][] = [[token.expiresAt, token.expiredByHand ? 'hand' : 'expiry']];
  if (token.formerUntil !== undefined) ends.push([token.formerUntil, 'overlap']);
  if (token.deadAt !== undefined) ends.push([token.deadAt, 'cancellation']);
  const [at, by] = ends.reduce((first, next) => (next[0] < first[0] ? next : first));
  return { born_at_ms: token.bornAt, ends_at_ms: at, ended_by: by };
}
