import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, type Dispatcher, request } from 'undici';
import { redact } from '#service';
import { IngestionConfig } from '../config/ingestion.config.js';
import { AddressGuard, urlProblem } from './address-guard.domain.js';
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
  /** The first characters, secrets hidden. */
  readonly excerpt: string;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const EXCERPT = 500;
/** With the status everything is said; the body is for people who look for an error. */
const BODY_MS = 1_000;

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

  /**
   * Never throws.
   * @param bodyMs how long the body of the answer is waited for, once its head is there
   */
  async post(url: string, body: string, headers: Record<string, string>, timeoutMs: number, bodyMs = BODY_MS): Promise<Outcome> {
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
    const problem = this.problemOf(url);
    if (problem) return done({ error: `the URL ${problem}` });
    try {
      const response = await request(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'wxplane', ...headers },
        dispatcher: this.agent,
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
        excerpt: redact(text).slice(0, EXCERPT),
      });
    } catch (error) {
      return done({ error: wordFor(error, timeoutMs) });
    }
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
