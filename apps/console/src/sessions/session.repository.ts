import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, LessThan } from 'typeorm';
import { ConsoleSessionEntity } from '#persistence';

/** Knows the table of sessions. */
@Injectable()
export class SessionRepository {
  constructor(private readonly dataSource: DataSource) {}

  private get rows() {
    return this.dataSource.getRepository(ConsoleSessionEntity);
  }

  async add(row: ConsoleSessionEntity): Promise<void> {
    await this.dataSource.getRepository(ConsoleSessionEntity).insert(row);
  }

  find(sessionSha256: string): Promise<ConsoleSessionEntity | null> {
    return this.rows.findOneBy({ sessionSha256 });
  }

  findAll(sessionSha256s: readonly string[]): Promise<ConsoleSessionEntity[]> {
    return this.rows.findBy({ sessionSha256: In([...sessionSha256s]) });
  }

  /** Newest use first. */
  ofPerson(personSha256: string): Promise<ConsoleSessionEntity[]> {
    return this.rows.find({ where: { personSha256, endedAt: IsNull() }, order: { lastSeenAt: 'DESC' }, take: 100 });
  }

  async seen(sessionSha256: string, lastSeenAt: Date): Promise<void> {
    await this.dataSource.getRepository(ConsoleSessionEntity).update({ sessionSha256 }, { lastSeenAt });
  }

  /** @returns whether there was one that had not ended */
  async end(which: { readonly sessionSha256: string } | { readonly personSha256: string; readonly publicId: string }, at: Date) {
    const done = await this.dataSource
      .getRepository(ConsoleSessionEntity)
      .update({ ...which, endedAt: IsNull() }, { endedAt: at });
    return done.affected === 1;
  }

  async endOthers(personSha256: string, kept: string, at: Date): Promise<number> {
    const others = (await this.ofPerson(personSha256)).map((row) => row.sessionSha256).filter((one) => one !== kept);
    if (others.length === 0) return 0;
    const done = await this.dataSource
      .getRepository(ConsoleSessionEntity)
      .update({ sessionSha256: In(others), endedAt: IsNull() }, { endedAt: at });
    return done.affected ?? 0;
  }

  async deleteBefore(time: Date): Promise<void> {
    await this.dataSource.getRepository(ConsoleSessionEntity).delete({ expiresAt: LessThan(time) });
  }
}
