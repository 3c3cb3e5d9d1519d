import { Injectable } from '@nestjs/common';
import type { AppCategory } from '#wechat';
import { SettingsService } from '../../settings/settings.service.js';
import type { Words } from '../onboarding.domain.js';
import { withPapers } from '../papers.domain.js';
import { OnboardingChanges } from './changes.js';
import { uploadTemporary } from './identity.js';
import { DONE, isPast, type OnboardingStep, OPEN, type Seen, type Turn } from './step.js';

const STATUS = { rejected: 2, approved: 3 } as const;
const OTHER_PAPERS: Words = {
  en: 'Give other certificates (PATCH categories, PUT papers/…), and retry the order.',
  zh: '请更换类目资质（修改 categories 并重新上传），然后重试该订单。',
};

/** What the mini program is about: a submission names pairs of it (85008). */
@Injectable()
export class CategoryStep implements OnboardingStep {
  readonly name = 'category';

  constructor(
    private readonly settings: SettingsService,
    private readonly changes: OnboardingChanges,
  ) {}

  async look(turn: Turn): Promise<Seen> {
    const held = await this.held(turn);
    const { categories } = turn.data;
    if (!categories) return held.some(({ audit_status }) => audit_status === STATUS.approved) ? DONE : OPEN;
    const changing = await this.changes.look(turn, 'category');
    if (changing) return changing;
    const found = categories.map((wanted) => held.find((one) => isSame(one, wanted)));
    const rejected = found.find((one) => one?.audit_status === STATUS.rejected);
    if (rejected && !isPast(turn, idOf(rejected)))
      return {
        is: 'refused',
        problem: {
          code: 'category-rejected',
          detail: `WeChat rejected the category ${rejected.first_name} / ${rejected.second_name}: ${rejected.audit_reason || 'without a reason'}.`,
          remedy: OTHER_PAPERS,
        },
      };
    if (found.some((one) => one === undefined || one.audit_status === STATUS.rejected)) return OPEN;
    return found.every((one) => one?.audit_status === STATUS.approved) ? DONE : { is: 'waiting' };
  }

  async act(turn: Turn): Promise<void> {
    const held = await this.held(turn);
    const categories = turn.data.categories!;
    const media = await uploadTemporary(this.settings, turn, categories);
    const ready = withPapers(categories, ({ paper }) => media.get(paper)!) as typeof categories;
    const bodies = ready.map(({ first, second, certificates }) => ({
      first,
      second,
      ...(certificates ? { certificates: certificates.map(({ name, media }) => ({ name, media_id: media })) } : {}),
    }));
    const added = bodies.filter((body) => !held.some((one) => isSame(one, body)));
    if (added.length > 0) {
      await this.changes.bring(turn, 'CategoriesController.add', 'category', { categories: added });
      return;
    }
    const corrected = bodies.find((body) =>
      held.some((one) => isSame(one, body) && one.audit_status === STATUS.rejected && isPast(turn, idOf(one))),
    );
    if (!corrected) return;
    const { first, second, certificates = [] } = corrected;
    await turn.remember({ past: turn.facts.past?.filter((id) => id !== idOf(corrected)) ?? [] });
    const on = { ...turn, app: { ...turn.app, first, second } };
    await this.changes.bring(on, 'CategoriesController.correct', 'category', { certificates });
  }

  private async held({ app }: Turn): Promise<readonly AppCategory[]> {
    const { categories } = await this.settings.read(app.component_appid, app.authorizer_appid, (api, { token, context }) =>
      api.settings.getAppCategories(token, context),
    );
    return categories;
  }
}

interface Pair {
  readonly first: number;
  readonly second: number;
}

const isSame = (one: Pair, other: Pair): boolean => one.first === other.first && one.second === other.second;
/** As what has failed is remembered by. */
export const idOf = ({ first, second }: Pair): string => `category-${first}-${second}`;
