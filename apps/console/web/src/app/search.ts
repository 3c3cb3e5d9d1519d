/** What the search of an address may choose. */
export const ROLLOUT_STATES = ['running', 'waiting', 'paused', 'completed', 'aborted'] as const;
export const MERCHANT_STATES = ['active', 'needs_reauthorization', 'degraded', 'cancelled'] as const;
export const MERCHANT_KINDS = ['mini_program', 'official_account', 'channels', 'store', 'supplier', 'talent'] as const;
export const APPROVAL_STATES = ['open', 'executing', 'done', 'expired', 'failed', 'refused', 'withdrawn'] as const;
export const TARGET_STATES = ['failed', 'running', 'pending', 'succeeded', 'skipped'] as const;
export const ROLLOUT_TABS = ['failures', 'targets', 'history'] as const;
