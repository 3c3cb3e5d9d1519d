import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '#service';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('documents that must not rot', () => {
  it('docs/problems.md explains every error, with its status', () => {
    const sections = [...read('docs/problems.md').matchAll(/^## ([a-z-]+)\n(\d{3})\./gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    const problems = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]);
    expect(Object.fromEntries(sections)).toEqual(Object.fromEntries(problems));
  });
});
