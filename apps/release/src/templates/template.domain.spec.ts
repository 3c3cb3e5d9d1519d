import { describe, expect, it } from 'vitest';
import { differences, predecessor, promotedTemplate } from './template.domain.js';

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
  it('tells times as times, and takes an absent member for the same as none', () => {
    expect(differences(template, { ...template, create_time: 2 })).toEqual([
      { member: 'created_at', from: '1970-01-01T00:00:01.000Z', to: '1970-01-01T00:00:02.000Z' },
    ]);
  });
});

describe('predecessor', () => {
  const list = [4, 0, 7].map((template_id) => ({ ...template, template_id }));
  it('is the newest one', () => expect(predecessor(list)?.template_id).toBe(7));
  it('is the newest before a template', () => expect(predecessor(list, 4)?.template_id).toBe(0));
  it('is none for the first', () => expect(predecessor(list, 0)).toBeUndefined());
});
