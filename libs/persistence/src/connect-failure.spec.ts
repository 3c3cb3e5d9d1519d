import { describe, expect, it } from 'vitest';
import { whyNotConnected } from './connect-failure.js';

const failed = (code: string) => Object.assign(new Error('refused s3cret'), { code });

describe('a database that cannot be used is told in one line that says what to do', () => {
  it.each([
    ['ER_ACCESS_DENIED_ERROR', 'mysql://wx@db:3306/wx', 'holds no password', true],
    ['ER_ACCESS_DENIED_ERROR', 'mysql://wx:s3cret@db:3306/wx', 'refuses this user and password', true],
    ['ER_BAD_DB_ERROR', 'mysql://wx:s3cret@db:3306/wx', 'there is no schema "wx"', true],
    ['ER_DBACCESS_DENIED_ERROR', 'mysql://wx:s3cret@db:3306/wx', 'may not use the schema "wx"', true],
    ['ECONNREFUSED', 'mysql://wx:s3cret@db:3306/wx', 'cannot be reached (ECONNREFUSED)', false],
  ])('%s of %s', (code, url, problem, lasting) => {
    const why = whyNotConnected(failed(code), url);
    expect(why).toMatchObject({ problem: expect.stringContaining(problem), lasting });
    expect(JSON.stringify(why)).not.toContain('s3cret');
  });
});
