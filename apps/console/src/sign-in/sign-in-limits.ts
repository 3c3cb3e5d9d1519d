import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { networkOf } from '#service';

const MINUTE_MS = 60_000;
/** Of one network, IPv6 by /64. Nobody else waits for them. */
const MOST_IN_A_MINUTE = 30;

/** How often sign-ins may begin and end, by the network that asks: never for all together, which would lock everybody out. */
@Injectable()
export class SignInLimits {
  private readonly counts = new LRUCache<string, { count: number }>({ max: 50_000, ttl: MINUTE_MS, noUpdateTTL: true });

  allows(address: string): boolean {
    const network = networkOf(address);
    const known = this.counts.get(network) ?? { count: 0 };
    known.count += 1;
    this.counts.set(network, known);
    return known.count <= MOST_IN_A_MINUTE;
  }
}
