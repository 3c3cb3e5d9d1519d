import { expect, it } from 'vitest';
import { daysFor, parseRetention, retentionProblem } from './retention.domain.js';

it.each([
  ['*=30', undefined],
  ['component_verify_ticket=2, message.*=30,*=180', undefined],
  ['message.*=30', 'must end with "*=<days>" for all other kinds'],
  ['message.*=1,*=180', 'message.*: must be longer than PUSH_MAX_AGE_S'],
])('%s: %s', (text, problem) => {
  expect(retentionProblem(parseRetention(text), 86_400)).toBe(problem);
});

it.each([
  ['component_verify_ticket', 2],
  ['message.text', 30],
  ['authorized', 180],
  ['messageXtext', 180],
])('%s is kept for %s days: the first pattern that fits decides', (kind, days) => {
  expect(daysFor(kind, parseRetention('component_verify_ticket=2, message.*=30,*=180,message.text=1'))).toBe(days);
});
