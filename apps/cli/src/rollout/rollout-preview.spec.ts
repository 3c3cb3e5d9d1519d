import { expect, it } from 'vitest';
import { explain } from './rollout-preview.js';

const preview = (ready: number, targets: number, path: string, message: string) => {
  const problem = { authorizer_appid: 'wxa', path, message, remedy: null };
  return explain({ hash: '', targets, ready, requests: [], problems: [problem], warnings: [], quota: null }).trimEnd();
};

it('a preview says who is ready, and what stands in the way, each word once', () => {
  expect(preview(1, 2, 'rollout', 'rollout 2 (spring, 5.1.0, running) has not finished with it')).toBe(
    '1 of 2 mini programs are ready\n  wxa  rollout 2 (spring, 5.1.0, running) has not finished with it',
  );
  expect(preview(0, 1, 'ext_json.ext', 'lacks "shop"')).toBe('0 of 1 mini program is ready\n  wxa  ext_json.ext lacks "shop"');
});

it('many problems are counted, and it says how to leave them out and how far the quota reaches', () => {
  const problems = Array.from({ length: 21 }, (_, index) => ({
    ...{ authorizer_appid: `wx${index}`, path: 'variables.shop', message: 'has no value in any layer', remedy: null },
  }));
  const { path, message, remedy } = problems[0]!;
  const shown = explain({
    ...{ targets: 30, ready: 9, problems, left_out: 2 },
    problem_groups: [{ path, message, remedy, count: 21, authorizer_appids: ['wx0', 'wx1'] }],
    forecast: { needed: 9, available: 5, fit: 5, later: 4, others: 3, renewed_at: '2026-12-31T16:00:00.000Z' },
  }).trimEnd();
  expect(shown.split('\n').slice(0, 4)).toEqual([
    '9 of 30 mini programs are ready',
    '  2 mini programs are left out',
    '  21 × variables.shop has no value in any layer, such as wx0',
    '  "leave_out": ["variables.shop"] in the specification leaves these out',
  ]);
  expect(shown).toContain('5 of 9 submissions fit this month (3 of other rollouts counted); the rest from ');
});
