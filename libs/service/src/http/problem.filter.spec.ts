import type { ArgumentsHost } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../log/logger.js';
import { ProblemFilter } from './problem.filter.js';

const filter = new ProblemFilter(await createLogger({ app: 'test', level: 'silent' }));

/** What the filter answers to an error. */
function answerTo(error: unknown) {
  const answer = { status: 0, body: '', headers: {} as Record<string, string> };
  const reply = {
    header: (name: string, value: string) => {
      answer.headers[name] = value;
    },
    status: (status: number) => {
      answer.status = status;
      return reply;
    },
    type: () => reply,
    send: (body: string) => {
      answer.body = body;
    },
  };
  const http = { getRequest: () => ({ id: 'r', method: 'GET' }), getResponse: () => reply };
  filter.catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return { ...answer, body: JSON.parse(answer.body) };
}
const driverError = (code: string, message = code) => Object.assign(new Error(message), { code, sqlState: 'HY000', fatal: true });

describe('ProblemFilter', () => {
  it.each([
    ['a lost connection', driverError('PROTOCOL_CONNECTION_LOST'), /MySQL does not answer/, '2'],
    ['too many connections', driverError('ER_CON_COUNT_ERROR'), /Every connection/, '2'],
    ['a pool with too many waiting', new Error('Queue limit reached.'), /Every connection/, '2'],
    ['a full disk', driverError('ER_DISK_FULL'), /no room left/, '60'],
    [
      'a full disk, by the number of the system',
      driverError('ER_GET_ERRNO', 'Got error 28 "No space left on device" from storage engine'),
      /no room left/,
      '60',
    ],
    ['a demoted primary', driverError('ER_OPTION_PREVENTS_STATEMENT'), /changing its primary/, '5'],
    ['a deadlock', driverError('ER_LOCK_DEADLOCK'), /same rows/, '1'],
    ['Redis away', new Error("Stream isn't writeable and enableOfflineQueue options is false"), /Redis/, '2'],
    ['Redis full', new Error("OOM command not allowed when used memory > 'maxmemory'."), /Redis/, '2'],
  ])('answers 503 unavailable for %s', (_, error, detail, retryAfter) => {
    const { status, body, headers } = answerTo(error);
    expect(status).toBe(503);
    expect(body.type).toBe('urn:wxplane:problem:unavailable');
    expect(body.detail).toMatch(detail);
    expect(headers['retry-after']).toBe(retryAfter);
  });

  it('answers 500 without a word about the cause for a bug', () => {
    const { status, body } = answerTo(driverError('ER_PARSE_ERROR', 'You have an error near secret-thing'));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret-thing');
  });
});
