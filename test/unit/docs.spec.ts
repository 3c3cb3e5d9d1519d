import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifyReturn } from '#broker-client';
import { PROBLEMS, SCOPES, secretsOf } from '#service';
import { variablesOf } from '../deploy/support.js';

const ROOT = new URL('../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

describe('documents that must not rot', () => {
  it('docs/problems.md explains every error, with its status', () => {
    const sections = [...read('docs/problems.md').matchAll(/^## ([a-z-]+)\n(\d{3})\./gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    const problems = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]);
    expect(Object.fromEntries(sections)).toEqual(Object.fromEntries(problems));
  });

  describe('docs/using-the-broker.md', () => {
    const text = read('docs/using-the-broker.md');

    it('says what to do about every error, under its status', () => {
      const rows = [...text.matchAll(/^\| (\d{3}(?:, \d{3})*) \| ((?:`[a-z-]+`(?:, )?)+) \|/gm)];
      const told = rows.flatMap(([, statuses, codes]) =>
        [...codes!.matchAll(/`([a-z-]+)`/g)].map(([, code]) => ({ code: code!, statuses: statuses!.split(', ').map(Number) })),
      );
      expect(told.map(({ code }) => code).sort()).toEqual(Object.keys(PROBLEMS).sort());
      for (const { code, statuses } of told) expect(statuses, code).toContain(PROBLEMS[code as keyof typeof PROBLEMS].status);
    });

    it('has an example of a signed return that is right', () => {
      const secret = /`return_secret` = `([0-9a-f]{48})`/.exec(text)?.[1] ?? '';
      const url = /^\/wechat\/back\?.*$/m.exec(text)?.[0] ?? '';
      const now = 1_790_000_060_000;
      expect(verifyReturn(url, secret, { now })).toMatchObject({ state: 'order 7 & 8', result: 'authorized' });
      expect(verifyReturn(url.replace('order', 'other'), secret, { now })).toBeUndefined();
    });

    it('links to files that exist', () => {
      for (const document of globSync('docs/*.md', { cwd: ROOT })) {
        for (const [, target] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g))
          expect(existsSync(new URL(target!, `file://${ROOT}${document}`)), `${document}: ${target}`).toBe(true);
      }
    });
  });

  it('docs/security.md says what each scope allows', () => {
    const told = [...read('docs/security.md').matchAll(/^\| `([a-z:-]+)` \| \S/gm)].map(([, scope]) => scope);
    expect(told).toEqual([...SCOPES]);
  });

  describe('.env.example', () => {
    const example = variables(read('.env.example'));

    it('has every variable of every configuration class, and no other that nobody reads', () => {
      const declared = sources(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts']).flatMap(({ text }) =>
        [...text.matchAll(/^ +(?:@.*\) )?(?:(?<=\) )|readonly )([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)[!?]?: /gm)].map(
          ([, name]) => name!,
        ),
      );
      expect(declared).toContain('DATABASE_URL');
      const missing = declared.filter((name) => !example.has(name));
      expect(missing, 'explain these in .env.example').toEqual([]);

      const elsewhere = sources(['libs/persistence/src/migrate.ts', 'scripts/**/*.{ts,mjs}', 'docker-compose.yml'])
        .map(({ text }) => text)
        .join('\n');
      const used = new Set([...declared, ...(elsewhere.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? [])]);
      const unread = [...example.keys()].filter((name) => !used.has(name));
      expect(unread, 'nobody reads these').toEqual([]);
    });

    it('shows the defaults that the classes have', async () => {
      const defaults = new Map<string, Set<string>>();
      for (const { path } of sources(['apps/*/src/**/*.config.ts', 'libs/service/src/config/service-config.ts'])) {
        const module = (await import(new URL(`../../${path}`, import.meta.url).href)) as Record<string, unknown>;
        for (const [name, Config] of Object.entries(module)) {
          if (typeof Config !== 'function' || !/^[A-Z]\w*(Config|Endpoints)$/.test(name)) continue;
          const values = new (Config as new () => Record<string, unknown>)();
          for (const [key, value] of Object.entries(values)) {
            if (/^[A-Z_0-9]+$/.test(key) && value !== undefined)
              defaults.set(key, (defaults.get(key) ?? new Set()).add(String(value)));
          }
        }
      }
      expect(defaults.get('DATABASE_POOL_SIZE')).toEqual(new Set(['10']));
      const wrong = [...defaults].flatMap(([key, values]) => {
        // Apps that differ: the comment says how.
        const expected = values.size === 1 ? [...values][0] : '';
        return example.get(key) === expected ? [] : [`${key}: ${example.get(key)} instead of ${expected}`];
      });
      expect(wrong).toEqual([]);
    });

    it('names no secret that cannot stand in a file instead', async () => {
      const plain: string[] = [];
      for (const { path } of sources(['apps/*/src/**/*.config.ts', 'libs/service/src/config/service-config.ts'])) {
        const module = (await import(new URL(`../../${path}`, import.meta.url).href)) as Record<string, unknown>;
        for (const [name, Config] of Object.entries(module)) {
          if (typeof Config !== 'function' || !/^[A-Z]\w*(Config|Endpoints)$/.test(name) || path.startsWith('apps/sandbox/'))
            continue;
          const shape = Config as new () => object;
          const fromFiles = new Set(secretsOf(shape));
          const secrets = variablesOf(shape).filter((key) => /(PASSWORD|KEYS?|DATABASE_URL|REDIS_URL)$/.test(key));
          plain.push(...secrets.filter((key) => !fromFiles.has(key)).map((key) => `${name}.${key}`));
        }
      }
      expect(plain).toEqual([]);
    });

    it('explains each one', () => {
      const lines = read('.env.example').split('\n');
      const bare = lines.filter((line, index) => /^[A-Z]/.test(line) && !/^(#|[A-Z])/.test(lines[index - 1] ?? ''));
      expect(bare).toEqual([]);
    });
  });
});

function sources(patterns: string[]): { path: string; text: string }[] {
  return globSync(patterns, { cwd: ROOT, exclude: (path) => /\.(int-|e2e-)?spec\.ts$/.test(path) })
    .filter((path) => !/spec\.ts$/.test(path))
    .map((path) => ({ path, text: read(path) }));
}

function variables(text: string): Map<string, string> {
  const found = [...text.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name, value]) => [name!, value!] as const);
  expect(new Set(found.map(([name]) => name)).size, 'a name stands twice').toBe(found.length);
  return new Map(found);
}
