import { Injectable } from '@nestjs/common';
import { refuse } from '../protocol/errors.domain.js';
import type { Component, Draft, Template } from '../world/model.js';
import { World } from '../world/world.service.js';
import type { CreateDraft } from './templates.dto.js';

const MOST_TEMPLATES = 200;

/** Draft box and template library of a platform (release reference §1). */
@Injectable()
export class TemplatesService {
  constructor(private readonly world: World) {}

  /** The developer tools upload; only the latest upload of a development app is kept. */
  upload(component: Component, body: CreateDraft): Draft {
    const draft: Draft = {
      draft_id: component.nextDraftId++,
      create_time: this.world.nowS,
      user_version: '1.0.0',
      user_desc: '小明🚀 在 2026年5月1日上午9点30分 提交上传',
      source_miniprogram_appid: 'wxdev0000000000001',
      source_miniprogram: '模板小程序',
      developer: '小明🚀',
      pages: ['pages/index/index', 'pages/logs/logs'],
      plugins: [],
      privacy_apis: [],
      size_kb: 1200,
      ...defined(body),
    };
    for (const [id, other] of component.drafts) {
      if (other.source_miniprogram_appid === draft.source_miniprogram_appid) component.drafts.delete(id);
    }
    component.drafts.set(draft.draft_id, draft);
    return draft;
  }

  add(component: Component, draft: Draft, type: number): Template {
    refuse(component.templates.size >= MOST_TEMPLATES, 85065);
    const template: Template = {
      ...draft,
      template_id: component.nextTemplateId++,
      template_type: type,
      create_time: this.world.nowS,
    };
    component.templates.set(template.template_id, template);
    return template;
  }
}

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
