import { type Finding, fail, ok, warn } from './finding.js';

/** The apps bear some seconds between their clocks; beyond that ages of tickets and lives of tokens are wrong. */
const WARN_MS = 5_000;
const FAIL_MS = 60_000;

/**
 * @param theirs what the other clock showed, ms
 * @param coarseMs how coarse that reading is: HTTP dates have whole seconds
 */
export function compareClocks(who: string, theirs: number, askedAt: number, answeredAt: number, coarseMs: number): Finding {
  const offset = theirs + coarseMs / 2 - (askedAt + answeredAt) / 2;
  const uncertain = coarseMs / 2 + (answeredAt - askedAt) / 2;
  const sure = Math.max(0, Math.abs(offset) - uncertain);
  const said = `${who} is ${Math.abs(offset) <= uncertain ? `within ${Math.max(1, Math.ceil(uncertain / 1_000))} s of ours` : `${(Math.abs(offset) / 1_000).toFixed(1)} s ${offset > 0 ? 'ahead of' : 'behind'} ours`}`;
  const remedy = 'Synchronise the clocks (NTP, chrony) of this machine and of that server.';
  if (sure >= FAIL_MS) return fail('clock', said, remedy);
  return sure >= WARN_MS ? warn('clock', said, remedy) : ok('clock', said);
}
