import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { broken, down, flushed, halfOpen, kill, wechat } from './soak/chaos.ts';
import { holdsAny } from './soak/leaks.ts';
import { parseOptions, seededRandom, WrongArgument } from './soak/options.ts';
import { soak } from './soak/soak.ts';

const folder = mkdtempSync(join(tmpdir(), 'wxplane-soak-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `npm run soak` in small. The only release replica is not killed: apps/release/test/kill.e2e-spec.ts does, and it takes half a minute to recover. */
const SCRIPT = [
  kill('broker', 1, 300),
  broken('mariadb', 'cut', [0, 1], 1_500),
  wechat('acts, its answer is lost', { path: '/cgi-bin/component/*', action: 'cut', after: true, share: 0.3 }, 1_500),
  broken('redis', 'stall', [0, 1], 1_500),
  kill('ingestion', 1, 300),
  halfOpen('redis', [0, 1], 300),
  flushed(),
  down('mariadb', 'kill', 300),
];

describe('a short soak', () => {
  it('keeps every promise', { timeout: 600_000 }, async () => {
    const result = await soak({
      folder,
      minutes: 0.15,
      seed: 1,
      script: SCRIPT,
      pushesPerS: 10,
      readsPerS: 30,
      releaseReplicas: 1,
      tokenS: 120,
      auditS: 1,
      // A rollout that could not read its quota waits for five minutes.
      settleMs: 360_000,
      report: () => {},
      progress: () => {},
      progressMs: 60_000,
    });
    expect(result.verdicts.filter(({ ok }) => !ok)).toEqual([]);
    expect(result.verdicts).toHaveLength(9);
    expect([...result.disturbances.keys()]).toEqual(SCRIPT.map(({ name }) => name));
  });
});

describe('its parts', () => {
  it('the same seed draws the same numbers', () => {
    const [one, same, other] = [seededRandom(7), seededRandom(7), seededRandom(8)];
    const numbers = Array.from({ length: 50 }, one);
    expect(numbers).toEqual(Array.from({ length: 50 }, same));
    expect(numbers).not.toEqual(Array.from({ length: 50 }, other));
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  });

  it('arguments are checked', () => {
    expect(parseOptions(['--minutes', '0.5', '--seed', '7'])).toMatchObject({ minutes: 0.5, seed: 7 });
    for (const wrong of [['--minutes', 'x'], ['--minutes', '0'], ['--reads', '-1'], ['--what']])
      expect(() => parseOptions(wrong), wrong.join(' ')).toThrow(WrongArgument);
  });

  it('a secret is found wherever it stands in a line', () => {
    const secret = 'ticket@@@abcdefghijklmnopqrstuvwxyz';
    const byHead = new Map([[secret.slice(0, 14), [secret]]]);
    for (const line of [secret, `{"a":"${secret}"}`, `token=${secret}&b`, `nothing${secret}more`, `\\n${secret}`])
      expect(holdsAny(line, byHead), line).toBe(true);
    expect(holdsAny(`${secret.slice(0, 20)} and no more`, byHead)).toBe(false);
  });
});
