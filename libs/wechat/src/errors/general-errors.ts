import type { ErrorRow } from './reaction.js';

export const GENERAL_ERRORS: readonly ErrorRow[] = [
  [-1, 'retry', 'WeChat is busy', 'Try again after a few seconds.', '微信系统繁忙，请几秒后重试。'],
];
