/** Seconds until a failed step is tried again. */
export function retryS(attempts: number, shortestS = 5): number {
  return Math.min(shortestS * 2 ** Math.min(attempts, 10), 900);
}
