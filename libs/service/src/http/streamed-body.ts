import type { FastifyRequest } from 'fastify';
import { DomainError } from './problems.js';

type Done = (error: Error | null, body?: unknown) => void;

/**
 * A parser for bodies that are streamed on: Fastify counts only those that it reads itself, so a length must be said, and may not be more.
 * @param most bytes
 */
export const streamedBody =
  (most: number) =>
  ({ headers }: FastifyRequest, payload: unknown, done: Done): void => {
    const size = Number(headers['content-length'] ?? Number.NaN);
    if (!Number.isSafeInteger(size)) done(new DomainError('invalid-request', 'Content-Length is needed.'));
    else if (size > most) done(new DomainError('payload-too-large', `At most ${most / 1_024 / 1_024} MB.`));
    else done(null, payload);
  };
