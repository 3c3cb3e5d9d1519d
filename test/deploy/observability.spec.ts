import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { findProgram, installMissing } from '../../scripts/lib/programs.ts';
import { ROOT } from './manifests.js';
import { documentedMetrics } from './metrics-page.js';

// Schemas are many files, tools are processes: on a busy machine both take their time.
vi.setConfig({ testTimeout: 120_000 });

const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}
const groups = parse(read('k8s/base/monitoring/rules.yaml')).spec.groups as {
  readonly name: string;
  readonly rules: readonly Alert[];
}[];
const alerts = groups.flatMap(({ rules }) => rules);
const dashboard = JSON.parse(read('k8s/base/monitoring/dashboard.json')) as {
  readonly panels: readonly {
    readonly title: string;
    readonly type: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
};
const documented = documentedMetrics();
/** Names of metrics in an expression. */
const metricsIn = (expr: string) =>
  [...expr.replace(/"[^"]*"/g, '""').matchAll(/\b(?:wxplane|nodejs|process)_[a-z0-9_]+\b/g)].map(([name]) =>
    name.replace(/_(bucket|count|sum)$/, ''),
  );

describe('alerts', () => {
  it('use only metrics that docs/metrics.md explains', () => {
    for (const { alert, expr } of alerts) for (const name of metricsIn(expr)) expect(documented, alert).toContain(name);
  });

  it('have a name, a severity and words of their own', () => {
    expect(alerts.length).toBeGreaterThan(20);
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    for (const { alert, labels, annotations } of alerts) {
      expect(alert).toMatch(/^Wxplane[A-Z][A-Za-z]+$/);
      expect(['warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary.length).toBeGreaterThan(10);
      expect(annotations.description.length).toBeGreaterThan(10);
    }
  });

  it('keep the namespace that their series came from, by which the dashboard finds them', () => {
    for (const { alert, expr } of alerts) {
      const aggregations = [...expr.matchAll(/\b(?:sum|min|max|avg|count)\b\s*(?:by\s*\(([^)]*)\))?/g)];
      for (const [text, labels = ''] of aggregations) expect(labels.split(/,\s*/), `${alert}: ${text}`).toContain('namespace');
      // Nothing that was never seen has a namespace; for all else `absent` is no way to ask.
      expect(expr, alert).not.toMatch(/\babsent\(/);
    }
    const [firing] = dashboard.panels.find(({ title }) => title === 'Alerts that fire')?.targets ?? [];
    expect(firing?.expr).toContain('namespace=~"$namespace|"');
  });

  it('name a section of the runbook that exists; and no section speaks of an alert that does not', () => {
    const sections = [...read('docs/runbook.md').matchAll(/^#{2,4} (Wxplane\w+)$/gm)].map(([, name]) => name!);
    expect(sections.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
    for (const { alert, annotations } of alerts) expect(annotations.runbook_url).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
  });
});

describe('dashboard', () => {
  it('uses only metrics that docs/metrics.md explains', () => {
    const targets = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
    expect(targets.length).toBeGreaterThan(20);
    for (const { title, expr } of targets) for (const name of metricsIn(expr)) expect(documented, title).toContain(name);
  });

  it('answers "is it well?" in its first row: six figures side by side', () => {
    const [title, ...first] = dashboard.panels.filter(({ gridPos }) => gridPos.y < 5);
    expect(title?.title).toBe('Is it well?');
    expect(first.map(({ type }) => type)).toEqual(Array(6).fill('stat'));
    expect(first.reduce((width, { gridPos }) => width + gridPos.w, 0)).toBe(24);
  });

  it('shows the cache hit share of token reads', () => {
    const { targets = [] } = dashboard.panels.find(({ title }) => title === 'Where token reads find the token')!;
    const [memory] = targets;
    expect(memory?.expr).toMatch(
      /^sum\(rate\((wxplane_token_warm_reads_total)\{.*\) \/ \(sum\(rate\(\1\{.* \+ \(sum\(rate\(wxplane_http_request/,
    );
  });

  it('has no panels on top of each other', () => {
    const cells = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.get(`${x},${y}`), `${title} at ${x},${y}`).toBeUndefined();
          cells.set(`${x},${y}`, title);
        }
      }
    }
  });
});

describe('rules, by promtool', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wxplane-rules-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  // Debian has it in the package `prometheus`. Where it can be neither found nor installed (another system), the checks above must do.
  if (!findProgram('promtool')) await installMissing(['promtool'], () => {});
  const promtool = findProgram('promtool');
  const run = (...args: string[]) => {
    try {
      return execFileSync(promtool!, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${stdout}\n${stderr}`);
    }
  };
  writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
  const { tests, ...settings } = parse(read('test/deploy/rules.test.yaml')) as { tests: { promql_expr_test: unknown }[] };
  // Each test with the alerts that it names: all of them, in every minute of every test, would take a minute of processor time.
  const files = tests.map((test, index) => {
    const named = new Set([...JSON.stringify(test).matchAll(/alertname=\\"(\w+)\\"/g)].map(([, name]) => name));
    const rules = groups
      .map((group) => ({ ...group, rules: group.rules.filter(({ alert }) => alert === undefined || named.has(alert)) }))
      .filter((group) => group.rules.length > 0);
    writeFileSync(join(folder, `${index}.rules.yaml`), stringify({ groups: rules }));
    writeFileSync(
      join(folder, `${index}.test.yaml`),
      stringify({ ...settings, rule_files: [`${index}.rules.yaml`], tests: [test] }),
    );
    return join(folder, `${index}.test.yaml`);
  });

  it.runIf(promtool)('are well formed', () => {
    expect(run('check', 'rules', join(folder, 'rules.yaml'))).toContain(`${alerts.length} rules found`);
  });

  it.runIf(promtool)(
    'fire when they should, and only then (rules.test.yaml)',
    () => {
      expect(run('test', 'rules', ...files).match(/SUCCESS/g)).toHaveLength(files.length);
    },
    120_000,
  );

  it('have a test each', () => {
    const tested = new Set([...read('test/deploy/rules.test.yaml').matchAll(/alertname="(\w+)"/g)].map(([, name]) => name));
    expect([...tested].toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  });
});
