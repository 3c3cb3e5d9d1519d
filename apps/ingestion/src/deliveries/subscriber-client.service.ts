import type { LookupFunction } from 'node:net';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher, request } from 'undici';
import { redact } from '#service';
import { IngestionConfig } from '../ingestion.config.js';
import { AddressGuard, urlProblem } from './address-guard.domain.js';
import { NameLookup } from './name-lookup.js';

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
  /** The first characters, secrets hidden. */
  readonly excerpt: string;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const EXCERPT = 500;

class RefusedAddressError extends Error {
  readonly code = 'ADDRESS_NOT_ALLOWED';
}

/**
 * Calls subscribers. The addresses of a name are checked at the moment of connecting and only those are connected to, so a name that
 * changes its mind (DNS rebinding) gains nothing. Redirects are answers like any other: not followed, not a success.
 */
@Injectable()
export class SubscriberClient implements OnApplicationShutdown {
  readonly guard: AddressGuard;
  private readonly agent: Dispatcher;
  private readonly allowHttp: boolean;

  constructor(@Inject(IngestionConfig) config: IngestionConfig) {
    this.guard = new AddressGuard(config.SUBSCRIBER_ALLOWED_CIDRS);
    this.allowHttp = config.SUBSCRIBER_ALLOW_HTTP;
    this.agent = new Agent({
      connect: { lookup: guardedLookup(this.guard), timeout: 5_000 },
      // No bound per host: many subscriptions may share one, and those that hang must not take the connections of the others.
      // How many are open is bounded by the lanes and by the messages that wait for a replier.
      pipelining: 1,
      keepAliveTimeout: 10_000,
      maxResponseSize: MAX_ANSWER_BYTES,
    });
  }

  /** @returns what is wrong with the URL, in words for whoever registers it */
  problemOf(url: string): string | undefined {
    return urlProblem(url, this.guard, this.allowHttp);
  }

  /** After the last delivery has ended. */
  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  /** Never throws. */
  async post(url: string, body: string, headers: Record<string, string>, timeoutMs: number): Promise<Outcome> {
    const startedMs = performance.now();
    const done = (part: Partial<Outcome>): Outcome => ({
      status: undefined,
      error: undefined,
      retryAfterS: undefined,
      contentType: '',
      body: '',
      excerpt: '',
      durationMs: Math.round(performance.now() - startedMs),
      ...part,
    });
    // Looked at again: the rules may have changed since it was registered. A literal address is never looked up.
    const problem = this.problemOf(url);
    if (problem) return done({ error: `the URL ${problem}` });
    let status: number | undefined;
    try {
      const response = await request(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'wxplane', ...headers },
        dispatcher: this.agent,
        signal: AbortSignal.timeout(timeoutMs),
      });
      status = response.statusCode;
      const text = await response.body.text();
      return done({
        status,
        error: status >= 200 && status < 300 ? undefined : `answered ${status}`,
        retryAfterS: Number(response.headers['retry-after']) || undefined,
        contentType: String(response.headers['content-type'] ?? ''),
        body: text,
        // In this order: hiding may lengthen a text, and half a secret is not known for one.
        excerpt: redact(text).slice(0, EXCERPT),
      });
    } catch (error) {
      return done({ status, error: wordFor(error, timeoutMs) });
    }
  }
}

function wordFor(error: unknown, timeoutMs: number): string {
  const { name, code, cause } = error as { name?: string; code?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return `no answer in ${timeoutMs} ms`;
  return String(code ?? cause?.code ?? name ?? 'failed').slice(0, 200);
}

function guardedLookup(guard: AddressGuard): LookupFunction {
  const names = new NameLookup();
  return (hostname, options, callback) => {
    names.addressesOf(hostname).then(
      (addresses) => {
        const good = addresses.filter(({ address }) => guard.permits(address));
        const [first] = good;
        if (!first) callback(new RefusedAddressError(`${hostname} leads to no public address`), '');
        else if (options.all) callback(null, good);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}
