import { Injectable } from '@nestjs/common';
import { request } from 'undici';
import type { ProblemCode } from '#service';
import { PROBLEMS } from '#service';
import { BrokerConfig } from '../broker.config.js';
import { RefreshFailure, toProblem } from '../tokens/refresh-failure.js';
import type { TokenSubject } from '../tokens/token.domain.js';
import type { FreshToken, TokenSource } from '../tokens/token-source.js';

const TIMEOUT_MS = 25_000;
/** A token that the leader would not have kept at all is still good for the request that asked. */
const LEAST_MS = 10_000;

interface LeaderToken {
  readonly access_token?: string;
  readonly ticket?: string;
  readonly expires_in: number;
  readonly cache_seconds: number;
}

/**
 * Follower mode: tokens come from another broker, which alone refreshes them. Two environments that share a component would
 * otherwise end each other's tokens. A token is kept as long as the leader allows, like any client's.
 */
@Injectable()
export class FollowSource implements TokenSource {
  private readonly base: string;
  private readonly key: string;

  constructor(config: BrokerConfig) {
    this.base = (config.BROKER_FOLLOW_URL ?? '').replace(/\/+$/, '');
    this.key = config.BROKER_FOLLOW_KEY ?? '';
  }

  /** The leader is asked first: nothing is to be remembered of an appid that somebody made up. */
  async admit(subject: TokenSubject): Promise<void> {
    try {
      await this.ask(subject, undefined);
    } catch (error) {
      throw error instanceof RefreshFailure ? toProblem(error.stored(), 0) : error;
    }
  }

  async renew(subject: TokenSubject, refused?: string): Promise<FreshToken> {
    const answer = await this.ask(subject, refused);
    const token = answer.access_token ?? answer.ticket;
    if (!token) throw new RefreshFailure('broker-unreachable', 'The broker that is followed gave no token.');
    const keepMs = Math.max(answer.cache_seconds * 1_000, Math.min(answer.expires_in * 1_000, LEAST_MS));
    return { token, expiresInMs: keepMs };
  }

  private async ask({ kind, componentAppid, authorizerAppid }: TokenSubject, refused: string | undefined): Promise<LeaderToken> {
    const component = `${this.base}/v1/components/${componentAppid}`;
    const owner = kind === 'component' ? component : `${component}/authorizers/${authorizerAppid}`;
    const reports = refused !== undefined && (kind === 'component' || kind === 'authorizer');
    const url =
      kind === 'jsapi' || kind === 'wx_card'
        ? `${owner}/jsapi-ticket?type=${kind}`
        : `${owner}/token${reports ? '/report-invalid' : ''}`;
    let status: number;
    let text: string;
    try {
      const answer = await request(url, {
        method: reports ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${this.key}`, ...(reports ? { 'content-type': 'application/json' } : {}) },
        ...(reports ? { body: JSON.stringify({ token: refused }) } : {}),
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      });
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (error) {
      throw new RefreshFailure(
        'broker-unreachable',
        `The broker that is followed does not answer (${(error as { code?: string }).code ?? 'no connection'}).`,
        {
          capMs: 10_000,
        },
      );
    }
    if (status === 200) return JSON.parse(text) as LeaderToken;
    throw new RefreshFailure(problemCode(text), `The broker that is followed answered ${status}.`, { capMs: 10_000 });
  }
}

/** The leader's own words, where they mean the same here. A refused key is our operator's business, not our caller's. */
function problemCode(text: string): ProblemCode {
  try {
    const code = String((JSON.parse(text) as { type?: string }).type).replace('urn:wxplane:problem:', '');
    if (code in PROBLEMS && code !== 'unauthenticated' && code !== 'forbidden') return code as ProblemCode;
  } catch {
    // Not one of ours: a gateway.
  }
  return 'broker-unreachable';
}
