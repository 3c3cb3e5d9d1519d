import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { DomainError } from './problems.js';

/** No request of ours comes near. What is deeper overflows the stack of whatever walks over it, after seconds of work. */
const MAX_DEPTH = 64;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** JSON bodies, looked over once for their depth before anything is made of them: that happens before a caller is known. */
export function takeJsonBodies(app: NestFastifyApplication, bodyLimit: number): void {
  const parse = app.getHttpAdapter().getInstance().getDefaultJsonParser('error', 'error');
  app.useBodyParser('application/json', { bodyLimit }, (request, body, done) => {
    // Many clients name the type whatever they send. A route that wants a body says which members are missing.
    if (body.length === 0) return done(null, undefined);
    if (isDeeper(body, MAX_DEPTH))
      return done(new DomainError('invalid-request', `The body is nested deeper than ${MAX_DEPTH} levels.`), undefined);
    const text = body.toString('utf8');
    void parse(request as FastifyRequest, text, (error: Error | null, document?: unknown) => {
      const path = error || !LONG_NUMBER.test(text) ? undefined : unsafeInteger(document);
      done(path === undefined ? error : unkept(path), document);
    });
  });
}

/** Only then the document is walked through. */
const LONG_NUMBER = /\d{16}/;

/** @returns where an integer stands whose digits a JSON number does not keep */
export function unsafeInteger(node: unknown, path = ''): string | undefined {
  if (typeof node === 'number') return Number.isInteger(node) && !Number.isSafeInteger(node) ? path : undefined;
  if (typeof node !== 'object' || node === null) return undefined;
  for (const [key, value] of Object.entries(node)) {
    const found = unsafeInteger(value, path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const unkept = (path: string) =>
  new DomainError('invalid-request', `${path} is an integer beyond 2^53, whose digits would not be kept: send it as a text.`, {
    errors: [{ field: path, message: 'is an integer beyond 2^53; send it as a text' }],
  });

/** Brackets in texts do not count. In UTF-8 no byte of another character looks like one of these. */
export function isDeeper(json: Buffer, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = endOfText(json, at);
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > most) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth -= 1;
    }
  }
  return false;
}

function endOfText(json: Buffer, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
