import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';
import { BINDINGS, IdempotencyEntity, type SecretBox } from '#persistence';

/** The row of a request that carries `Idempotency-Key`. */
export interface KeyRow {
  readonly clientId: string;
  readonly idempotencyKey: string;
  /** By it a row is the request's own: one that took longer than it may has been followed by another one, whose row stays. */
  readonly createdAt: Date;
}

interface RequestKey {
  readonly row: KeyRow;
  readonly secrets: SecretBox;
}

const current = new AsyncLocalStorage<RequestKey>();

export const withRequestKey = <T>(key: RequestKey, work: () => Promise<T>): Promise<T> => current.run(key, work);

/** What is remembered of an answer; `null`: it has no body. */
export const rememberedAnswer = (secrets: SecretBox, { clientId, idempotencyKey }: KeyRow, answer: unknown) => ({
  status: 200,
  response: answer === undefined ? null : secrets.seal(JSON.stringify(answer), BINDINGS.answer(clientId, idempotencyKey)),
});

/**
 * Writes the answer down in the transaction that is the effect, where the request has a key: a process that is killed, or a connection
 * that breaks, between the effect and its answer leaves no key that may be used for a second effect.
 */
export async function keepAnswer(db: EntityManager, answer: unknown): Promise<void> {
  const key = current.getStore();
  if (key) await db.getRepository(IdempotencyEntity).update({ ...key.row }, rememberedAnswer(key.secrets, key.row, answer));
}
