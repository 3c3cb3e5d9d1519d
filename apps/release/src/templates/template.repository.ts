import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TemplateDraftView as TemplateDraft } from '#broker-client';
import { isDuplicate, TemplatePromotionEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';

/** Promotions under way: one per component, held by the database. */
@Injectable()
export class TemplateRepository {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return new Date(this.clock.now());
  }

  open(componentAppid: string): Promise<TemplatePromotionEntity | null> {
    return this.dataSource.getRepository(TemplatePromotionEntity).findOneBy({ componentAppid, state: 'intent' });
  }

  /** @returns `undefined` when another promotion of this component is under way. */
  async begin(
    componentAppid: string,
    draft: TemplateDraft,
    idsBefore: number[],
    clientId: string,
  ): Promise<TemplatePromotionEntity | undefined> {
    const repository = this.dataSource.getRepository(TemplatePromotionEntity);
    const now = this.now();
    try {
      const { identifiers } = await repository.insert({
        componentAppid,
        draftId: draft.draft_id,
        userVersion: draft.user_version,
        userDesc: draft.user_desc,
        draftCreateTime: draft.create_time,
        idsBefore,
        state: 'intent',
        clientId,
        createdAt: now,
        updatedAt: now,
      });
      return await repository.findOneByOrFail({ promotionId: identifiers[0]?.['promotionId'] as number });
    } catch (error) {
      if (isDuplicate(error)) return undefined;
      throw error;
    }
  }

  /** Who made this template of a draft; `undefined`: nobody here did. */
  async promoterOf(componentAppid: string, templateId: number): Promise<string | undefined> {
    const row = await this.dataSource
      .getRepository(TemplatePromotionEntity)
      .findOneBy({ componentAppid, templateId, state: 'done' });
    return row?.clientId ?? undefined;
  }

  async finish(promotion: TemplatePromotionEntity, state: 'done' | 'failed', templateId: number | null): Promise<void> {
    await this.dataSource
      .getRepository(TemplatePromotionEntity)
      .update({ promotionId: promotion.promotionId, state: 'intent' }, { state, templateId, updatedAt: this.now() });
  }
}
