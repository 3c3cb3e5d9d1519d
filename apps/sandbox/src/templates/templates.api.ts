import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type ComponentCall, type Json, OK } from '../protocol/route.js';
import type { Draft, Template } from '../world/model.js';
import { TemplatesService } from './templates.service.js';

@Injectable()
export class TemplatesApi {
  constructor(
    registry: ApiRegistry,
    private readonly templates: TemplatesService,
  ) {
    registry.add(
      { method: 'GET', path: '/wxa/gettemplatedraftlist', token: 'component', handle: (call) => this.drafts(call) },
      { method: 'POST', path: '/wxa/addtotemplate', token: 'component', handle: (call) => this.add(call) },
      { method: 'GET', path: '/wxa/gettemplatelist', token: 'component', handle: (call) => this.list(call) },
      { method: 'POST', path: '/wxa/deletetemplate', token: 'component', handle: (call) => this.remove(call) },
    );
  }

  private drafts(call: ComponentCall): Json {
    return { ...OK, draft_list: [...call.component.drafts.values()].map(draftAnswer) };
  }

  /** Answers no id: the caller has to find the new template in the list. */
  private add(call: ComponentCall): Json {
    const draft = call.component.drafts.get(numeric(call.body['draft_id']));
    if (!draft) throw new ApiError(85064);
    this.templates.add(call.component, draft, Number(call.body['template_type'] ?? 0) === 1 ? 1 : 0);
    return OK;
  }

  private list(call: ComponentCall): Json {
    const type = call.query['template_type'];
    const wanted = [...call.component.templates.values()].filter(
      (template) => type === undefined || String(template.template_type) === type,
    );
    return { ...OK, template_list: wanted.map(templateAnswer) };
  }

  private remove(call: ComponentCall): Json {
    refuse(!call.component.templates.delete(numeric(call.body['template_id'])), 85064);
    return OK;
  }
}

const numeric = (value: unknown): number =>
  typeof value === 'number' || /^\d+$/.test(String(value)) ? Number(value) : Number.NaN;

const draftAnswer = (draft: Draft): Json => ({
  create_time: draft.create_time,
  user_version: draft.user_version,
  user_desc: draft.user_desc,
  draft_id: draft.draft_id,
  source_miniprogram_appid: draft.source_miniprogram_appid,
  source_miniprogram: draft.source_miniprogram,
  developer: draft.developer,
  category_list: [],
});

const templateAnswer = (template: Template): Json => ({
  ...draftAnswer(template),
  template_id: template.template_id,
  template_type: template.template_type,
  ...(template.template_type === 1 && { audit_scene: 0, audit_status: 0, reason: '' }),
});
