import type { TemplateView as Template, TemplateDraftView as TemplateDraft } from '#broker-client';

/** What is remembered of a draft before it is promoted: WeChat does not answer the new template's id. */
export interface PromotionTrace {
  readonly draftId: number;
  readonly userVersion: string;
  readonly userDesc: string;
  readonly idsBefore: readonly number[];
}

/**
 * The template that a promotion made: one that was not there before and carries the draft's version and description.
 * Newer answers also name the draft; a template that names another one is not ours.
 */
export function promotedTemplate(trace: PromotionTrace, templates: readonly Template[]): Template | undefined {
  const before = new Set(trace.idsBefore);
  const candidates = templates.filter(
    (template) =>
      !before.has(template.template_id) &&
      template.user_version === trace.userVersion &&
      template.user_desc === trace.userDesc &&
      (template.draft_id === undefined || template.draft_id === trace.draftId),
  );
  return candidates.sort((a, b) => b.template_id - a.template_id)[0];
}

/** Whether a promotion was of this very draft: a later upload may have taken over its id. */
export function madeOf(trace: Omit<PromotionTrace, 'idsBefore'>, draft: TemplateDraft): boolean {
  return trace.draftId === draft.draft_id && trace.userVersion === draft.user_version && trace.userDesc === draft.user_desc;
}

/** What differs between two versions, for a person who decides. */
export interface TemplateDifference {
  readonly member: string;
  readonly from: string | null;
  readonly to: string | null;
}

const COMPARED = ['user_version', 'user_desc', 'source_miniprogram_appid', 'source_miniprogram', 'developer'] as const;

/** What WeChat tells of two versions and is not the same; their code it does not show. */
export function differences(from: Template | TemplateDraft, to: Template | TemplateDraft): TemplateDifference[] {
  const changed = COMPARED.filter((member) => (from[member] ?? null) !== (to[member] ?? null)).map((member) => ({
    member,
    from: from[member] ?? null,
    to: to[member] ?? null,
  }));
  if (from.create_time === to.create_time) return changed;
  const iso = ({ create_time }: Template | TemplateDraft) => new Date(create_time * 1_000).toISOString();
  return [...changed, { member: 'created_at', from: iso(from), to: iso(to) }];
}

/** With which template something is compared when none is named: the newest that was there before it. */
export function predecessor(templates: readonly Template[], templateId?: number): Template | undefined {
  return templates
    .filter((template) => templateId === undefined || template.template_id < templateId)
    .reduce<Template | undefined>((newest, one) => (newest && newest.template_id > one.template_id ? newest : one), undefined);
}
