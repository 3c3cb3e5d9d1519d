import { Injectable } from '@nestjs/common';
import { World } from '../world/world.service.js';
import type { Envelope, Tamper } from './envelope.domain.js';

const KEPT_PUSHES = 2000;

export interface PushTry {
  readonly status: number;
  readonly ms: number;
  readonly ok: boolean;
  readonly answer: string;
  readonly error?: string;
}

export interface PushRecord {
  readonly id: number;
  readonly at_ms: number;
  readonly component_appid: string;
  readonly authorizer_appid: string;
  readonly channel: 'events' | 'messages';
  readonly kind: string;
  readonly url: string;
  readonly tries: PushTry[];
  delivered: boolean;
  dropped: boolean;
  tampered: Tamper | undefined;
  /** decrypted passive reply */
  reply: string | null;
  readonly xml: string;
  readonly sealed: Envelope;
}

/** The last pushes and what the receiver answered. */
@Injectable()
export class PushLog {
  private readonly ring: PushRecord[] = [];
  private nextId = 1;

  constructor(world: World) {
    world.onReset(() => this.clear());
  }

  add(push: Omit<PushRecord, 'id'>): PushRecord {
    const record = { ...push, id: this.nextId++ };
    this.ring[(record.id - 1) % KEPT_PUSHES] = record;
    return record;
  }

  find(id: number): PushRecord | undefined {
    return this.ring.find((record) => record?.id === id);
  }

  list(filter: { kind?: string; component_appid?: string; authorizer_appid?: string; limit: number }, reveal: boolean) {
    const found = this.ring
      .filter(
        (push) =>
          push &&
          (!filter.kind || push.kind === filter.kind) &&
          (!filter.component_appid || push.component_appid === filter.component_appid) &&
          (!filter.authorizer_appid || push.authorizer_appid === filter.authorizer_appid),
      )
      .sort((a, b) => b.id - a.id);
    return { total: found.length, pushes: found.slice(0, filter.limit).map((push) => pushView(push, reveal)) };
  }

  clear(): void {
    this.ring.length = 0;
    this.nextId = 1;
  }
}

/** A record as the control API shows it: content only when asked for. */
export function pushView(record: PushRecord, reveal = false) {
  const { xml, sealed, reply, ...open } = record;
  if (!reveal) return { ...open, tries: open.tries.map((attempt) => ({ ...attempt, answer: attempt.answer.slice(0, 200) })) };
  return { ...open, xml, reply, query: sealed.query, body: sealed.body };
}
