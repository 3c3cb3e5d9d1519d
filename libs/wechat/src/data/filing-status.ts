/** `status` of get_icp_entrance_info (filing-and-certification.md §1.1). From `none` on, a bit for each thing that is missing besides. */
export const FILING = { platform: 2, platformRejected: 3, authority: 4, authorityRejected: 5, filed: 6, none: 1024 } as const;
/** `sms_verify_status`. */
export const FILING_SMS = { waiting: 1, done: 2, timedOut: 3 } as const;

/** What a mini program lacks besides the filing, in the order of the bits. */
export const FILING_LACKS = ['basic_info', 'category', 'certification'] as const;
export type FilingLack = (typeof FILING_LACKS)[number];

/** It is not filed, and nobody has applied. */
export const isUnfiled = (status: number): boolean => status >= FILING.none && status < FILING.none + 8;

export function filingLacks(status: number | null): FilingLack[] {
  if (status === null || !isUnfiled(status)) return [];
  return FILING_LACKS.filter((_, bit) => ((status - FILING.none) >> bit) & 1);
}
