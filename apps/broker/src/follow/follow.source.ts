import { Injectable } from '@nestjs/common';
import { request } from 'undici';
import type { ProblemCode } from '#service';
import { PROBLEMS } from '#service';
import { BrokerConfig } from '../config/broker.config.js';
import { RefreshFailure, toProblem } from '../tokens/refresh-failure.js';
import type { TokenSubject } from '../tokens/token.domain.js';
import type { FreshToken, Renewal, TokenSource } from '../tokens/token-source.js';

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
    await asProblem(() => this.token(subject));
  }

  /** The leader compares, and asks WeChat if need be: its present token is the answer. */
  async accepts(subject: TokenSubject, token: string): Promise<boolean> {
    return secretOf(await asProblem(() => this.token(subject, token))) === token;
  }

  async renew(subject: TokenSubject, { refused }: Renewal = {}): Promise<FreshToken> {
    const answer = await this.token(subject, refused);
    const token = secretOf(answer);
    if (!token) throw new RefreshFailure('broker-unreachable', 'The broker that is followed gave no token.');
    const keepMs = Math.max(answer.cache_seconds * 1_000, Math.min(answer.expires_in * 1_000, LEAST_MS));
    return { token, expiresInMs: keepMs };
  }

  /** Tickets are pushed to the leader's deployment only. @throws DomainError */
  async ticket(componentAppid: string): Promise<string> {
    const { ticket } = await asProblem(() => this.ask<{ ticket: string }>(`/v1/components/${componentAppid}/ticket`));
    return ticket;
  }

  /** @param refused the token (or JS-SDK ticket) to be reported */
  private token({ kind, componentAppid, authorizerAppid }: TokenSubject, refused?: string): Promise<LeaderToken> {
    const component = `/v1/components/${componentAppid}`;
    if (kind === 'jsapi' || kind === 'wx_card') {
      const path = `${component}/authorizers/${authorizerAppid}/jsapi-ticket`;
      return refused === undefined
        ? this.ask(`${path}?type=${kind}`)
        : this.ask(`${path}/report-invalid`, { ticket: refused, type: kind });
    }
    const path = `${kind === 'component' ? component : `${component}/authorizers/${authorizerAppid}`}/token`;
    return refused === undefined ? this.ask(path) : this.ask(`${path}/report-invalid`, { token: refused });
  }

  /** @throws RefreshFailure */
  private async ask<T>(path: string, body?: unknown): Promise<T> {
    let status: number;
    let text: string;
    try {
      const answer = await request(`${this.base}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${this.key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
    if (status === 200) return JSON.parse(text) as T;
    throw new RefreshFailure(problemCode(text), `The broker that is followed answered ${status}.`, { capMs: 10_000 });
  }
}

const secretOf = (answer: LeaderToken) => answer.access_token ?? answer.ticket;

/** What fails outside a refresh is told to the caller as it is. */
async function asProblem<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof RefreshFailure ? toProblem(error.stored(), 0) : error;
  }
}

/** The leader's own words, where they mean the same here. A refused key is our operator's business, not our caller's. */
function problemCode(text: string): ProblemCode {
  try {
    const code = String((JSON.parse(text) as { type?: string }).type).replace('urn:wxplane:problem:', '');
    if (Object.hasOwn(PROBLEMS, code) && code !== 'unauthenticated' && code !== 'forbidden') return code as ProblemCode;
  } catch {
    // Not one of ours: a gateway.
  }
  return 'broker-unreachable';
}
