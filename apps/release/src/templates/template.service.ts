import { Injectable } from '@nestjs/common';
import type { TemplateView as Template, TemplateDraftView as TemplateDraft } from '#broker-client';
import type { TemplatePromotionEntity } from '#persistence';
import { DomainError } from '#service';
import { ReleaseConfig } from '../config/release.config.js';
import { verdictOf } from '../wechat/wechat-failure.domain.js';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { differences, madeOf, predecessor, promotedTemplate, type TemplateDifference } from './template.domain.js';
import { TemplateRepository } from './template.repository.js';

/** Drafts and templates of a component (mini-program-release.md §1). */
@Injectable()
export class TemplateService {
  constructor(
    private readonly promotions: TemplateRepository,
    private readonly gateway: WechatGateway,
    private readonly config: ReleaseConfig,
  ) {}

  async drafts(componentAppid: string): Promise<readonly TemplateDraft[]> {
    this.gateway.requireComponent(componentAppid);
    const drafts = await this.gateway.byBroker((broker) => broker.templateDrafts(componentAppid));
    return [...drafts].sort((a, b) => b.create_time - a.create_time);
  }

  async templates(componentAppid: string): Promise<readonly Template[]> {
    this.gateway.requireComponent(componentAppid);
    const templates = await this.gateway.byBroker((broker) => broker.templates(componentAppid));
    return [...templates].sort((a, b) => b.template_id - a.template_id);
  }

  promoterOf(componentAppid: string, templateId: number): Promise<string | undefined> {
    return this.promotions.promoterOf(componentAppid, templateId);
  }

  /** @throws DomainError `not-found` */
  async template(componentAppid: string, templateId: number): Promise<Template> {
    const found = (await this.templates(componentAppid)).find((template) => template.template_id === templateId);
    if (!found) throw new DomainError('not-found', `There is no template ${templateId} in the library of ${componentAppid}.`);
    return found;
  }

  /** @param otherId absent: the template before it */
  async compare(componentAppid: string, templateId: number, otherId: number | undefined): Promise<Comparison<Template>> {
    const templates = await this.templates(componentAppid);
    const to = named(templates, templateId);
    const from = otherId === undefined ? predecessor(templates, templateId) : named(templates, otherId);
    if (!from) throw new DomainError('not-found', `There is no template before ${templateId} to compare it with.`);
    return { from, to, differences: differences(from, to) };
  }

  /** What promoting the draft would change. @param otherId absent: the newest template */
  async compareDraft(componentAppid: string, draftId: number, otherId: number | undefined): Promise<Comparison<TemplateDraft>> {
    const [drafts, templates] = await Promise.all([this.drafts(componentAppid), this.templates(componentAppid)]);
    const to = drafts.find((draft) => draft.draft_id === draftId);
    if (!to) throw noDraft(draftId);
    const from = otherId === undefined ? predecessor(templates) : named(templates, otherId);
    if (!from) throw new DomainError('not-found', 'There is no template to compare it with.');
    return { from, to, differences: differences(from, to) };
  }

  /**
   * Makes a template of a draft. WeChat does not answer the new id, and a second call makes a second template: so the intent is recorded first,
   * and the id is found in the list; an unclear outcome is looked up before anything is sent again.
   */
  async promote(componentAppid: string, draftId: number, templateType: 0 | 1 | undefined, clientId: string): Promise<Template> {
    this.gateway.requireComponent(componentAppid);
    const earlier = await this.settleOpen(componentAppid);
    const draft = (await this.drafts(componentAppid)).find((candidate) => candidate.draft_id === draftId);
    if (!draft) throw noDraft(draftId);
    // The answer of the earlier call was lost: this is what its caller asks for again.
    if (earlier && madeOf(earlier.promotion, draft)) return earlier.template;
    const before = await this.templates(componentAppid);
    const idsBefore = before.map((template) => template.template_id);
    const promotion = await this.promotions.begin(componentAppid, draft, idsBefore, clientId);
    if (!promotion) throw stillRunning();
    try {
      await this.gateway.byBroker((broker) =>
        broker.addTemplate(componentAppid, { draft_id: draftId, template_type: templateType }),
      );
    } catch (error) {
      if (verdictOf(error) !== 'unclear') {
        await this.promotions.finish(promotion, 'failed', null);
        throw error;
      }
      const found = await this.lookUp(promotion);
      if (!found) throw error;
      return found;
    }
    const found = await this.lookUp(promotion);
    if (!found)
      throw new DomainError(
        'unavailable',
        'WeChat accepted the draft, but does not list the new template yet; list the templates again.',
      );
    return found;
  }

  async delete(componentAppid: string, templateId: number): Promise<void> {
    this.gateway.requireComponent(componentAppid);
    await this.gateway.byBroker((broker) => broker.deleteTemplate(componentAppid, templateId));
  }

  /** An earlier promotion whose outcome was unclear, or whose process ended, comes first. @returns what became of it */
  private async settleOpen(componentAppid: string): Promise<Settled | undefined> {
    const promotion = await this.promotions.open(componentAppid);
    if (!promotion) return undefined;
    const template = await this.lookUp(promotion);
    if (template) return { promotion, template };
    const ageMs = this.promotions.now().getTime() - promotion.createdAt.getTime();
    if (ageMs < this.config.RELEASE_UNCLEAR_S * 1_000) throw stillRunning();
    await this.promotions.finish(promotion, 'failed', null);
    return undefined;
  }

  private async lookUp(promotion: TemplatePromotionEntity): Promise<Template | undefined> {
    const found = promotedTemplate(promotion, await this.templates(promotion.componentAppid));
    if (found) await this.promotions.finish(promotion, 'done', found.template_id);
    return found;
  }
}

interface Settled {
  readonly promotion: TemplatePromotionEntity;
  readonly template: Template;
}

interface Comparison<To> {
  readonly from: Template;
  readonly to: To;
  readonly differences: TemplateDifference[];
}

function named(templates: readonly Template[], templateId: number): Template {
  const found = templates.find((template) => template.template_id === templateId);
  if (!found) throw new DomainError('not-found', `There is no template ${templateId} in the library (any more).`);
  return found;
}

function noDraft(draftId: number): DomainError {
  return new DomainError('not-found', `There is no draft ${draftId}; a later upload of the same mini program replaces a draft.`);
}

function stillRunning(): DomainError {
  return new DomainError('conflict', 'Another draft of this component is being promoted, or its outcome is not clear yet.', {
    retryAfterS: 10,
  });
}
