export interface Timer {
  readonly at: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Binary heap of timers, earliest first. */
export class TimerQueue {
  private heap: Timer[] = [];

  get next(): Timer | undefined {
    while (this.heap[0]?.cancelled) this.pop();
    return this.heap[0];
  }

  add(timer: Timer): void {
    let index = this.heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.at(parent) <= this.at(index)) return;
      this.swap(parent, index);
      index = parent;
    }
  }

  /** Takes the earliest timer if it is due. */
  takeDue(now: number): Timer | undefined {
    const next = this.next;
    if (!next || next.at > now) return undefined;
    this.pop();
    return next;
  }

  clear(): void {
    this.heap = [];
  }

  private pop(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    this.heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const smaller = this.at(left + 1) < this.at(left) ? left + 1 : left;
      if (this.at(index) <= this.at(smaller)) return;
      this.swap(index, smaller);
      index = smaller;
    }
  }

  private at(index: number): number {
    return this.heap[index]?.at ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    const kept = this.heap[a]!;
    this.heap[a] = this.heap[b]!;
    this.heap[b] = kept;
  }
}
