/** Too much is waiting already. */
export class OverloadedError extends Error {}

interface Waiting<T> {
  readonly item: T;
  resolve(): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions {
  /** Items of one write at most. */
  readonly batchSize: number;
  /** Writes under way at once. */
  readonly writers: number;
  /** Items waiting at most. */
  readonly waitingMax: number;
  /** Whether one item of the batch is at fault, so that each should be written on its own. */
  readonly mustSplit: (error: unknown) => boolean;
}

/**
 * Lets items that arrive while a write is under way share the next one. Nobody waits for company: an item that finds a free
 * writer is written at once. `add` resolves only after the write that held its item.
 */
export class GroupCommit<T> {
  private waiting: Waiting<T>[] = [];
  private active = 0;
  private idle: (() => void)[] = [];

  constructor(
    private readonly write: (items: readonly T[]) => Promise<void>,
    private readonly options: GroupCommitOptions,
  ) {}

  /** @throws OverloadedError, or what the write threw. */
  add(item: T): Promise<void> {
    if (this.waiting.length >= this.options.waitingMax) return Promise.reject(new OverloadedError('too many pushes are waiting'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      // Pushes that came in the same turn of the event loop go together.
      if (this.active < this.options.writers && this.waiting.length === 1) setImmediate(() => this.start());
    });
  }

  /** Resolves when nothing is waiting or under way. */
  drained(): Promise<void> {
    if (this.active === 0 && this.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private start(): void {
    while (this.active < this.options.writers && this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.options.batchSize);
      this.active += 1;
      void this.run(batch);
    }
  }

  private async run(batch: readonly Waiting<T>[]): Promise<void> {
    try {
      await this.write(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length > 1 && this.options.mustSplit(error)) await this.oneByOne(batch);
      else for (const { reject } of batch) reject(error);
    }
    this.active -= 1;
    this.start();
    if (this.active === 0 && this.waiting.length === 0) for (const done of this.idle.splice(0)) done();
  }

  private async oneByOne(batch: readonly Waiting<T>[]): Promise<void> {
    for (const { item, resolve, reject } of batch) await this.write([item]).then(resolve, reject);
  }
}
