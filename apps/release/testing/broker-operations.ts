import { WechatApi, WechatApiError } from '#wechat';

export interface StandInAnswer {
  readonly status: number;
  readonly body: string;
}

type Body = Readonly<Record<string, unknown>> & { readonly action: 'add'; readonly domains: readonly string[] };

/** What the broker does at WeChat with the component's token, and answers, as its `operations` routes do. */
export class BrokerOperations {
  private readonly wechat: WechatApi;

  constructor(
    wechatUrl: string,
    private readonly componentToken: () => Promise<string>,
  ) {
    this.wechat = new WechatApi({ apiBaseUrl: wechatUrl, timeoutMs: 1_500, ungated: true });
  }

  async answer(method: string, path: string, body: string): Promise<StandInAnswer> {
    const token = await this.componentToken();
    try {
      const answer = await this.perform(`${method} ${path}`, token, body === '' ? undefined : (JSON.parse(body) as Body));
      return answer === undefined ? { status: 204, body: '' } : { status: 200, body: JSON.stringify(answer) };
    } catch (error) {
      if (error instanceof WechatApiError) return refusal(error);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.wechat.close();
  }

  private async perform(operation: string, token: string, body?: Body): Promise<unknown> {
    const { templates, settings, duties } = this.wechat;
    switch (operation) {
      case 'GET /template-drafts':
        return page((await templates.getTemplateDraftList(token)).draft_list);
      case 'GET /templates':
        return page((await templates.getTemplateList(token)).template_list);
      case 'POST /templates':
        await templates.addToTemplate(token, { draft_id: Number(body?.['draft_id']) });
        return undefined;
      case 'GET /server-domains':
      case 'POST /server-domains':
        return domains(await settings.modifyPlatformServerDomain(token, change(body, 'wxa_server_domain')));
      case 'GET /jump-domains':
      case 'POST /jump-domains':
        return domains(await settings.modifyPlatformJumpDomain(token, change(body, 'wxa_jump_h5_domain')));
      case 'POST /order-path':
        await duties.applyOrderPath(token, {
          path: String(body?.['path']),
          appid_list: (body?.['authorizers'] ?? []) as string[],
        });
        return undefined;
      case 'GET /jump-domains/confirm-file':
        return file(await settings.getPlatformDomainConfirmFile(token));
      default: {
        const deleted = /^DELETE \/templates\/(\d+)$/.exec(operation)?.[1];
        if (deleted === undefined) throw new Error(`the broker has no ${operation}`);
        await templates.deleteTemplate(token, { template_id: Number(deleted) });
        return undefined;
      }
    }
  }
}

const file = ({ file_name, file_content }: Readonly<Record<'file_name' | 'file_content', string>>) => ({
  file_name,
  file_content,
});
const page = (items: unknown) => ({ items, next_cursor: null });

function change(body: Body | undefined, member: string) {
  if (!body) return { action: 'get' as const };
  const together = body['published_together'];
  return {
    action: body.action,
    [member]: body.domains.join(';'),
    ...(together === undefined ? {} : { is_modify_published_together: Boolean(together) }),
  };
}

function domains(answer: Readonly<Record<string, string>>): Record<string, string[]> {
  const lists = Object.entries(answer).flatMap(([name, list]) => {
    const kind = /^(published|testing|invalid)_/.exec(name)?.[1];
    return kind === undefined ? [] : [[kind, list.split(';').filter(Boolean)] as const];
  });
  return Object.fromEntries(lists);
}

function refusal({
  kind,
  refusal,
  api,
  errcode,
  errmsg,
  rid,
  details,
  httpStatus,
  maybeExecuted,
}: WechatApiError): StandInAnswer {
  const code = kind !== 'errcode' ? 'wechat-unreachable' : refusal?.quotaExhausted ? 'wechat-quota' : 'wechat-refused';
  const status = code === 'wechat-refused' ? 502 : 503;
  const wechat = { errcode, errmsg, rid, details, api, kind, http_status: httpStatus, maybe_executed: maybeExecuted };
  const problem = { type: `urn:wxplane:problem:${code}`, status, detail: 'WeChat refused the call.', wechat };
  return { status, body: JSON.stringify(problem) };
}
