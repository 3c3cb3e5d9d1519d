import { describe, expect, it } from 'vitest';
import { loadComponents } from './components.js';

const COMPONENT = 'wx00000000000000c1';
const load = (two_person?: unknown) =>
  loadComponents({
    WXPLANE_COMPONENTS: JSON.stringify({
      components: [
        {
          component_appid: COMPONENT,
          component_appsecret: '0123456789abcdef0123456789abcdef',
          push_tokens: ['pushToken1'],
          encoding_aes_keys: ['abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG'],
          two_person,
        },
      ],
    }),
  });

describe('two_person of a component', () => {
  it('that only says "required" means everything that users can notice, for three days, one approver', () => {
    const registry = load('required');
    expect(registry.requiresSecondPerson(COMPONENT)).toBe(true);
    const { effects, approvalMs, approversFor } = registry.twoPersonPolicy(COMPONENT);
    expect([...effects].sort()).toEqual(
      'categories component-settings domains gray names plugins privacy qr-rules release rollback templates visit-status'.split(
        ' ',
      ),
    );
    expect([approvalMs, approversFor(100_000)]).toEqual([72 * 3_600_000, 1]);
  });

  it('may name the effects, how long an approval holds, and more approvers for large rollouts', () => {
    const large_rollouts = { over_targets: 100, approvers: 2 };
    const policy = load({ effects: ['release', 'testers'], approval_hours: 4, large_rollouts }).twoPersonPolicy(COMPONENT);
    expect([...policy.effects].sort()).toEqual(['gray', 'release', 'testers']);
    expect(policy.approvalMs).toBe(4 * 3_600_000);
    expect([policy.approversFor(100), policy.approversFor(101)]).toEqual([1, 2]);
  });

  it('that is absent requires nothing', () => {
    const registry = load();
    expect(registry.requiresSecondPerson(COMPONENT)).toBe(false);
    expect(registry.twoPersonPolicy(COMPONENT).effects.size).toBe(0);
  });

  it.each([
    ['yes', /must be "required", an object/],
    [true, /must be "required", an object/],
    [{ effects: [] }, /effects must be some of release, rollback/],
    [{ effects: ['code'] }, /effects must be some of release, rollback/],
    [{ approval_hours: 0 }, /approval_hours must be a whole number/],
    [{ aproval_hours: 1 }, /has no member "aproval_hours"/],
    [{ large_rollouts: { over_targets: 10 } }, /large_rollouts must be/],
    [{ large_rollouts: { over_targets: 10, approvers: 1 } }, /large_rollouts must be/],
  ])('that is %j stops the app, and says what is wrong', (two_person, problem) => {
    expect(() => load(two_person)).toThrow(problem);
  });
});
