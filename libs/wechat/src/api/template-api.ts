import { type Done, TokenCaller } from './caller.js';
import type { CallContext } from './transport.js';

export interface TemplateDraft {
  /** May be 0. */
  readonly draft_id: number;
  /** Unix seconds. */
  readonly create_time: number;
  readonly user_version: string;
  readonly user_desc: string;
  readonly source_miniprogram_appid?: string;
  readonly source_miniprogram?: string;
  readonly developer?: string;
}

export interface Template extends Omit<TemplateDraft, 'draft_id'> {
  /** May be 0. */
  readonly template_id: number;
  readonly draft_id?: number;
  /** 0 normal, 1 standard (no longer usable). */
  readonly template_type?: number;
  readonly category_list?: readonly unknown[];
  readonly audit_scene?: number;
  /** Of a standard template; its numbers are not those of an app's audit. */
  readonly audit_status?: number;
  readonly reason?: string;
}

/** Template library: all with the component access token (mini-program-release.md §1). */
export class TemplateApi extends TokenCaller {
  getTemplateDraftList(componentAccessToken: string, context?: CallContext): Promise<{ draft_list: readonly TemplateDraft[] }> {
    return this.get('/wxa/gettemplatedraftlist', componentAccessToken, context, { requires: ['draft_list'] });
  }

  /** Does not answer the new template's id, and a second call makes a second template. */
  addToTemplate(
    componentAccessToken: string,
    body: { draft_id: number; template_type?: 0 | 1 },
    context?: CallContext,
  ): Promise<Done> {
    return this.post('/wxa/addtotemplate', componentAccessToken, body, context);
  }

  getTemplateList(
    componentAccessToken: string,
    templateType?: 0 | 1,
    context?: CallContext,
  ): Promise<{ template_list: readonly Template[] }> {
    return this.get('/wxa/gettemplatelist', componentAccessToken, context, {
      query: { template_type: templateType },
      requires: ['template_list'],
    });
  }

  deleteTemplate(componentAccessToken: string, body: { template_id: number }, context?: CallContext): Promise<Done> {
    return this.post('/wxa/deletetemplate', componentAccessToken, body, context);
  }
}
