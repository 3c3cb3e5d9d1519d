import { Injectable } from '@nestjs/common';
import { MiniProgramRepository } from '../mini-programs/mini-program.repository.js';
import { SUPERSEDED_BY_RELEASE } from './release.domain.js';
import type { Release } from './release.js';
import { ReleaseRepository } from './release.repository.js';

/** What follows when a release is online: it wins, what was online or waiting before is superseded, and the inventory says so. */
@Injectable()
export class Publications {
  constructor(
    private readonly releases: ReleaseRepository,
    private readonly miniPrograms: MiniProgramRepository,
  ) {}

  /** @param at since when it is online. @returns false when somebody else has moved it first */
  async released(row: Release, cause: string, at: Date, clientId: string | null = null): Promise<boolean> {
    const online = { onlineVersion: row.userVersion, onlineDesc: row.userDesc, onlineAt: at };
    const settled = { intent: null, intentAt: null, lastError: null, waiting: null, attempts: 0, unclearCount: 0 };
    const patch = { ...settled, releaseTime: at, nextCheckAt: null };
    return this.releases.together(async (db) => {
      if (!(await this.releases.moveIn(db, row, { to: 'released', cause, clientId, patch }))) return false;
      await this.releases.supersede(db, row, SUPERSEDED_BY_RELEASE, cause);
      await this.miniPrograms.released(row.componentAppid, row.authorizerAppid, row, online, db);
      return true;
    });
  }

  /** Finishes publications that a process of a former version left half done. @returns how many */
  async finish(limit: number): Promise<number> {
    const found = await this.releases.halfPublished(limit);
    for (const { componentAppid, authorizerAppid } of found)
      await this.releases.together(async (db) => {
        const winner = (await this.releases.holdReleased(db, componentAppid, authorizerAppid)).at(-1);
        if (!winner) return;
        await this.releases.supersede(db, winner, SUPERSEDED_BY_RELEASE, 'sweep');
        await this.miniPrograms.released(componentAppid, authorizerAppid, winner, {}, db);
      });
    return found.length;
  }
}
