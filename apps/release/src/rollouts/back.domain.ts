import type { Before } from '../versions/rollback.domain.js';

/** `rollback`: WeChat puts the version before online again. `forward`: the last good version is made, reviewed and published anew. */
export const WAYS = ['rollback', 'forward'] as const;
export type Way = (typeof WAYS)[number];

/** What a rollout takes back. */
export interface TakesBack {
  readonly way: Way;
  /** The rollout whose publications these were. */
  readonly of: number;
  /** Of that one. */
  readonly template_id: number;
}

/** In the place of a template: no library has it, so that a replica of the former release, which knows no way back, sends nothing. */
export const NO_TEMPLATE = -1;

/** What was online before, as it is recorded. */
export interface EarlierVersion {
  readonly releaseId: number;
  readonly templateId: number;
  readonly version: string;
  readonly desc: string;
}

/** One mini program that is to go back. */
export interface BackTarget {
  /** The release that is online there, and is taken back. */
  readonly releaseId: number;
  readonly version: string;
  /** `undefined`: nothing is recorded. */
  readonly earlier: EarlierVersion | undefined;
}

/** What is kept of a mini program that is being rolled back. */
export interface BackUnderWay extends Pick<BackTarget, 'releaseId' | 'version'> {
  /** What was online right before the call; absent: it was not sent. */
  readonly before?: Before;
  /** How often it was tried in vain. */
  readonly tries?: number;
}

/** Tries of one that WeChat, or another change of the mini program, puts off. */
export const MOST_TRIES = 20;

/** Why a mini program of the rollout that is taken back is no target. */
export type NoTarget = 'not-published' | 'moved-on' | 'rolled-back';

/** @param releaseState of what the rollout made there; `null`: nothing @param online as last read; `null`: nobody has read it */
export function whyNoTarget(releaseState: string | null, version: string | null, online: string | null): NoTarget | undefined {
  if (releaseState === 'reverted') return 'rolled-back';
  if (releaseState === 'superseded') return 'moved-on';
  if (releaseState !== 'released') return 'not-published';
  return online !== null && online !== version ? 'moved-on' : undefined;
}

export const FORWARD_REMEDY = {
  en: 'Go forward instead: way "forward" makes the last good version anew.',
  zh: '请改用 way: "forward"，重新发布上一个正常版本。',
};
export const TOMORROW_REMEDY = {
  en: 'WeChat counts some 30 rollbacks and looks a day: retry tomorrow (rollout retry), or go forward.',
  zh: '微信每日约允许 30 次回退及查询，请明日重试（rollout retry），或改用 forward。',
};
