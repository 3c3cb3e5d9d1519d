/** WeChat counts days and months in Beijing time (UTC+8, no daylight saving). */
const shifted = (ms: number): string => new Date(ms + 8 * 3_600_000).toISOString();

export const beijingDay = (ms: number): string => shifted(ms).slice(0, 10);
export const beijingMonth = (ms: number): string => shifted(ms).slice(0, 7);
