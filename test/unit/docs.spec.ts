import { globSync, readFileSync } from 'node:fs';
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

    it('explains each one', () => {
      const lines = read('.env.example').split('\n');
      const bare = lines.filter((line, index) => /^[A-Z]/.test(line) && !/^(#|[A-Z])/.test(lines[index - 1] ?? ''));
      expect(bare).toEqual([]);
    });
  });
});

const ROOT = new URL('../../', import.meta.url).pathname;

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
