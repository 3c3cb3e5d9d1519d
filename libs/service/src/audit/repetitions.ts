/** What happened: one function for each kind, called when the entry is written. `F` gets the two texts it was counted by. */
export interface Counted<F> {
  readonly kind: F;
  /** Who, and from where. */
  readonly caller: string;
  readonly subject: string;
}

/** Of one thing, in seconds of the wall clock. */
export interface Repeated<F> extends Counted<F> {
  readonly times: number;
  readonly firstS: number;
  readonly lastS: number;
}

/** Numbers in a slot: how often it happened again, first when, last when. */
const NUMBERS = 3;

/**
 * What is known to have happened, and how often it happened again since the last sweep. A slot in one array of numbers for each, not an
 * object: with 100,000 tokens that is a third of the memory and nothing for the garbage collector to follow.
 */
export class Repetitions<F> {
  private readonly slots = new Map<F, Map<string, Map<string, number>>>();
  private readonly free: number[] = [];
  private numbers = new Int32Array(NUMBERS * 1_024);
  private given = 0;

  /** @param most how many different things are remembered; about 60 bytes each */
  constructor(private readonly most: number) {}

  get size(): number {
    return this.given - this.free.length;
  }

  /** @returns whether it happened before; if not, it is remembered from now on (unless there are `most` already) */
  add(kind: F, caller: string, subject: string): boolean {
    const subjects = this.subjectsOf(kind, caller);
    const slot = subjects.get(subject);
    if (slot === undefined) {
      if (this.size < this.most) subjects.set(subject, this.take());
      return false;
    }
    this.count(slot);
    return true;
  }

  /** The same for what happened before; what did not is not remembered by this. */
  addAgain(kind: F, caller: string, subject: string): boolean {
    const slot = this.slots.get(kind)?.get(caller)?.get(subject);
    if (slot === undefined) return false;
    this.count(slot);
    return true;
  }

  /** As if it had not happened. */
  forget(kind: F, caller: string, subject: string): void {
    const subjects = this.slots.get(kind)?.get(caller);
    const slot = subjects?.get(subject);
    if (slot === undefined) return;
    subjects?.delete(subject);
    this.numbers[slot * NUMBERS] = 0;
    this.free.push(slot);
  }

  private count(slot: number): void {
    const at = slot * NUMBERS;
    const times = this.numbers[at] ?? 0;
    const nowS = Math.floor(Date.now() / 1_000);
    if (times === 0) this.numbers[at + 1] = nowS;
    this.numbers[at] = times + 1;
    this.numbers[at + 2] = nowS;
  }

  /**
   * Goes over everything, a step for each: what was repeated since the last time is told, what was not is forgotten. What comes meanwhile
   * waits for the next sweep, else a caller who asks for ever new things would keep it from the others.
   * @param anew what was repeated is forgotten, too: the next time is a first one again
   */
  *sweep(tell: (repeated: Repeated<F>) => void, anew = false): Generator<void> {
    for (const [kind, callers] of this.slots) {
      for (const [caller, subjects] of first(callers.size, callers)) {
        for (const [subject, slot] of first(subjects.size, subjects)) {
          const at = slot * NUMBERS;
          const [times = 0, firstS = 0, lastS = 0] = [this.numbers[at], this.numbers[at + 1], this.numbers[at + 2]];
          if (times > 0) tell({ kind, caller, subject, times, firstS, lastS });
          if (times === 0 || anew) {
            subjects.delete(subject);
            this.free.push(slot);
          }
          this.numbers[at] = 0;
          yield;
        }
        if (subjects.size === 0) callers.delete(caller);
      }
    }
  }

  private subjectsOf(kind: F, caller: string): Map<string, number> {
    const callers = this.slots.get(kind) ?? new Map<string, Map<string, number>>();
    const subjects = callers.get(caller) ?? new Map<string, number>();
    if (callers.size === 0) this.slots.set(kind, callers);
    if (subjects.size === 0) callers.set(caller, subjects);
    return subjects;
  }

  private take(): number {
    const freed = this.free.pop();
    if (freed !== undefined) return freed;
    if (this.given * NUMBERS === this.numbers.length) {
      const larger = new Int32Array(this.numbers.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.given += 1;
    return this.given - 1;
  }
}

function* first<T>(count: number, of: Iterable<T>): Generator<T> {
  let left = count;
  for (const item of of) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}
