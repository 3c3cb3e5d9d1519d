/** Where a registration stands, whatever its number is called by the API that is asked. */
export const STAGES = [
  'made',
  'timed-out',
  'refused',
  'agreed',
  'face-started',
  'face-failed',
  'face-passed',
  'phone-given',
  'phone-failed',
  'phone-verified',
  'failed',
  'created',
  'verified',
  'not-verified',
] as const;

/** 1001 to 1008: a limit or a blacklist of the entity, the administrator, the phone, the identity card. */
export type Stage = (typeof STAGES)[number] | `limit-${number}`;

/** Registration reference §2.1; §3.1 begins one lower and joins it at 10. */
const ENTERPRISE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] as const;
const PERSONAL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14] as const;

export type Numbering = 'enterprise' | 'personal';

export function statusOf(stage: Stage, numbering: Numbering): number {
  if (stage.startsWith('limit-')) return Number(stage.slice('limit-'.length));
  return (numbering === 'enterprise' ? ENTERPRISE : PERSONAL)[STAGES.indexOf(stage as (typeof STAGES)[number])] ?? -1;
}

export const hasEnded = (stage: Stage): boolean =>
  stage.startsWith('limit-') || ['timed-out', 'refused', 'failed', 'created', 'verified', 'not-verified'].includes(stage);

/** `status` of `notify_third_fasteregister` (§8), whose list is that of the old flow. */
export function pushStatusOf(stage: Stage): number {
  if (stage.startsWith('limit-')) return Number(stage.slice('limit-'.length));
  return stage === 'created' ? 0 : stage === 'failed' || stage === 'not-verified' ? 1000 : 100_001;
}

/** What the person before the page, or the registry of companies, may do. */
export const ACTS = ['agree', 'refuse', 'face-fail', 'face-pass', 'phone-fail', 'phone-pass', 'fail', 'time-out'] as const;
export type Act = (typeof ACTS)[number];

const AFTER: Readonly<Record<Act, Stage>> = {
  agree: 'agreed',
  refuse: 'refused',
  'face-fail': 'face-failed',
  'face-pass': 'face-passed',
  'phone-fail': 'phone-failed',
  'phone-pass': 'phone-verified',
  fail: 'failed',
  'time-out': 'timed-out',
};

export const stageAfter = (act: Act): Stage => AFTER[act];
