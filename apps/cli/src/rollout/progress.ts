import type { RolloutView as Rollout } from '#openapi/release';
import { counted } from '../shell/output.js';

const BAR = 30;

/** Such as `[#####-----]  50.0 %  5 of 10 · 1 failed · 2 running · running`. */
export function line({ counts, progress, state, stage, reason, ring }: Rollout): string {
  const filled = Math.round(progress * BAR);
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}]`;
  const parts = [
    `${bar} ${(progress * 100).toFixed(1).padStart(5)} %`,
    // The same as the percentage: what has ended, one way or another.
    `${counts.succeeded + counts.failed + counts.skipped} of ${counts.total} done`,
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(counts.running > 0 ? [`${counts.running} under way`] : []),
    ...(counts.waiting
      ? [counted(counts.waiting, 'of them waits for a quota of its own', 'of them wait for quotas of their own')]
      : []),
    state === 'running' ? (ring ?? (stage === 'canary' ? 'canary' : state)) : state,
    ...(reason?.detail ? [reason.detail] : []),
  ];
  return parts.join(' · ');
}
