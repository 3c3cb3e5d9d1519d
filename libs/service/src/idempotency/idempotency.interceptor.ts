import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { concatMap, from, lastValueFrom, type Observable, of } from 'rxjs';
import { DataSource, IsNull, LessThan } from 'typeorm';
import { BINDINGS, IdempotencyEntity, isDuplicate, SecretBox, SecretUnreadableError } from '#persistence';
import { DomainError } from '../http/problems.js';
import type { Caller } from '../identity/caller.js';
import { AnswerCounts, MOST_ANSWERS } from './answer-counts.js';
import { type KeyRow, rememberedAnswer, withRequestKey } from './request-key.js';

const KEY = /^[\x21-\x7e]{1,128}$/;
/** How long an answer is remembered. */
const REMEMBERED_MS = 24 * 3_600_000;
/** A request whose process ended in the middle may be sent again after this. */
const RUNNING_MS = 5 * 60_000;
const AGAIN_MS = 1_000;
const CLEAN_EVERY = 500;

type Request = FastifyRequest & { client?: Caller };

/**
 * A write that carries `Idempotency-Key` takes effect once: the same request with the same key gets the same answer again.
 * Only successes are remembered; after a failure the same key may be used again. Not for answers that hold a secret.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private begun = 0;
  private readonly counts: AnswerCounts;

  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
  ) {
    this.counts = new AnswerCounts(dataSource, (clientId) =>
      dataSource.getRepository(IdempotencyEntity).delete({ clientId, createdAt: LessThan(new Date(Date.now() - REMEMBERED_MS)) }),
    );
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const header = request.headers['idempotency-key'];
    if (header === undefined || !request.client) return next.handle();
    if (typeof header !== 'string' || !KEY.test(header))
      throw new DomainError('invalid-request', 'Idempotency-Key must be 1 to 128 visible ASCII characters.');
    const { client } = request;
    const id = { clientId: client.clientId, idempotencyKey: header };
    const requestHash = createHash('sha256')
      .update(JSON.stringify([request.method, request.url, request.body ?? null]))
      .digest('hex');
    return from(this.begin(id, requestHash)).pipe(
      concatMap((remembered) => {
        if (remembered instanceof Date) return from(this.run({ ...id, createdAt: remembered }, next));
        const answer = this.answerOf(remembered);
        requireStillOwn(client, answer);
        void http.getResponse<FastifyReply>().header('idempotency-replayed', 'true');
        return of(answer);
      }),
    );
  }

  private answerOf({ clientId, idempotencyKey, response }: IdempotencyEntity): unknown {
    if (response === null) return undefined;
    try {
      return JSON.parse(this.secrets.open(response, BINDINGS.answer(clientId, idempotencyKey)));
    } catch (error) {
      if (!(error instanceof SecretUnreadableError)) throw error;
      const detail = 'The first request took effect, and its answer cannot be read any more: look for what it made.';
      throw new DomainError('idempotency-conflict', detail, { cause: error });
    }
  }

  /** @returns the remembered answer; a time: this request is the first, and the row of that time is its own. */
  private async begin(id: { clientId: string; idempotencyKey: string }, requestHash: string): Promise<IdempotencyEntity | Date> {
    const rows = this.dataSource.getRepository(IdempotencyEntity);
    if (++this.begun % CLEAN_EVERY === 0) await rows.delete({ createdAt: LessThan(new Date(Date.now() - REMEMBERED_MS)) });
    // What is remembered is answered in any case.
    if ((await this.counts.isFull(id.clientId)) && !(await rows.existsBy(id)))
      throw new DomainError(
        'rate-limited',
        `Of this client ${MOST_ANSWERS} answers are remembered, each for a day; nothing was done. Send Idempotency-Key only with what must not take effect twice.`,
        { retryAfterS: 60 },
      );
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        const createdAt = new Date();
        await rows.insert({ ...id, requestHash, createdAt });
        this.counts.add(id.clientId);
        return createdAt;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      const known = await rows.findOneBy(id);
      if (!known) continue;
      const ageMs = Date.now() - known.createdAt.getTime();
      if (ageMs > (known.status === null ? RUNNING_MS : REMEMBERED_MS)) {
        await rows.delete({ ...id, createdAt: known.createdAt });
        continue;
      }
      if (known.requestHash !== requestHash)
        throw new DomainError('idempotency-conflict', 'This Idempotency-Key was used for another request.');
      if (known.status === null)
        throw new DomainError('idempotency-conflict', 'The first request with this Idempotency-Key still runs.', {
          retryAfterS: 2,
        });
      return known;
    }
    throw new DomainError('idempotency-conflict', 'The first request with this Idempotency-Key still runs.', { retryAfterS: 2 });
  }

  private async run(own: KeyRow, next: CallHandler): Promise<unknown> {
    const rows = this.dataSource.getRepository(IdempotencyEntity);
    let answer: unknown;
    try {
      answer = await withRequestKey({ row: own, secrets: this.secrets }, () =>
        lastValueFrom(next.handle(), { defaultValue: undefined }),
      );
    } catch (error) {
      // Where the answer was kept together with the effect it stays: the failure came after it.
      await untilTaken(own, () => rows.delete({ ...own, status: IsNull() }));
      throw error;
    }
    await untilTaken(own, () => rows.update({ ...own }, rememberedAnswer(this.secrets, own, answer)));
    return answer;
  }
}

/**
 * What made a request fail, or came right after it, such as a MySQL that takes no writes, may also keep its row from being given back or
 * answered: the client comes again, so this is tried until MySQL takes it. The caller waits for the first time only.
 */
async function untilTaken(own: KeyRow, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch {
    // By then the row has lost its meaning by itself.
    if (Date.now() - own.createdAt.getTime() > RUNNING_MS) return;
    setTimeout(() => void untilTaken(own, write), AGAIN_MS).unref();
  }
}

/**
 * The handler, which would look whose it is, does not run again: what the caller was answered about an account is not told once that is none
 * of theirs any more.
 * @throws DomainError `forbidden`
 */
function requireStillOwn({ components, authorizers }: Caller, answer: unknown): void {
  const { component_appid, authorizer_appid } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const isForeign = (bound: ReadonlySet<string> | undefined, appid: unknown) =>
    typeof appid === 'string' && bound !== undefined && !bound.has(appid);
  if (isForeign(components, component_appid) || isForeign(authorizers, authorizer_appid))
    throw new DomainError(
      'forbidden',
      'The first request with this Idempotency-Key took effect; what it was about is not among your accounts any more.',
    );
}

/** The route may be called with `Idempotency-Key`. */
export const Idempotent = () => UseInterceptors(IdempotencyInterceptor);
