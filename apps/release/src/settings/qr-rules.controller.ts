import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, Cursors, DomainError, Needs, PageQuery } from '#service';
import { LIMITS } from '#wechat';
import { Brings } from '../approvals/brings.decorator.js';
import { ConfirmFileView } from './domains.dto.js';
import { QrRule, QrRulePage, QrRulePrefix } from './qr-rules.dto.js';
import { SettingsService } from './settings.service.js';

const VERSIONS = ['development', 'trial', 'online'] as const;
const PUBLISHED = 2;

/** WeChat counts pages: a cursor is the next page's number and the size of the pages. */
const QR_RULES = new Cursors(
  'qr-rules',
  (cursor) => (/^[1-9]\d{0,5}$/.test(cursor) ? `${cursor}:` : undefined),
  /^\d{1,6}:\d{0,3}$/,
);

/** Ordinary QR codes that open the mini program (扫普通链接二维码打开小程序). */
@ApiTags('mini program settings')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid/qr-rules')
export class QrRulesController {
  constructor(private readonly operations: SettingsService) {}

  /** In the order they were added. */
  @Get()
  @Needs('mini-programs.read')
  rules(@Param() path: AuthorizerPath, @Query() query: PageQuery): Promise<QrRulePage> {
    const [number, size] = (QR_RULES.after(query) ?? '1:').split(':');
    const page = Number(number);
    const limit = Number(size) || Math.min(query.limit, LIMITS.qrRulePage);
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const answer = await api.settings.getQrRules(token, page, limit, context);
      const rules = answer.rule_list ?? [];
      const more = answer.total_count === undefined ? rules.length === limit : page * limit < answer.total_count;
      return {
        items: rules.map((rule) => ({
          prefix: rule.prefix,
          path: rule.path,
          exclusive: rule.permit_sub_rule === 2,
          open_version: VERSIONS[rule.open_version - 1] ?? 'online',
          debug_urls: [...(rule.debug_url ?? [])],
          published: rule.state === PUBLISHED,
        })),
        next_cursor: more ? QR_RULES.encode(`${page + 1}:${limit}`) : null,
        total: answer.total_count ?? null,
        publish_quota: answer.qrcodejump_pub_quota ?? null,
      };
    });
  }

  /** The file that WeChat looks for below each prefix. */
  @Get('check-file')
  @Needs('mini-programs.read')
  checkFile(@Param() path: AuthorizerPath): Promise<ConfirmFileView> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { file_name, file_content } = await api.settings.getQrRuleFile(token, context);
      return { file_name, file_content };
    });
  }

  /** Adds a rule; the check file has to be in its place. The same rule once more counts as done. */
  @Post()
  @HttpCode(204)
  @Needs('settings.write')
  @Audited('mini-program.add-qr-rule')
  @Brings('qr-rules')
  add(@Param() path: AuthorizerPath, @Body() body: QrRule): Promise<void> {
    return this.put(path, body, 0);
  }

  /** Changes a rule that is not published. */
  @Put()
  @HttpCode(204)
  @Needs('settings.write')
  @Audited('mini-program.edit-qr-rule')
  @Brings('qr-rules')
  edit(@Param() path: AuthorizerPath, @Body() body: QrRule): Promise<void> {
    return this.put(path, body, 1);
  }

  /** From now on for everybody; the mini program has to be online. 100 a month. */
  @Post('publish')
  @HttpCode(204)
  @Needs('settings.write')
  @Audited('mini-program.publish-qr-rule')
  @Brings('qr-rules')
  async publish(@Param() path: AuthorizerPath, @Body() { prefix }: QrRulePrefix): Promise<void> {
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.publishQrRule(c.token, prefix, c.context),
    );
  }

  /** Takes a rule away. */
  @Post('delete')
  @HttpCode(204)
  @Needs('settings.write')
  @Audited('mini-program.delete-qr-rule')
  @Brings('qr-rules')
  async delete(@Param() path: AuthorizerPath, @Body() { prefix }: QrRulePrefix): Promise<void> {
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.deleteQrRule(c.token, prefix, c.context),
    );
  }

  private async put(path: AuthorizerPath, body: QrRule, edit: 0 | 1): Promise<void> {
    const { prefix, debug_urls = [] } = body;
    if (debug_urls.some((url) => !url.startsWith(prefix)))
      throw new DomainError('invalid-request', 'debug_urls must begin with the prefix.');
    const rule = {
      prefix,
      permit_sub_rule: body.exclusive ? (2 as const) : (1 as const),
      path: body.path,
      open_version: (VERSIONS.indexOf(body.open_version) + 1) as 1 | 2 | 3,
      debug_url: debug_urls,
      is_edit: edit,
    };
    await this.operations.addQrRule(path.component_appid, path.authorizer_appid, rule);
  }
}
