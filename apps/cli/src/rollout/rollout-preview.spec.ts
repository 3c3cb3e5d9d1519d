import { expect, it } from 'vitest';
import { explain } from './rollout.command.js';

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
