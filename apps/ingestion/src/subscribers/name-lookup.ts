import { type LookupAddress, lookup } from 'node:dns';
import { LRUCache } from 'lru-cache';

/** So long a name that could not be looked up is not asked for again. */
const FAILED_FOR_MS = 10_000;
const NAMES = 10_000;

type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

/**
 * Looks names up, as the system does. Node has few threads for that, and a name whose server is dead holds one for many seconds: so each
 * name is asked for once at a time, and one that failed not at once again. One subscriber's dead name then costs the others nothing.
 */
export class NameLookup {
  private readonly underWay = new Map<string, Promise<readonly LookupAddress[]>>();
  private readonly failed = new LRUCache<string, Error>({ max: NAMES, ttl: FAILED_FOR_MS });

  constructor(private readonly resolve: Resolve = systemLookup) {}

  async addressesOf(hostname: string): Promise<readonly LookupAddress[]> {
    const failure = this.failed.get(hostname);
    if (failure) throw failure;
    let asking = this.underWay.get(hostname);
    if (!asking) {
      asking = this.ask(hostname).finally(() => this.underWay.delete(hostname));
      this.underWay.set(hostname, asking);
    }
    return asking;
  }

  private async ask(hostname: string): Promise<readonly LookupAddress[]> {
    try {
      return await this.resolve(hostname);
    } catch (error) {
      this.failed.set(hostname, error as Error);
      throw error;
    }
  }
}

function systemLookup(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}
