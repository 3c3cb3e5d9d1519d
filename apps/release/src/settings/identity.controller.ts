import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, AuthorizerPath, DomainError, Needs } from '#service';
import { Brings } from '../approvals/brings.decorator.js';
import { Profiles } from '../mini-programs/profiles.service.js';
import {
  Avatar,
  IcpFilingView,
  Nickname,
  NicknameAuditPath,
  NicknameAuditView,
  NicknameCheck,
  NicknameCheckView,
  NicknameView,
  SearchStatus,
  SearchStatusView,
  Signature,
} from './identity.dto.js';
import { WechatAnswer } from './settings.dto.js';
import { SettingsService } from './settings.service.js';

const NAME_STATES = { 1: 'in-audit', 2: 'failed', 3: 'passed' } as const;
const FILED = 6;

/** Who the mini program is: name, picture, introduction. Permission set 30; the name's check 31. */
@ApiTags('mini program settings')
@Controller('v1/components/:component_appid/authorizers/:authorizer_appid')
export class IdentityController {
  constructor(
    private readonly operations: SettingsService,
    private readonly profiles: Profiles,
  ) {}

  /** Name, introduction, picture, principal, and how often each may still be changed. */
  @Get('basic-info')
  @Needs('mini-programs.read')
  async basicInfo(@Param() { component_appid, authorizer_appid }: AuthorizerPath): Promise<WechatAnswer> {
    return {
      ...(await this.operations.read(component_appid, authorizer_appid, (api, c) =>
        api.settings.getAccountBasicInfo(c.token, c.context),
      )),
    };
  }

  /** Whether WeChat would want proof for a name. Changes nothing. */
  @Post('nickname/check')
  @HttpCode(200)
  @Needs('mini-programs.read')
  checkNickname(@Param() path: AuthorizerPath, @Body() body: NicknameCheck): Promise<NicknameCheckView> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { hit_condition, wording } = await api.settings.checkNickname(token, body.nick_name, context);
      return { hit_condition: hit_condition ?? false, wording: wording ?? '' };
    });
  }

  /** Holds at once, or is reviewed first: then `audit_id` is given. Two changes a year; refused while code is in audit (91019). */
  @Put('nickname')
  @Needs('names.write')
  @Audited('mini-program.nickname')
  @Brings('names')
  async nickname(@Param() path: AuthorizerPath, @Body() body: Nickname): Promise<NicknameView> {
    const { nick_name, id_card, license, materials = [] } = body;
    if (!id_card && !license)
      throw new DomainError(
        'invalid-request',
        'Give license, of an organisation, or id_card, of a person: media ids of POST …/media.',
      );
    const request = {
      nick_name,
      ...(id_card ? { id_card } : {}),
      ...(license ? { license } : {}),
      ...Object.fromEntries(materials.map((id, index) => [`naming_other_stuff_${index + 1}`, id])),
    };
    const answer = await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.setNickname(c.token, request, c.context),
    );
    // It holds already: the next rollout's {{nickname}} is this one.
    if (!answer?.audit_id) await this.profiles.reread(path.component_appid, path.authorizer_appid);
    return { audit_id: answer?.audit_id ?? null, wording: answer?.wording ?? null };
  }

  /** How the review of a name stands. */
  @Get('nickname/audits/:audit_id')
  @Needs('mini-programs.read')
  nicknameAudit(@Param() path: NicknameAuditPath): Promise<NicknameAuditView> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const answer = await api.settings.queryNickname(token, path.audit_id, context);
      return {
        audit_id: path.audit_id,
        nick_name: answer.nickname ?? null,
        state: NAME_STATES[answer.audit_stat as keyof typeof NAME_STATES] ?? 'in-audit',
        fail_reason: answer.fail_reason || null,
        created_at: timeOf(answer.create_time),
        audited_at: timeOf(answer.audit_time),
      };
    });
  }

  /** Five a month. */
  @Put('avatar')
  @HttpCode(204)
  @Needs('names.write')
  @Audited('mini-program.avatar')
  @Brings('names')
  async avatar(@Param() path: AuthorizerPath, @Body() { media_id, x1, y1, x2, y2 }: Avatar): Promise<void> {
    if (x1 >= x2 || y1 >= y2) throw new DomainError('invalid-request', 'x1 must be less than x2, and y1 less than y2.');
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.modifyHeadImage(c.token, { head_img_media_id: media_id, x1, y1, x2, y2 }, c.context),
    );
  }

  /** The introduction (简介). Five changes a month. */
  @Put('signature')
  @HttpCode(204)
  @Needs('names.write')
  @Audited('mini-program.signature')
  @Brings('names')
  async signature(@Param() path: AuthorizerPath, @Body() body: Signature): Promise<void> {
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.modifySignature(c.token, body.signature, c.context),
    );
  }

  /** Whether the mini program can be found by searching. */
  @Get('search-status')
  @Needs('mini-programs.read')
  searchStatus(@Param() path: AuthorizerPath): Promise<SearchStatusView> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { status } = await api.settings.getSearchStatus(token, context);
      return { searchable: status === 0 };
    });
  }

  /** Lets it be found by searching, or not. */
  @Put('search-status')
  @Needs('settings.write')
  @Audited('mini-program.search-status')
  @Brings('visit-status', (_path: AuthorizerPath, { searchable }: SearchStatus) => searchable)
  async setSearchStatus(@Param() path: AuthorizerPath, @Body() { searchable }: SearchStatus): Promise<SearchStatusView> {
    await this.operations.write(path.component_appid, path.authorizer_appid, (api, c) =>
      api.settings.changeSearchStatus(c.token, searchable ? 0 : 1, c.context),
    );
    return { searchable };
  }

  /** Its ICP filing (备案). Permission set 18 or 156. */
  @Get('icp-filing')
  @Needs('mini-programs.read')
  icpFiling(@Param() path: AuthorizerPath): Promise<IcpFilingView> {
    return this.operations.read(path.component_appid, path.authorizer_appid, async (api, { token, context }) => {
      const { info } = await api.settings.getIcpEntranceInfo(token, context);
      return {
        status: info.status,
        filed: info.status === FILED,
        canceling: info.is_canceling ?? false,
        available: info.available === 1,
      };
    });
  }
}

const timeOf = (seconds: number | undefined): string | null => (seconds ? new Date(seconds * 1_000).toISOString() : null);
