import type { AppCode } from '../world/app-code.js';

const KEPT_VERSIONS = 5;
const FINISHED = 3;

export const grayRunning = (code: AppCode): boolean => code.gray?.status === 1;

/** Puts the approved ticket online and empties the audit slot; a running gray release ends. */
export function publish(code: AppCode, now: number): void {
  const ticket = code.ticket!;
  if (code.online) code.history = [code.online, ...code.history].slice(0, KEPT_VERSIONS);
  code.online = { ...ticket.version, app_version: code.nextAppVersion++, release_time: now, auditid: ticket.auditid };
  code.ticket = undefined;
  code.revertedSinceRelease = false;
  if (code.gray && grayRunning(code)) Object.assign(code.gray, { status: FINISHED, gray_percentage: 100 });
}

/**
 * Rolls back to the previous or a named version; the version left behind is gone for good, and a second
 * rollback needs a release in between.
 * @returns false when WeChat would say 87012
 */
export function revert(code: AppCode, appVersion: number | undefined, now: number): boolean {
  if (!code.online || code.revertedSinceRelease) return false;
  const index = appVersion === undefined ? 0 : code.history.findIndex((version) => version.app_version === appVersion);
  const target = code.history[index];
  if (!target) return false;
  code.history.splice(index, 1);
  const { auditid: _, ...version } = target;
  code.online = { ...version, release_time: now };
  code.revertedSinceRelease = true;
  return true;
}

/** The percentage, or undefined when WeChat would say 85081. */
export function grayPercentage(value: unknown, someoneFirst: boolean): number | undefined {
  if (!Number.isInteger(value)) return undefined;
  const percentage = value as number;
  const lowest = someoneFirst ? 0 : 1;
  return percentage >= lowest && percentage <= 100 ? percentage : undefined;
}
