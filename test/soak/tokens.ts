import type { Disturbed } from './chaos.ts';
import type { World } from './world.ts';

/** A token that a reader was given. */
interface HandOut {
  readonly askedMs: number;
  readonly gotMs: number;
  readonly cacheS: number;
}

interface Known {
  readonly appid: string;
  readonly handOuts: HandOut[];
  /** When a broker had answered the first report that WeChat refuses it. */
  reportedMs: number;
}

interface Life {
  readonly born_at_ms: number;
  readonly ends_at_ms: number;
  readonly ended_by: 'expiry' | 'overlap' | 'newer' | 'hand' | 'cancellation' | 'reauthorization';
}

/**
 * For so long after a change another replica may not know of it: news travel through Redis, and a replica that hears nothing stops
 * trusting its copies after 4 to 5 seconds (`SILENCE_MS` of the broker's invalidation bus). In calm it is a fraction of a second.
 */
export const NEWS_MS = { calm: 1_500, disturbed: 6_500 };
/** With nothing wrong, a cancellation or a new authorization has reached every replica by then. */
const TOLD_MS = 5_000;
/** What went wrong so long before may still have its effects: calls that wait for their next try. */
const AFTERMATH_MS = 20_000;
/** The time of one question between processes of a busy machine. */
const CLOCK_MS = 250;

export interface TokenVerdict {
  readonly tokens: number;
  readonly handOuts: number;
  /** Given out after they had ended in a way that the broker knew. */
  readonly dead: string[];
  /** Given out again after they were reported as refused. */
  readonly again: string[];
  /** Ended by their age before `cache_seconds` were over. */
  readonly shortLived: string[];
  /** Given out after they had ended in a way that nobody had told us yet: killed, cancelled, replaced by a call whose answer was lost. */
  readonly unknowable: ReadonlyMap<Life['ended_by'], number>;
}

/** Remembers every token that was handed out, and judges by WeChat's own record of each token's life. */
export class TokenLedger {
  readonly #known = new Map<string, Known>();
  readonly #world: World;
  reads = 0;
  failedReads = 0;
  reports = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** One read; a part of the readers uses the token, and tells the broker when WeChat refuses it. */
  async read(appid: string, uses: boolean): Promise<void> {
    this.reads += 1;
    const token = await this.#take(appid, 'GET', appid ? `/authorizers/${appid}/token` : '/token');
    if (token === undefined) {
      this.failedReads += 1;
      return;
    }
    if (!uses || (await this.#accepted(token))) return;
    this.reports += 1;
    const instead = await this.#take(appid, 'POST', `${appid ? `/authorizers/${appid}` : ''}/token/report-invalid`, { token });
    const known = this.#known.get(token);
    if (known && instead !== undefined && instead !== token) known.reportedMs = Math.min(known.reportedMs, Date.now());
    if (instead !== undefined) await this.#take(appid, 'GET', appid ? `/authorizers/${appid}/token` : '/token');
  }

  async judge(history: readonly Disturbed[]): Promise<TokenVerdict> {
    const verdict = { dead: [] as string[], again: [] as string[], shortLived: [] as string[] };
    const unknowable = new Map<Life['ended_by'], number>();
    let handOuts = 0;
    for (const [token, { appid, handOuts: given, reportedMs }] of this.#known) {
      handOuts += given.length;
      const life = await this.#life(token);
      const name = `${appid || 'component'} token ${token.slice(0, 4)}…`;
      if (!life) {
        verdict.dead.push(`${name}: WeChat never made it`);
        continue;
      }
      for (const handOut of given) {
        const allowedMs = disturbedAt(history, handOut.askedMs, ['redis', 'mariadb', 'app']) ? NEWS_MS.disturbed : NEWS_MS.calm;
        const lateMs = handOut.askedMs - life.ends_at_ms;
        const at = `${name} ended (${life.ended_by}) ${Math.round(lateMs)} ms before it was asked for`;
        if (handOut.askedMs - reportedMs > allowedMs)
          verdict.again.push(`${at}, reported ${Math.round(handOut.askedMs - reportedMs)} ms before`);
        // Its age we know, and that WeChat keeps the former token for some minutes.
        const byAge = life.ended_by === 'expiry' || life.ended_by === 'overlap';
        if (lateMs > CLOCK_MS) {
          if (byAge || (life.ended_by !== 'hand' && lateMs > TOLD_MS && wasCalm(history, life.ends_at_ms, handOut.askedMs)))
            verdict.dead.push(at);
          else unknowable.set(life.ended_by, (unknowable.get(life.ended_by) ?? 0) + 1);
        } else if (byAge && handOut.gotMs + handOut.cacheS * 1_000 > life.ends_at_ms + CLOCK_MS) {
          verdict.shortLived.push(
            `${name}: ${handOut.cacheS} s promised, ${Math.round((life.ends_at_ms - handOut.gotMs) / 1_000)} s left (${life.ended_by})`,
          );
        }
      }
    }
    return { tokens: this.#known.size, handOuts, unknowable, ...verdict };
  }

  async #take(appid: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<string | undefined> {
    const askedMs = Date.now();
    const answer = await this.#world.api<{ access_token?: string; cache_seconds?: number }>(
      'broker',
      method,
      this.#world.path(path),
      body,
      { timeoutMs: 25_000 },
    );
    const { access_token: token, cache_seconds: cacheS = 0 } = answer.body;
    if (answer.status !== 200 || !token) return undefined;
    const known = this.#known.get(token) ?? { appid, handOuts: [], reportedMs: Number.POSITIVE_INFINITY };
    this.#known.set(token, known);
    known.handOuts.push({ askedMs, gotMs: Date.now(), cacheS });
    return token;
  }

  async #accepted(token: string): Promise<boolean> {
    const { state } = await this.#world.control.post<{ state: string }>('/tokens/check', { token });
    return state === 'live' || state === 'former';
  }

  async #life(token: string): Promise<Life | null> {
    return (await this.#world.control.post<{ life: Life | null }>('/tokens/check', { token })).life;
  }
}

/** Was nothing wrong from a while before `fromMs` until `toMs`? */
function wasCalm(history: readonly Disturbed[], fromMs: number, toMs: number): boolean {
  return history.every((one) => one.untilMs < fromMs - AFTERMATH_MS || one.fromMs > toMs);
}

/** Was something of that sort wrong then, or a moment before? */
export function disturbedAt(history: readonly Disturbed[], atMs: number, touches: readonly string[]): boolean {
  return history.some(
    (one) => one.fromMs <= atMs && one.untilMs + 8_000 >= atMs && one.touches.some((touched) => touches.includes(touched)),
  );
}
