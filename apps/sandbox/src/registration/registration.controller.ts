import { Body, Controller, Get, Header, HttpCode, NotFoundException, Param, Post, Query, Redirect } from '@nestjs/common';
import { domainProblem } from '../consent/consent.domain.js';
import { donePage, errorPage } from '../consent/consent.page.js';
import { agreed, questionPage } from '../consent/question.page.js';
import type { Component, Merchant } from '../world/model.js';
import { World } from '../world/world.service.js';
import { ConversionApi } from './conversion.api.js';
import { DecideRegistration, LimitRegistration, RegistrationQuery } from './registration.dto.js';
import { registrationPage } from './registration.page.js';
import { ReuseApi } from './reuse.api.js';
import { ACTS, type Act, statusOf } from './status.domain.js';
import { RegistrationTasks, type Task } from './tasks.service.js';

const HTML = 'text/html; charset=utf-8';
const GONE = '页面已失效 (this page has ended)';

type PageQuery = Readonly<
  Partial<Record<'appid' | 'component_appid' | 'redirect_uri' | 'copy_wx_verify' | 'create_token' | 'token', string>>
>;

/** The pages where a person acts, and the control API that acts in a person's place. */
@Controller()
export class RegistrationController {
  constructor(
    private readonly world: World,
    private readonly tasks: RegistrationTasks,
    private readonly conversions: ConversionApi,
    private readonly reuse: ReuseApi,
  ) {}

  @Get(['wxawap/fastregister', 'wxawap/fastregistertpbeta'])
  @Header('content-type', HTML)
  show(@Query() { create_token: id }: PageQuery): string {
    const task = this.tasks.all.get(id ?? '');
    return task ? registrationPage(task) : errorPage('mobile', GONE);
  }

  @Post('_consent/registrations/:id')
  @HttpCode(200)
  @Header('content-type', HTML)
  press(@Param('id') id: string, @Body() body: string): string {
    const task = this.tasks.all.get(id);
    if (!task) return errorPage('mobile', GONE);
    const act = ACTS.find((known) => known === new URLSearchParams(body).get('act'));
    if (act) this.tasks.act(task, act);
    return registrationPage(task);
  }

  @Get('wxawap/mpadminauth')
  @Header('content-type', HTML)
  askAdministrator(@Query() { token }: PageQuery): string {
    const found = this.conversions.reuses.get(token ?? '');
    if (!found || (found.state !== 'asked' && found.state !== 'verifying')) return errorPage('mobile', GONE);
    return questionPage(
      ['确认身份', 'Confirm'],
      found.state === 'asked'
        ? ['公众号管理员：同意复用主体？', 'Administrator of the official account: may its entity be reused?']
        : ['小程序管理员：同意转正？', 'Administrator of the mini program: convert it?'],
      `/_consent/mpadminauth/${found.id}`,
    );
  }

  @Post('_consent/mpadminauth/:id')
  @HttpCode(200)
  @Header('content-type', HTML)
  answerAdministrator(@Param('id') id: string, @Body() body: string): string {
    const found = this.conversions.reuses.get(id);
    if (!found) return errorPage('mobile', GONE);
    this.conversions.decide(found, agreed(body));
    return donePage('mobile');
  }

  @Get('cgi-bin/fastregisterauth')
  @Header('content-type', HTML)
  askReuse(@Query() query: PageQuery): string {
    const asked = this.reuseAsked(query);
    if (typeof asked === 'string') return errorPage('pc', asked);
    return questionPage(
      ['快速注册小程序', 'Register a mini program'],
      [
        `同意用「${asked.account.nick_name}」的主体注册小程序？`,
        `Register a mini program with the entity of “${asked.account.nick_name}”?`,
      ],
      '/_consent/fastregisterauth',
      { ...query, redirect_uri: query.redirect_uri ?? '' },
    );
  }

  @Post('_consent/fastregisterauth')
  @Redirect()
  answerReuse(@Body() body: string) {
    const query = Object.fromEntries(new URLSearchParams(body)) as PageQuery;
    const asked = this.reuseAsked(query);
    if (typeof asked === 'string') throw new NotFoundException(asked);
    const back = new URL(query.redirect_uri ?? '');
    if (agreed(body))
      back.searchParams.set('ticket', this.reuse.ticketFor(asked.component, asked.account, query.copy_wx_verify === '1'));
    return { url: back.href, statusCode: 302 };
  }

  @Get('wxopen/componentrebindadmin')
  @Header('content-type', HTML)
  askRebind(@Query() query: PageQuery): string {
    const app = this.rebindAsked(query);
    if (typeof app === 'string') return errorPage('pc', app);
    return questionPage(
      ['换绑管理员', 'Change the administrator'],
      [`成为「${app.nick_name || app.appid}」的管理员？`, `Become the administrator of “${app.nick_name || app.appid}”?`],
      '/_consent/componentrebindadmin',
      { ...query },
    );
  }

  @Post('_consent/componentrebindadmin')
  @Redirect()
  answerRebind(@Body() body: string) {
    const query = Object.fromEntries(new URLSearchParams(body)) as PageQuery;
    const app = this.rebindAsked(query);
    if (typeof app === 'string') throw new NotFoundException(app);
    const back = new URL(query.redirect_uri ?? '');
    if (agreed(body)) back.searchParams.set('taskid', this.reuse.taskFor(app));
    return { url: back.href, statusCode: 302 };
  }

  @Get('_control/registrations')
  list(@Query() query: RegistrationQuery) {
    const found = [...this.tasks.all.values()].filter(
      ({ component }) => !query.component_appid || component.appid === query.component_appid,
    );
    return { total: found.length, registrations: found.slice(-query.limit).reverse().map(viewOf) };
  }

  /** What a person, or the registry of companies, does with a registration. */
  @Post('_control/registrations/:id/act')
  @HttpCode(200)
  act(@Param('id') id: string, @Body() { act }: DecideRegistration) {
    const task = this.known(id);
    const acts: readonly Act[] = act === 'finish' ? ['agree', 'face-pass', 'phone-pass'] : [act];
    for (const one of acts) this.tasks.act(task, one);
    return viewOf(task);
  }

  @Post('_control/registrations/:id/limit')
  @HttpCode(200)
  limit(@Param('id') id: string, @Body() { code }: LimitRegistration) {
    const task = this.known(id);
    this.tasks.limit(task, code);
    return viewOf(task);
  }

  private known(id: string): Task {
    const task = this.tasks.all.get(id);
    if (!task) throw new NotFoundException(`no registration ${id}`);
    return task;
  }

  /** In WeChat's words why not (§6, §7). */
  private reuseAsked(query: PageQuery): { component: Component; account: Merchant } | string {
    const component = this.world.components.get(query.component_appid ?? '');
    const account = this.world.merchants.get(query.appid ?? '');
    if (!component) return '第三方平台不存在 (unknown component_appid)';
    if (account?.kind !== 'mp') return '61051 该账号类型不支持 (this kind of account cannot do so)';
    if (!component.authorizations.has(account.appid)) return '公众号未授权给该平台 (the account has not authorized the platform)';
    if (account.verify_type < 0) return '61052 公众号未认证 (the official account is not verified)';
    if (query.copy_wx_verify !== '0' && query.copy_wx_verify !== '1')
      return '61056 copy_wx_verify 无效 (copy_wx_verify is 0 or 1)';
    const problem = returnProblem(component, query.redirect_uri);
    return problem ? `61060 ${problem}` : { component, account };
  }

  private rebindAsked(query: PageQuery): Merchant | string {
    const component = this.world.components.get(query.component_appid ?? '');
    const app = component?.authorizations.get(query.appid ?? '')?.merchant;
    if (!component || !app) return '小程序未授权给该平台 (the mini program has not authorized the platform)';
    return returnProblem(component, query.redirect_uri) ?? app;
  }
}

/** Of these pages only the address of the return is compared with the domain of the platform. */
const returnProblem = ({ options }: Component, redirectUri: string | undefined): string | undefined =>
  domainProblem({ ...options, referrer_check: 'off' }, undefined, redirectUri);

const viewOf = (task: Task) => ({
  id: task.id,
  way: task.way,
  component_appid: task.component.appid,
  name: task.name,
  subject: task.subject,
  stage: task.stage,
  status: task.way === 'enterprise' ? statusOf(task.stage, 'enterprise') : statusOf(task.stage, 'personal'),
  appid: task.appid || null,
  ends_at_ms: task.endsAt,
});
