import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ScreenshotDataEntity } from '#persistence';

/** Where the pictures themselves are kept: an object store can take the database's place. */
export abstract class ScreenshotStore {
  abstract put(screenshotId: number, data: Buffer): Promise<void>;
  /** @returns `undefined` when there is none. */
  abstract get(screenshotId: number): Promise<Buffer | undefined>;
}

/** Pictures in the database: a rejection has a handful, a few hundred kilobytes each. */
@Injectable()
export class DatabaseScreenshotStore extends ScreenshotStore {
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async put(screenshotId: number, data: Buffer): Promise<void> {
    await this.dataSource.getRepository(ScreenshotDataEntity).upsert({ screenshotId, data }, ['screenshotId']);
  }

  async get(screenshotId: number): Promise<Buffer | undefined> {
    return (await this.dataSource.getRepository(ScreenshotDataEntity).findOneBy({ screenshotId }))?.data;
  }
}
