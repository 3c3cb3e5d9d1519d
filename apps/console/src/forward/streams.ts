import { Injectable } from '@nestjs/common';
import { Periodic } from '#service';
import { SessionService } from '../sessions/session.service.js';

/** How soon a stream ends after its session did. */
const LOOK_MS = 3_000;

/** Streams that are open, by session: whoever is signed out sees nothing more. One question for all of them, however many there are. */
@Injectable()
export class Streams {
  private readonly open = new Map<string, Set<() => void>>();

  constructor(sessions: SessionService, periodic: Periodic) {
    periodic.every('streams.sessions', LOOK_MS, async () => {
      for (const ended of await sessions.ended([...this.open.keys()])) for (const end of this.open.get(ended) ?? []) end();
    });
  }

  /** @returns to be called when it has ended */
  add(sessionSha256: string, end: () => void): () => void {
    const mine = this.open.get(sessionSha256) ?? new Set();
    this.open.set(sessionSha256, mine.add(end));
    return () => {
      mine.delete(end);
      if (mine.size === 0) this.open.delete(sessionSha256);
    };
  }
}
