/** `Retry-After` in seconds from now: a number, or a date. `undefined`: there is none that can be understood, or it is over. */
export function retryAfterS(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = String(header ?? '').trim();
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - nowMs) / 1_000;
  return seconds > 0 ? Math.ceil(seconds) : undefined;
}
