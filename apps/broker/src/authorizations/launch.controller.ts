import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, LOGGER, type Logger, networkOf, Public, RateLimiter } from '#service';
import { WechatApiError } from '#wechat';
import { browserCookie, browserIdOf, newBrowserId } from './browser-cookie.js';
import { LaunchService, type LinkState, type NoArrival } from './launch.service.js';
import { browserOf } from './pages.domain.js';
import { arrivedPage, cancelledPage, closedPage, failedPage, launchPage, noArrivalPage, tooManyPage } from './pages.js';
import { sendPage as send } from './send-page.js';

/** Each visit costs one of WeChat's pre-auth codes: 20 at once and 20 more a minute from one address (an office shares one). */
const VISITS_PER_S = 1 / 3;
const VISITS_BURST_S = 60;

/** The two public pages: from here the merchant leaves for WeChat, and here WeChat sends the browser back. */
@ApiExcludeController()
@Public()
@Controller('authorize')
export class LaunchController {
  constructor(
    private readonly launches: LaunchService,
    private readonly limiter: RateLimiter,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('callback')
  async callback(
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = text(query['visit']);
    const code = text(query['auth_code']);
    try {
      // Each code costs a call of WeChat. Visits without end are kept out by the address, addresses without end by the visit.
      if (await this.limited('callback', networkOf(request.ip), request, reply)) return;
      if (await this.limited('visit', visit, request, reply)) return;
      if (!code) return send(request, reply, 200, cancelledPage(await this.launches.linkOfVisit(visit)));
      const arrival = await this.launches.arrive(visit, code, browserIdOf(request.headers.cookie, this.launches.isSecure));
      if (typeof arrival === 'string')
        return send(request, reply, NO_ARRIVAL[arrival], noArrivalPage(arrival, await this.launches.linkOfVisit(visit)));
      if (arrival.returnTo)
        return void reply
          .header('cache-control', 'no-store')
          .header('referrer-policy', 'no-referrer')
          .redirect(arrival.returnTo, 303);
      return send(request, reply, 200, arrivedPage(arrival));
    } catch (error) {
      return this.fail(error, request, reply, await this.launches.linkOfVisit(visit).catch(() => undefined));
    }
  }

  @Get(':link')
  async launch(@Param('link') linkId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      if (await this.limited('launch', networkOf(request.ip), request, reply)) return;
      const { link, state } = await this.launches.link(linkId);
      if (state !== 'open' || !link) return send(request, reply, STATUS[state], closedPage(state));
      // A look whether the link is there costs no pre-auth code.
      if (request.method === 'HEAD')
        return void reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send('');
      const browser = browserOf(request.headers['user-agent'] ?? '');
      const { isSecure } = this.launches;
      const browserId = browserIdOf(request.headers.cookie, isSecure) ?? newBrowserId();
      const launch = await this.launches.begin(link, browser, browserId);
      void reply.header('set-cookie', browserCookie(browserId, isSecure));
      return send(request, reply, 200, launchPage(launch, browser));
    } catch (error) {
      return this.fail(error, request, reply, linkId);
    }
  }

  /** Whether there were too many of this one lately; then the page says so. */
  private async limited(purpose: string, who: string, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const retryAfterS = await this.limiter.admitStranger(purpose, who, VISITS_PER_S, VISITS_BURST_S);
    if (retryAfterS === 0) return false;
    void reply.header('retry-after', String(retryAfterS));
    send(request, reply, 429, tooManyPage());
    return true;
  }

  private fail(error: unknown, request: FastifyRequest, reply: FastifyReply, linkId: string | undefined): void {
    const known = error instanceof DomainError || error instanceof WechatApiError;
    this.logger[known ? 'warn' : 'error'](
      { event: 'authorization.page-failed', request_id: request.id, ...(known ? { problem: error.message } : { err: error }) },
      'An authorization page could not be shown',
    );
    send(
      request,
      reply,
      error instanceof DomainError && error.code === 'conflict' ? 409 : 503,
      failedPage(error, request.id, linkId),
    );
  }
}

const STATUS: Record<LinkState, number> = { open: 200, unknown: 404, revoked: 410, expired: 410, used: 410 };

const NO_ARRIVAL: Record<NoArrival, number> = {
  'unknown-visit': 404,
  revoked: 410,
  expired: 410,
  used: 410,
  'used-code': 409,
  'other-account': 409,
  'other-browser': 409,
  ended: 410,
  returned: 410,
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
