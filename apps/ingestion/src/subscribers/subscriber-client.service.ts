import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Agent, buildConnector, request } from 'undici';
import { redact } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { AddressGuard, namesHost, plainHost, portProblem, urlProblem } from './address-guard.domain.js';
import { NameLookup } from './name-lookup.js';
import { retryAfterS } from './retry-after.domain.js';

export interface Outcome {
  /** HTTP status; `undefined`: no answer. */
  readonly status: number | undefined;
  /** A short word for why there is none, or why it does not count. */
  readonly error: string | undefined;
  readonly durationMs: number;
  readonly retryAfterS: number | undefined;
  readonly contentType: string;
  /** At most 64 KiB. */
  readonly body: string;
  /** Whether that is all of it: a longer one is cut, and one that does not end is not waited for. */
  readonly whole: boolean;
  /** The first characters, secrets hidden; empty for an answer from a private address. */
  readonly excerpt: string;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const EXCERPT = 500;
/** With the status everything is said; the body is for people who look for an error. */
const BODY_MS = 1_000;

class RefusedTargetError extends Error {
  constructor(
    readonly code: 'ADDRESS_NOT_ALLOWED' | 'PORT_NOT_ALLOWED',
    target: string,
  ) {
    super(`${target} leads to no public address`);
  }
}

/** A request, and whose it is. */
export interface Posted {
  readonly url: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  /** The hosts that the client of the subscription may have at private addresses; `undefined`: it names none. */
  readonly webhookHosts: readonly string[] | undefined;
}

/**
 * Calls subscribers. The addresses of a name are checked at the moment of connecting and only those are connected to, so a name that
 * changes its mind (DNS rebinding) gains nothing. Redirects are answers like any other: not followed, not a success.
 * What one client may reach inside the network goes over connections that no other client's requests use, unless it may reach it, too.
 */
@Injectable()
export class SubscriberClient implements OnApplicationShutdown {
  private readonly allowing: AddressGuard;
  private readonly strict = new AddressGuard();
  private readonly ports: ReadonlySet<number>;
  private readonly inside: Agent;
  private readonly outside: Agent;
  /** Origins that were connected to at a private address. */
  private readonly privateOrigins = new LRUCache<string, true>({ max: 10_000 });
  private readonly allowHttp: boolean;
  private readonly namedOnly: boolean;

  constructor(config: IngestionConfig) {
    this.allowing = new AddressGuard(config.SUBSCRIBER_ALLOWED_CIDRS);
    this.ports = new Set(config.SUBSCRIBER_PORTS.split(',').map(Number));
    this.allowHttp = config.SUBSCRIBER_ALLOW_HTTP;
    this.namedOnly = config.SUBSCRIBER_NAMED_HOSTS_ONLY;
    const names = new NameLookup();
    const agent = (guard: AddressGuard) =>
      new Agent({
        connect: this.connector(guard, names),
        // No bound per host: many subscriptions may share one, and those that hang must not take the connections of the others.
        // How many are open is bounded by the lanes and by the messages that wait for a replier.
        pipelining: 1,
        keepAliveTimeout: 10_000,
      });
    this.inside = agent(this.allowing);
    this.outside = agent(this.strict);
  }

  /**
   * For whoever registers a URL.
   * @param webhookHosts as in `Posted`
   * @returns what is wrong with it, in words
   */
  problemOf(url: string, webhookHosts: readonly string[] | undefined): string | undefined {
    return this.problemAtSending(url, webhookHosts) ?? portProblem(url, this.ports);
  }

  /** After the last delivery has ended. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.inside.destroy(), this.outside.destroy()]);
  }

  /**
   * Never throws.
   * @param bodyMs how long the body of the answer is waited for, once its head is there
   */
  async post({ url, body, headers, webhookHosts }: Posted, timeoutMs: number, bodyMs = BODY_MS): Promise<Outcome> {
    const startedMs = performance.now();
    const done = (part: Partial<Outcome>): Outcome => ({
      status: undefined,
      error: undefined,
      retryAfterS: undefined,
      contentType: '',
      body: '',
      whole: false,
      excerpt: '',
      durationMs: Math.round(performance.now() - startedMs),
      ...part,
    });
    // Looked at again: the rules may have changed since it was registered. A literal address is never looked up.
    const problem = this.problemAtSending(url, webhookHosts);
    if (problem) return done({ error: `the URL ${problem}` });
    try {
      const response = await request(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'wxplane', ...headers },
        dispatcher: this.mayGoInside(url, webhookHosts) ? this.inside : this.outside,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const status = response.statusCode;
      const { text, whole } = await readSome(response.body, bodyMs);
      return done({
        status,
        error: status >= 200 && status < 300 ? undefined : `answered ${status}`,
        retryAfterS: retryAfterS(response.headers['retry-after'], Date.now()),
        contentType: String(response.headers['content-type'] ?? ''),
        body: text,
        whole,
        // In this order: hiding may lengthen a text, and half a secret is not known for one.
        excerpt: this.privateOrigins.has(new URL(url).origin) ? '' : redact(text).slice(0, EXCERPT),
      });
    } catch (error) {
      return done({ error: wordFor(error, timeoutMs) });
    }
  }

  private mayGoInside(url: string, webhookHosts: readonly string[] | undefined): boolean {
    return webhookHosts === undefined ? !this.namedOnly : namesHost(webhookHosts, url);
  }

  private problemAtSending(url: string, webhookHosts: readonly string[] | undefined): string | undefined {
    const problem = urlProblem(url, this.allowing, this.allowHttp);
    if (problem !== undefined || this.mayGoInside(url, webhookHosts)) return problem;
    const outside = urlProblem(url, this.strict, this.allowHttp);
    return outside && `${outside}, and its host is not among the webhook_hosts of its client`;
  }

  /** Nothing is sent to an address that is refused: not even a connection is tried, which would tell what is open there. */
  private connector(guard: AddressGuard, names: NameLookup): buildConnector.connector {
    const build = (by: AddressGuard, code: RefusedTargetError['code']) => ({
      by,
      code,
      connect: buildConnector({ lookup: guardedLookup(by, names, code), timeout: 5_000 }),
    });
    const anyPort = build(guard, 'ADDRESS_NOT_ALLOWED');
    const otherPort = build(this.strict, 'PORT_NOT_ALLOWED');
    return (options, callback) => {
      const origin = new URL(`${options.protocol}//${options.host ?? options.hostname}`);
      const { by, code, connect } = portProblem(origin.href, this.ports) === undefined ? anyPort : otherPort;
      const literal = plainHost(options.hostname);
      if (isIP(literal) !== 0 && !by.permits(literal)) {
        callback(new RefusedTargetError(code, literal), null);
        return;
      }
      connect(options, (...args: [null, Socket] | [Error, null]) => {
        const address = args[1]?.remoteAddress;
        if (address !== undefined && !this.strict.isPublic(address)) this.privateOrigins.set(origin.origin, true);
        callback(...args);
      });
    };
  }
}

/** The beginning of a body. What is longer, does not end or breaks off is let go of, with its connection. */
async function readSome(body: Readable, withinMs: number): Promise<{ text: string; whole: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    body.destroy();
  }, withinMs);
  const read = () => Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) return { text: read(), whole: false };
    }
    return { text: read(), whole: !over };
  } catch {
    return { text: read(), whole: false };
  } finally {
    clearTimeout(timer);
    body.destroy();
  }
}

function wordFor(error: unknown, timeoutMs: number): string {
  const { name, code, cause } = error as { name?: string; code?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return `no answer in ${timeoutMs} ms`;
  return String(code ?? cause?.code ?? name ?? 'failed').slice(0, 200);
}

function guardedLookup(guard: AddressGuard, names: NameLookup, code: RefusedTargetError['code']): LookupFunction {
  return (hostname, options, callback) => {
    names.addressesOf(hostname).then(
      (addresses) => {
        const good = addresses.filter(({ address }) => guard.permits(address));
        const [first] = good;
        if (!first) callback(new RefusedTargetError(code, hostname), '');
        else if (options.all) callback(null, good);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}
