import { describe, expect, it } from 'vitest';
import { differences, promotedTemplate } from './template.domain.js';

const trace = { draftId: 0, userVersion: '1.0', userDesc: 'd 🙂', idsBefore: [0, 1] };
const template = { template_id: 2, draft_id: 0, user_version: '1.0', user_desc: 'd 🙂', create_time: 1 };

describe('promotedTemplate', () => {
  it('finds the new one', () => expect(promotedTemplate(trace, [{ ...template, template_id: 1 }, template])).toBe(template));
  it('finds it in answers that name no draft', () => {
    const { draft_id: _, ...old } = template;
    expect(promotedTemplate(trace, [old])).toBe(old);
  });
  it.each([
    ['of another draft', { draft_id: 3 }],
    ['of another version', { user_version: '1.1' }],
    ['with another description', { user_desc: 'x' }],
    ['that was there before', { template_id: 0 }],
  ])('does not take one %s', (_, other) => expect(promotedTemplate(trace, [{ ...template, ...other }])).toBeUndefined());
});

describe('differences', () => {
  it('names what differs only', () => {
    expect(differences(template, { ...template, user_version: '2.0', developer: 'x' })).toEqual([
      { member: 'user_version', from: '1.0', to: '2.0' },
      { member: 'developer', from: null, to: 'x' },
    ]);
  });
});
