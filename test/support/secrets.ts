import type { Suite } from './suite.js';

/** Every ticket, token and code that WeChat has handed out in this run, and our own secrets. */
export async function secretsOfRun(suite: Pick<Suite, 'control' | 'secretValues'>): Promise<string[]> {
  const state = await suite.control.get('/state?reveal=1');
  const calls = await suite.control.get('/calls?limit=5000&reveal=1');
  const found = new Set<string>(suite.secretValues());
  collect(state, found);
  collect(calls, found);
  return [...found];
}

const NAMED = /@@@/;
const OPAQUE = /^[A-Za-z0-9_-]{60,}$/;

function collect(value: unknown, found: Set<string>): void {
  if (typeof value === 'string') {
    for (const [word] of value.matchAll(/[A-Za-z0-9_@-]{20,}/g)) if (NAMED.test(word) || OPAQUE.test(word)) found.add(word);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      collect(key, found);
      collect(item, found);
    }
  }
}
