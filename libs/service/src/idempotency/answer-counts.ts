import { LRUCache } from 'lru-cache';
import type { DataSource } from 'typeorm';
import { IdempotencyEntity } from '#persistence';

/** Remembered answers of one client; a few more when it asks for many at the same moment, or at many replicas. */
export const MOST_ANSWERS = 50_000;
/** How long a count is believed, and of how many answers of our own since. Counting reads what is counted. */
const BELIEVED_MS = 10 * 60_000;
const BELIEVED_MORE = 2_000;
/** Of one that is full: some of its answers may be over. */
const FULL_MS = 60_000;
const CLIENTS = 10_000;

/** How many answers are remembered of a client, about. */
export class AnswerCounts {
  private readonly known = new LRUCache<string, { readonly at: number; readonly counted: number; more: number }>({
    max: CLIENTS,
  });

  /**
   * @param forgetOld deletes answers of a client that are over
   * @param now milliseconds that never go back
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly forgetOld: (clientId: string) => Promise<unknown>,
    private readonly now = () => performance.now(),
  ) {}

  async isFull(clientId: string): Promise<boolean> {
    const known = this.known.get(clientId);
    if (known) {
      const full = known.counted + known.more >= MOST_ANSWERS;
      const isBelieved = this.now() - known.at < (full ? FULL_MS : BELIEVED_MS) && (full || known.more < BELIEVED_MORE);
      if (isBelieved) return full;
    }
    const counted = await this.count(clientId);
    this.known.set(clientId, { at: this.now(), counted, more: 0 });
    return counted >= MOST_ANSWERS;
  }

  /** One more is remembered. */
  add(clientId: string): void {
    const known = this.known.get(clientId);
    if (known) known.more += 1;
  }

  private async count(clientId: string): Promise<number> {
    const rows = this.dataSource.getRepository(IdempotencyEntity);
    const count = await rows.countBy({ clientId });
    if (count < MOST_ANSWERS) return count;
    await this.forgetOld(clientId);
    return rows.countBy({ clientId });
  }
}
