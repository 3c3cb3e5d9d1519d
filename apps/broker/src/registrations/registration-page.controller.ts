import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOGGER, type Logger, networkOf, Public, RateLimiter } from '#service';
import { browserOf, type Page } from '../authorizations/pages.domain.js';
import { tooManyPage } from '../authorizations/pages.js';
import { sendPage } from '../authorizations/send-page.js';
import { RegistrationPageService } from './registration-page.service.js';
import { brokenPage, notAgreedPage, registrationPage, type Shown, unknownPage } from './registration-pages.js';

/** A page looks again each minute, and an office shares one address: 60 at once, and one more each second. */
const VIEWS_PER_S = 1;
const VIEWS_BURST_S = 60;
/** Each return costs a call of WeChat. */
const RETURNS_PER_S = 1 / 3;

/** The public page of a registration: who has to do what until when, with WeChat's address as QR code or button. */
@ApiExcludeController()
@Public()
@Controller('register')
export class RegistrationPageController {
  constructor(
    private readonly pages: RegistrationPageService,
    private readonly limiter: RateLimiter,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** WeChat sends the administrator of an official account back here. */
  @Get('callback')
  callback(@Query() query: Record<string, unknown>, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [registrationId, ticket] = [textOf(query['registration']), textOf(query['ticket'])];
    return this.answer(request, reply, ['registration-return', RETURNS_PER_S], async () => {
      if (ticket) return this.pages.arrive(registrationId, ticket);
      const shown = await this.pages.show(registrationId);
      return shown?.state === 'waiting' ? notAgreedPage(registrationId) : shown;
    });
  }

  @Get(':registration_id')
  show(
    @Param('registration_id') registrationId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.answer(request, reply, ['registration-page', VIEWS_PER_S], () => this.pages.show(registrationId));
  }

  private async answer(
    request: FastifyRequest,
    reply: FastifyReply,
    [purpose, perS]: readonly [string, number],
    read: () => Promise<Shown | Page | undefined>,
  ): Promise<void> {
    try {
      const retryAfterS = await this.limiter.admitStranger(purpose, networkOf(request.ip), perS, VIEWS_BURST_S);
      if (retryAfterS > 0) {
        void reply.header('retry-after', String(retryAfterS));
        return sendPage(request, reply, 429, tooManyPage());
      }
      const found = await read();
      if (found === undefined) return sendPage(request, reply, 404, unknownPage());
      if ('title' in found) return sendPage(request, reply, 200, found);
      const ended = found.state === 'failed' || found.state === 'expired';
      const browser = browserOf(request.headers['user-agent'] ?? '');
      return sendPage(request, reply, ended ? 410 : 200, registrationPage(found, browser));
    } catch (error) {
      this.logger.error(
        { event: 'registration.page-failed', request_id: request.id, err: error },
        'The page of a registration could not be shown',
      );
      return sendPage(request, reply, 503, brokenPage(request.id));
    }
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' && value.length <= 1_024 ? value : '');
