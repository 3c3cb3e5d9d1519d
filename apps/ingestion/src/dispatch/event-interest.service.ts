import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { consumersOf } from '#queues';
import { matches } from '../subscribers/subscription.domain.js';
import { SubscriptionStore } from '../subscribers/subscription.store.js';
import { type Candidate, decide } from './dispatch.domain.js';

/** How long an account is believed to be the one that its path names. */
const BELIEVED_MS = 30_000;

interface Event {
  readonly componentAppid: string;
  readonly authorizerAppid: string | null;
  readonly family: 'component' | 'authorizer' | 'wxplane';
  readonly kind: string;
  readonly toUserName: string | null;
}

/**
 * Knows the events that nobody waits for: no consumer of ours, no subscription, and an account whose path and name were found to agree a
 * moment ago. They are most of all (what users write), and they are stored as handed over in the first place.
 */
@Injectable()
export class EventInterest {
  private readonly believed = new LRUCache<string, true>({ max: 50_000, ttl: BELIEVED_MS });

  constructor(private readonly subscriptions: SubscriptionStore) {}

  /** Remembers an account that was looked up; a person's word is about one event, not about its account. */
  learn(row: Candidate): void {
    if (row.family === 'authorizer' && !row.accepted && decide(row).note === null) this.believed.set(keyOf(row), true);
  }

  needsNobody(event: Event): boolean {
    if (event.family !== 'authorizer' || consumersOf(event.kind).length > 0 || !this.believed.has(keyOf(event))) return false;
    const subscriptions = this.subscriptions.known();
    return subscriptions !== undefined && !subscriptions.some((subscription) => matches(subscription, event));
  }
}

const keyOf = ({ componentAppid, authorizerAppid, toUserName }: Event) => `${componentAppid}/${authorizerAppid}/${toUserName}`;
