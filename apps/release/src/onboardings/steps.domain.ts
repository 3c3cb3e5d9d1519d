import type { OnboardingGoal } from '#persistence';
import type { Permission } from '#service';
import type { OnboardingData } from './onboarding.domain.js';

export const STEP_NAMES = [
  'account',
  'identity',
  'category',
  'privacy',
  'certification',
  'face-check',
  'filing',
  'release',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

export interface StepRules {
  readonly name: StepName;
  /** Goals that lead over it. */
  readonly goals: readonly OnboardingGoal[];
  /** The member of the order that it takes its data from; absent: what is given for another one. */
  readonly needs?: keyof OnboardingData;
  /** Only where that member is given: a filing does not wait for a certification. */
  readonly optional?: true;
  /** Whoever orders it must be allowed its operation. */
  readonly permissions: readonly Permission[];
  /** The operation that it calls. */
  readonly calls: string;
  /** By what it is seen to be done. */
  readonly seenBy: string;
  /** What a person may have to do in it. */
  readonly person: string;
}

/** The way of a merchant, in WeChat's safe order: basic data, category, certification, filing, submission (filing-and-certification.md). */
export const STEPS: readonly StepRules[] = [
  {
    name: 'account',
    goals: ['registered', 'certified', 'filed', 'online'],
    permissions: ['registrations.write'],
    calls: 'POST registrations, or an authorization link for one that is there',
    seenBy: 'the mini program is an authorizer with tokens',
    person: 'the legal person (or whoever the way says) on the page of the registration; the administrator on the link',
  },
  {
    name: 'identity',
    goals: ['certified', 'filed', 'online'],
    needs: 'identity',
    permissions: ['names.write'],
    calls: 'PUT nickname, avatar, signature',
    seenBy: 'getaccountbasicinfo has them',
    person: 'a second person, where the component wants two',
  },
  {
    name: 'category',
    goals: ['certified', 'filed', 'online'],
    needs: 'categories',
    permissions: ['settings.write'],
    calls: 'POST categories',
    seenBy: 'getcategory has them, approved',
    person: 'a second person, where the component wants two',
  },
  {
    name: 'privacy',
    goals: ['online'],
    needs: 'privacy',
    permissions: ['privacy.write'],
    calls: 'PUT privacy-settings',
    seenBy: 'getprivacysetting has it',
    person: 'a second person, where the component wants two',
  },
  {
    name: 'certification',
    goals: ['certified', 'filed', 'online'],
    needs: 'certification',
    optional: true,
    permissions: ['certifications.write'],
    calls: 'POST certification/orders',
    seenBy: 'the order has passed',
    person: 'the administrator agrees, and pays where the merchant pays',
  },
  {
    name: 'face-check',
    goals: ['filed', 'online'],
    needs: 'filing',
    permissions: ['filings.write'],
    calls: 'POST filing/media, filing/check, filing/verifications',
    seenBy: 'the face check has passed, and is young enough',
    person: 'the administrator before the camera',
  },
  {
    name: 'filing',
    goals: ['filed', 'online'],
    needs: 'filing',
    permissions: ['filings.write'],
    calls: 'POST filing/applications',
    seenBy: 'the filing stands',
    person: 'whoever is responsible answers the SMS of the authority',
  },
  {
    name: 'release',
    goals: ['online'],
    needs: 'release',
    permissions: ['releases.make', 'releases.submit', 'releases.publish'],
    calls: 'POST releases',
    seenBy: 'the release is online',
    person: 'a second person, where two are needed; the operator, where the policy says manual',
  },
];

const RULES = new Map(STEPS.map((step) => [step.name, step]));
export const rulesOf = (name: string): StepRules => RULES.get(name as StepName) ?? STEPS[0]!;

/** The steps of an order, in their order. */
export function stepsOf(goal: OnboardingGoal, data: OnboardingData): StepRules[] {
  return STEPS.filter(({ goals, needs, optional }) => {
    if (!goals.includes(goal)) return false;
    // Who wants to be certified and gives no form has been certified elsewhere: it is looked.
    return !optional || goal === 'certified' || data[needs!] !== undefined;
  });
}

/** What an order has to give: of a mini program that is there already, much may be there as well, and is asked for when it is not. */
export function missingMembers(goal: OnboardingGoal, data: OnboardingData): string[] {
  if (!data.registration) return data.authorizer_appid === undefined ? ['registration or authorizer_appid'] : [];
  const wanted = stepsOf(goal, data).flatMap(({ needs }) => (needs && data[needs] === undefined ? [needs] : []));
  return [...new Set(wanted)];
}

/** What whoever orders it must be allowed. */
export function permissionsOf(goal: OnboardingGoal, data: OnboardingData): Permission[] {
  const all = stepsOf(goal, data).flatMap(({ name, permissions }) =>
    name === 'account' && !data.registration ? (['links.write'] as const) : permissions,
  );
  return [...new Set(all)];
}
