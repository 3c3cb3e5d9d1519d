import { FILING, type FilingState } from './filing.domain.js';

const STATUS: Readonly<Partial<Record<FilingState, number>>> = {
  platform_review: FILING.platform,
  platform_rejected: FILING.platformRejected,
  authority_review: FILING.authority,
  authority_rejected: FILING.authorityRejected,
  filed: FILING.filed,
};
const KNOWN = Object.values(STATUS).join(', ');
const NOT_FILED = `f.status BETWEEN ${FILING.none} AND ${FILING.none + 7}`;

type Condition = [sql: string, values?: Record<string, unknown>];

/** As `stateOf` reads a row. */
export function stateFilter(state: FilingState): Condition {
  switch (state) {
    case 'unread':
      return ['f.status IS NULL'];
    case 'cancelling':
      return ['f.isCanceling = 1'];
    case 'not_filed':
      return [`f.isCanceling = 0 AND ${NOT_FILED}`];
    case 'unknown':
      return [`f.isCanceling = 0 AND f.status NOT IN (${KNOWN}) AND NOT (${NOT_FILED})`];
    default:
      return ['f.isCanceling = 0 AND f.status = :status', { status: STATUS[state] }];
  }
}

/** @param bit of what is missing besides */
export const missingFilter = (bit: number): Condition => [`${NOT_FILED} AND f.status & :bit <> 0`, { bit: 2 ** bit }];
