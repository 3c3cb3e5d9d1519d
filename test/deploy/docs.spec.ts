import 'reflect-metadata';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../apps/cli/src/program.ts';
import { anchorsOf } from '../support/markdown.js';
import { ROOT } from './manifests.js';

describe.each(['docs/runbook.md', 'docs/operations.md', 'docs/metrics.md'])('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  it('has only links that lead somewhere', () => {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [path, anchor] = target!.split('#') as [string, string | undefined];
      const file = path ? join(ROOT, dirname(page), path) : join(ROOT, page);
      expect(existsSync(file), target).toBe(true);
      if (anchor) expect(anchorsOf(readFileSync(file, 'utf8')), target).toContain(anchor);
    }
  });

  it('names only variables that .env.example explains', () => {
    const explained = new Set(
      [...readFileSync(join(ROOT, '.env.example'), 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name),
    );
    for (const [, name] of text.matchAll(
      /`((?:DATABASE|REDIS|STOP|TOKEN|WXPLANE|WECHAT|INBOX|TICKET|DELIVERY|MANAGEMENT|PUSH|RELEASE)_[A-Z_]+)[=`]/g,
    ))
      expect(explained, name).toContain(name);
  });
});

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

/** What a page tells its reader to type, up to where the shell would take over. */
function commandsOf(text: string): string[] {
  const START =
    /(?:npm run (?:--silent )?wxplane -- |node dist\/apps\/cli\/src\/main\.js |(?:^|[`(]|IMPORT_DATABASE_URL=\S+ )wxplane )([a-z][^`\n]*|--help)/gm;
  return [...text.matchAll(START)].map(([, rest]) => rest!.split(/\s(?:[|>]|#|&&|\d?>)|\)(?:\s|$)|;/)[0]!.trim());
}

/** Words as a shell makes them, quotes taken away. */
const wordsOf = (line: string) => [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);

/** @returns what is wrong with a command line, according to the program itself. */
function wrongWith(line: string): string | undefined {
  const words = wordsOf(line);
  let command: Command = program();
  for (;;) {
    const next = command.commands.find((child) => child.name() === words[0]);
    if (!next) break;
    command = next;
    words.shift();
  }
  const given: string[] = [];
  let flags = 0;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--help') return undefined;
    if (!word.startsWith('--')) {
      given.push(word);
      continue;
    }
    flags += 1;
    const option = command.options.find(({ long }) => long === word);
    if (!option) return `${command.name()} has no ${word}`;
    if (option.required && words.shift() === undefined) return `${word} wants a value`;
  }
  if (command.commands.length > 0) return given.length > 0 || flags > 0 ? `there is no ${given[0] ?? 'such command'}` : undefined;
  const { registeredArguments: wanted } = command;
  if (given.length > wanted.length && !wanted.at(-1)?.variadic) return `${given.join(' ')}: too many arguments`;
  return undefined;
}

describe('command lines in the documents', () => {
  it.each(['docs/runbook.md', 'docs/operations.md', 'docs/cli.md', 'README.md', 'README.zh-CN.md'])(
    '%s has only such as exist',
    (page) => {
      const commands = commandsOf(read(page));
      expect(commands.length).toBeGreaterThan(0);
      for (const line of commands) expect(wrongWith(line), `wxplane ${line}`).toBeUndefined();
    },
  );

  it('a wrong one would be found', () => {
    expect(wrongWith('clients revok 17')).toBeDefined();
    expect(wrongWith('clients revoke 17 --now')).toBeDefined();
    expect(wrongWith('clients revoke 17 18')).toBeDefined();
    expect(
      commandsOf('do `wxplane clients list`; then\nwxplane status   # look\nx=$(wxplane releases promote --draft 4)'),
    ).toEqual(['clients list', 'status', 'releases promote --draft 4']);
  });
});

describe('routes in the runbook', () => {
  /** `GET /v1/releases/*`, from the controllers. */
  const routes = new Set(
    globSync('apps/{ingestion,broker,release}/src/**/*.controller.ts', { cwd: ROOT }).flatMap((file) => {
      let base = '';
      return [...read(file).matchAll(/@(Controller|Get|Post|Put|Patch|Delete)\((?:'([^']*)')?\)/g)].flatMap(
        ([, kind, path = '']) => {
          if (kind === 'Controller') {
            base = path;
            return [];
          }
          const whole = `/${base}/${path}`.replace(/\/+$/, '').replace(/:\w+/g, '*');
          return [`${kind!.toUpperCase()} ${whole}`];
        },
      );
    }),
  );

  it('exist', () => {
    expect(routes).toContain('POST /v1/clients/*/rotate');
    const named = [...read('docs/runbook.md').matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/v1\/[^`?]*)[^`]*`/g)];
    expect(named.length).toBeGreaterThan(4);
    for (const [, method, path] of named) expect(routes).toContain(`${method} ${path!.replace(/<\w+>/g, '*')}`);
  });
});
