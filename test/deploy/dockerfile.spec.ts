import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ValidationSeverity, validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../scripts/deploy/targets.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const text = read('Dockerfile');
/** One instruction a line, as Docker reads them. */
const instructions = text
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line.trim() !== '');
const lines = (keyword: string) =>
  instructions.filter((line) => line.startsWith(`${keyword} `)).map((line) => line.slice(keyword.length + 1));

/** The instructions of one stage. */
function stage(name: string): string[] {
  const start = instructions.findIndex((line) => line.startsWith('FROM ') && line.endsWith(` AS ${name}`));
  const length = instructions.slice(start + 1).findIndex((line) => line.startsWith('FROM '));
  return start < 0 ? [] : instructions.slice(start, length < 0 ? undefined : start + 1 + length);
}

describe('Dockerfile', () => {
  it('passes the linter', () => {
    const problems = validate(text, {
      emptyContinuationLine: ValidationSeverity.ERROR,
      instructionJSONInSingleQuotes: ValidationSeverity.ERROR,
      instructionCasing: ValidationSeverity.ERROR,
      deprecatedMaintainer: ValidationSeverity.ERROR,
    });
    expect(problems.map(({ message, range }) => `line ${range.start.line + 1}: ${message}`)).toEqual([]);
  });

  it('pins the very Node that the project pins', () => {
    const { devDependencies } = JSON.parse(read('package.json'));
    expect(text).toContain(`ARG NODE_IMAGE=node:${devDependencies.node}-bookworm-slim`);
    // Every further stage comes from that one, or from a stage of this file.
    const stages = new Set(lines('FROM').map((from) => from.split(' AS ')[1]));
    for (const from of lines('FROM')) {
      const [base] = from.split(' AS ') as [string];
      expect(base === `\${NODE_IMAGE}` || stages.has(base), base).toBe(true);
    }
  });

  it.each([
    ['a tag', 'node:24.21.0-bookworm-slim', 'true', false],
    ['a tag, where that may be', 'node:24.21.0-bookworm-slim', 'false', true],
    ['a digest', `mirror.example/node:24.21.0-bookworm-slim@sha256:${'a'.repeat(64)}`, 'true', true],
    ['a digest that is cut short', `node@sha256:${'a'.repeat(63)}`, 'true', false],
    ['something behind a digest', `node@sha256:${'a'.repeat(64)}0`, 'true', false],
  ])('builds from %s, or refuses to, before anything else', (_, NODE_IMAGE, REQUIRE_DIGEST, builds) => {
    const first = stage('build').filter((line) => /^(RUN|COPY)/.test(line))[0]!;
    expect(stage('build')).toEqual(expect.arrayContaining(['ARG NODE_IMAGE', 'ARG REQUIRE_DIGEST']));
    const { status, stderr } = spawnSync('sh', ['-c', first.slice('RUN '.length)], {
      env: { ...process.env, NODE_IMAGE, REQUIRE_DIGEST },
    });
    expect({ builds: status === 0, said: String(stderr).includes(NODE_IMAGE) }).toEqual({ builds, said: !builds });
    expect(stage('runtime').join('\n')).toContain(`image.base.name="\${NODE_IMAGE}"`);
  });

  it('has a stage for every target, with a start, a health command and what was traced for it alone', () => {
    for (const [target, { entry, kind }] of Object.entries(TARGETS)) {
      const own = stage(target);
      expect(own[0], target).toBe(`FROM runtime AS ${target}`);
      expect(own.filter((line) => line.startsWith('COPY'))).toEqual([`COPY --from=${target}-files /app /app`]);
      expect(own.at(-1)).toContain(`CMD ["node", "/app/${entry}"`);
      expect(own.some((line) => line.startsWith('HEALTHCHECK'))).toBe(true);
      if (kind !== 'command') expect(own.join('\n')).toContain('CMD ["node", "/app/healthcheck.mjs"');
      expect(stage(`${target}-files`)).toContain(`RUN node scripts/deploy/trace-app.ts ${target} /app`);
    }
  });

  it('runs as a user given by number, and nothing after that becomes root again', () => {
    expect(lines('USER')).toEqual(['1000:1000']);
    expect(stage('runtime').some((line) => line.startsWith('USER 1000'))).toBe(true);
    expect(lines('ADD')).toEqual([]);
  });

  it('lets ingestion look up many names at once: half of Node’s threads may do so', () => {
    const size = Number(/UV_THREADPOOL_SIZE=(\d+)/.exec(stage('ingestion').join('\n'))?.[1]);
    expect(size).toBeGreaterThanOrEqual(16);
  });

  it('carries no secret: no build argument or variable is named like one', () => {
    for (const line of [...lines('ARG'), ...lines('ENV')])
      expect(line).not.toMatch(/SECRET|PASSWORD|TOKEN|_KEY|DATABASE_URL|REDIS_URL/);
  });
});

describe('.dockerignore', () => {
  const rules = read('.dockerignore')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'));

  it('starts from nothing, and lets in what the Dockerfile copies', () => {
    expect(rules[0]).toBe('*');
    const copied = lines('COPY')
      .filter((line) => !line.startsWith('--from'))
      .flatMap((line) => line.split(/\s+/).slice(0, -1));
    for (const path of copied) expect(rules).toContain(`!${path}`);
  });

  it('keeps local data, secrets and tests out', () => {
    for (const path of ['**/.env', '**/.local', '**/*.spec.ts', '**/node_modules']) expect(rules).toContain(path);
  });
});
