/** `missing`: no ticket that is still good; without one no token can be made. */
export type TicketState = 'ok' | 'warning' | 'alarm' | 'missing';

/** WeChat's own limit (authorization.md §2.2). */
export const TICKET_LIFE_S = 12 * 3_600;

/** @param ageS of the newest ticket; `undefined`: there is none. */
export function judgeTicket(ageS: number | undefined, limits: { warningS: number; alarmS: number }): TicketState {
  if (ageS === undefined || ageS >= TICKET_LIFE_S) return 'missing';
  if (ageS >= limits.alarmS) return 'alarm';
  return ageS >= limits.warningS ? 'warning' : 'ok';
}

const FIRST_PAUSE_S = 600;
const LONGEST_PAUSE_S = 4 * 3_600;

/**
 * Which request to WeChat to push again is due, counted from 0: the first one at `restartS`, the next after 10, 20, 40 … minutes, at most
 * 4 hours. Depends on the age alone, so that all replicas come to the same answer.
 * @returns `undefined` while none is due
 */
export function restartStep(ageS: number, restartS: number): number | undefined {
  if (ageS < restartS) return undefined;
  let step = 0;
  let due = restartS;
  for (;;) {
    due += Math.min(FIRST_PAUSE_S * 2 ** step, LONGEST_PAUSE_S);
    if (ageS < due) return step;
    step += 1;
  }
}
