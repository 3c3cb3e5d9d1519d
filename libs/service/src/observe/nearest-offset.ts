const WINDOW_MS = 15 * 60_000;

/**
 * How far our clock is from WeChat's, told by the times that pushes were signed at: the nearest of the last quarter to half an hour, in which
 * several tickets come. Recordings that are sent again are old; one genuine push among them is enough.
 */
export class NearestOffset {
  private present: number | undefined;
  private before: number | undefined;
  private since: number;

  /** @param atMs of a clock that nobody sets, here and below */
  constructor(atMs: number) {
    this.since = atMs;
  }

  /** @param offsetMs WeChat's time less ours */
  observe(offsetMs: number, atMs: number): void {
    this.turn(atMs);
    this.present = nearer(this.present, offsetMs);
  }

  /** `undefined`: nothing came for so long. */
  read(atMs: number): number | undefined {
    this.turn(atMs);
    return nearer(this.present, this.before);
  }

  private turn(atMs: number): void {
    const passed = Math.floor((atMs - this.since) / WINDOW_MS);
    if (passed < 1) return;
    this.before = passed === 1 ? this.present : undefined;
    this.present = undefined;
    this.since += passed * WINDOW_MS;
  }
}

function nearer(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.abs(other) < Math.abs(one) ? other : one;
}
