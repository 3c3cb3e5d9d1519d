import { Body, ConflictException, Controller, HttpCode, Param, ParseEnumPipe, Post } from '@nestjs/common';
import { PushService } from '../pushes/push.service.js';
import { pushView } from '../pushes/push-log.service.js';
import { completeBasics } from '../world/basics.js';
import type { Merchant } from '../world/model.js';
import { World } from '../world/world.service.js';
import { DecideSetting } from './app-audits.dto.js';
import { AppSettingsStore, CATEGORY_STATUS, NAME_STATUS } from './app-settings.store.js';

const VERDICTS = { approve: 'approve', reject: 'reject' } as const;
const PASSED = 3;
const REFUSED = 2;

/** WeChat's reviewers of names and categories. */
@Controller('_control/merchants/:appid')
export class AppAuditsController {
  constructor(
    private readonly world: World,
    private readonly store: AppSettingsStore,
    private readonly pushes: PushService,
  ) {}

  /** The oldest category under review. */
  @Post('category/:verdict')
  @HttpCode(200)
  async category(
    @Param('appid') appid: string,
    @Param('verdict', new ParseEnumPipe(VERDICTS)) verdict: keyof typeof VERDICTS,
    @Body() body: DecideSetting,
  ) {
    const merchant = this.world.merchant(appid);
    const { categories } = this.store.of(merchant);
    const held = [...categories.values()].find(({ status }) => status === CATEGORY_STATUS.inAudit);
    if (!held) throw new ConflictException(`${appid} has no category under review`);
    const { first_id: first, second_id: second } = held.category;
    if (verdict === 'approve') {
      categories.delete(second);
      merchant.categories.push(held.category);
    } else Object.assign(held, { status: CATEGORY_STATUS.rejected, reason: body.reason });
    return this.push(merchant, 'wxa_category_audit', { first, second, ...resultOf(verdict, body) });
  }

  /** The newest name under review. */
  @Post('nickname/:verdict')
  @HttpCode(200)
  async nickname(
    @Param('appid') appid: string,
    @Param('verdict', new ParseEnumPipe(VERDICTS)) verdict: keyof typeof VERDICTS,
    @Body() body: DecideSetting,
  ) {
    const merchant = this.world.merchant(appid);
    const audit = [...this.store.of(merchant).names.values()].findLast(({ status }) => status === NAME_STATUS.inAudit);
    if (!audit) throw new ConflictException(`${appid} has no name under review`);
    const status = verdict === 'approve' ? NAME_STATUS.passed : NAME_STATUS.failed;
    Object.assign(audit, { status, reason: verdict === 'approve' ? '' : body.reason, auditedAt: this.world.nowS });
    if (verdict === 'approve') {
      merchant.nick_name = audit.nickname;
      completeBasics(merchant);
    }
    return this.push(merchant, 'wxa_nickname_audit', { nickname: audit.nickname, ...resultOf(verdict, body) });
  }

  private async push(merchant: Merchant, event: string, fields: Record<string, string | number>) {
    const component = this.world.componentOf(merchant.appid, undefined);
    const push = this.pushes.accountEvent(component, merchant, event, fields);
    await push.done;
    return { push: pushView(push.record) };
  }
}

const resultOf = (verdict: keyof typeof VERDICTS, { reason }: DecideSetting) => ({
  ret: verdict === 'approve' ? PASSED : REFUSED,
  reason: verdict === 'approve' ? '' : reason,
});
