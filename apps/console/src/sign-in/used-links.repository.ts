import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThan } from 'typeorm';
import { ConsoleLinkEntity, isDuplicate } from '#persistence';
import { CLOCK, type Clock, type LinkClaims, Periodic } from '#service';
import { sha256 } from '../sessions/person.js';

const HOUR_MS = 3_600_000;

/** Which one-time links were used. */
@Injectable()
export class UsedLinks {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    periodic: Periodic,
  ) {
    periodic.every('links.retention', HOUR_MS, () => this.forgetOld(), 'later');
  }

  /** @returns false: it was used before, on whichever replica */
  async use({ id, expiresAt }: LinkClaims): Promise<boolean> {
    try {
      await this.dataSource
        .getRepository(ConsoleLinkEntity)
        .insert({ linkSha256: sha256(id), usedAt: new Date(this.clock.now()), expiresAt: new Date(expiresAt) });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  private async forgetOld(): Promise<void> {
    await this.dataSource.getRepository(ConsoleLinkEntity).delete({ expiresAt: LessThan(new Date(this.clock.now())) });
  }
}
