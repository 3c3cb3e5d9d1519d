import type { ChainedEntry } from './chain.js';

/** A place beside the table that keeps entries although MySQL is away. */
export interface SecondSink {
  /** Resolves when the entries outlast the end of this process. */
  append(entries: readonly ChainedEntry[]): Promise<void>;
  close(): Promise<void>;
}
