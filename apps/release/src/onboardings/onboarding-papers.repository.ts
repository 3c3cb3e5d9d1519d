import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BINDINGS, type OnboardingEntity, OnboardingPaperEntity, SecretBox } from '#persistence';
import { CLOCK, type Clock } from '#service';
import type { Paper } from './steps/step.js';

/** `f_wechat_onboardingpaper`: papers of merchants, sealed, until their order has ended. */
@Injectable()
export class OnboardingPapers {
  constructor(
    private readonly dataSource: DataSource,
    private readonly box: SecretBox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** In the place of one of the same name. */
  async put({ rowId: onboardingRow }: OnboardingEntity, name: string, contentType: string, data: Buffer): Promise<string> {
    const sha256 = createHash('sha256').update(data).digest('hex');
    const sealed = this.box.seal(data.toString('base64'), BINDINGS.onboardingPaper(onboardingRow, name));
    await this.dataSource.query(
      `INSERT INTO f_wechat_onboardingpaper (onboarding_row, name, content_type, bytes, sha256, data, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE content_type = VALUES(content_type), bytes = VALUES(bytes), sha256 = VALUES(sha256), data = VALUES(data), created_at = VALUES(created_at)`,
      [onboardingRow, name, contentType, data.length, sha256, sealed, new Date(this.clock.now())],
    );
    return sha256;
  }

  async read({ rowId: onboardingRow }: OnboardingEntity, name: string): Promise<Paper | undefined> {
    const row = await this.dataSource.getRepository(OnboardingPaperEntity).findOneBy({ onboardingRow, name });
    if (!row) return undefined;
    const data = Buffer.from(this.box.open(row.data, BINDINGS.onboardingPaper(onboardingRow, name)), 'base64');
    return { type: row.contentType, data, sha256: row.sha256 };
  }

  async namesOf(rows: readonly OnboardingEntity[]): Promise<Map<string, string[]>> {
    const names = new Map<string, string[]>(rows.map(({ rowId }) => [rowId, []]));
    if (rows.length === 0) return names;
    const found: { onboarding_row: string; name: string }[] = await this.dataSource.query(
      'SELECT onboarding_row, name FROM f_wechat_onboardingpaper WHERE onboarding_row IN (?) ORDER BY name',
      [rows.map(({ rowId }) => rowId)],
    );
    for (const { onboarding_row, name } of found) names.get(String(onboarding_row))?.push(name);
    return names;
  }

  /** They are with WeChat, or nobody needs them any more. */
  async forget({ rowId: onboardingRow }: OnboardingEntity): Promise<void> {
    await this.dataSource.getRepository(OnboardingPaperEntity).delete({ onboardingRow });
  }
}
