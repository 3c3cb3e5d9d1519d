import { Body, Controller, Get, Header, Headers, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CallRecorder } from '../calls/recorder.service.js';
import { cancelledPage, consentPage, donePage, errorPage } from './consent.page.js';
import { type ConsentQuery, ConsentService, type ConsentSession, type Device } from './consent.service.js';

const HTML = 'text/html; charset=utf-8';

@Controller()
export class ConsentController {
  constructor(
    private readonly consent: ConsentService,
    private readonly recorder: CallRecorder,
  ) {}

  @Get('cgi-bin/componentloginpage')
  @Header('content-type', HTML)
  pc(@Query() query: ConsentQuery, @Headers('referer') referrer?: string) {
    return this.show('pc', '/cgi-bin/componentloginpage', query, referrer);
  }

  @Get('wxaopen/safe/bindcomponent')
  @Header('content-type', HTML)
  mobile(@Query() query: ConsentQuery, @Headers('referer') referrer?: string) {
    return this.show('mobile', '/wxaopen/safe/bindcomponent', query, referrer);
  }

  @Get('safe/bindcomponent')
  @Header('content-type', HTML)
  oldMobile(@Query() query: ConsentQuery, @Headers('referer') referrer?: string) {
    return this.show('mobile', '/safe/bindcomponent', query, referrer);
  }

  @Get('_consent/:session')
  @Header('content-type', HTML)
  search(@Param('session') id: string, @Query('q') search?: string) {
    const session = this.consent.find(id);
    return session ? this.render(session, search) : errorPage('pc', '页面已失效 (this page has ended)');
  }

  @Post('_consent/:session')
  async decide(@Param('session') id: string, @Body() body: string, @Res() reply: FastifyReply): Promise<void> {
    const answer = (page: string) => reply.status(200).header('content-type', HTML).send(page);
    const form = new URLSearchParams(body);
    const session = this.consent.find(id);
    if (!session) {
      answer(errorPage('pc', '页面已失效 (this page has ended)'));
      return;
    }
    if (form.get('decision') !== 'authorize') {
      this.consent.cancel(session);
      answer(cancelledPage(session.device));
      return;
    }
    const { url, problem } = await this.consent.authorize(session, form.get('merchant') ?? '', form.getAll('set').map(Number));
    if (url) void reply.status(302).header('location', url).send();
    else if (problem)
      answer(this.consent.unusable(session.preAuthCode) ? errorPage(session.device, problem) : this.render(session, '', problem));
    else answer(donePage(session.device));
  }

  private show(device: Device, path: string, query: ConsentQuery, referrer: string | undefined): string {
    this.recorder.count(path, query.component_appid ?? '');
    const opened = this.consent.open(device, query, referrer);
    return typeof opened === 'string' ? errorPage(device, opened) : this.render(opened);
  }

  private render(session: ConsentSession, search = '', problem?: string): string {
    const { shown, total } = this.consent.merchants(session, search);
    return consentPage(session, shown, total, search, problem);
  }
}
