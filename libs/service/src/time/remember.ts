/** One reading serves everybody who asks while it is fresh or under way. Failures are not remembered. */
export function remember<T>(freshMs: number, read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (reading && performance.now() < until) return reading;
    until = performance.now() + freshMs;
    reading = read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}
