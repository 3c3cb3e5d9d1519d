import type { ErrorRow } from './reaction.js';

export const RELEASE_ERRORS: readonly ErrorRow[] = [
  [85009, 'reread', 'An audit is pending', 'Wait for its result, or withdraw it.', '已有审核单在审核中，请等待结果或撤回。'],
];
