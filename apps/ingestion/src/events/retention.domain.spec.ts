import { expect, it } from 'vitest';
import { parseRetention, retentionProblem } from './retention.domain.js';

it.each([
  ['*=30', undefined],
  ['component_verify_ticket=2, message.*=30,*=180', undefined],
  ['message.*=30', 'must end with "*=<days>" for all other kinds'],
  ['message.*=1,*=180', 'message.*: must be longer than PUSH_MAX_AGE_S'],
])('%s: %s', (text, problem) => {
  expect(retentionProblem(parseRetention(text), 86_400)).toBe(problem);
});
