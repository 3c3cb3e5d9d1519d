import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Patch, Post, Put, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  Audited,
  type AuditedCall,
  type Client,
  ComponentPath,
  CurrentClient,
  DomainError,
  Needs,
  PageQuery,
  requireUnrestrictedClient,
} from '#service';
import { LIMITS } from '#wechat';
import {
  OnboardingMovePage,
  OnboardingPage,
  OnboardingPaperPath,
  OnboardingPaperView,
  OnboardingPath,
  OnboardingSearch,
  OnboardingView,
} from './onboarding.dto.js';
import { OnboardingService } from './onboarding.service.js';
import { CreateOnboarding, OnboardingChange } from './onboarding-request.dto.js';

const PICTURES = ['image/png', 'image/jpeg', 'image/gif'];

/** Merchants on their way from their papers to a mini program that is online. */
@ApiTags('onboardings')
@Controller('v1/components/:component_appid/onboardings')
export class OnboardingsController {
  constructor(private readonly onboardings: OnboardingService) {}

  /**
   * Orders the way of one merchant to a goal. It goes on by itself; whom it waits for is said by `task`. The same order once more answers
   * the one that is there. Needs the permission of each step's own operation besides.
   */
  @Post()
  @Needs('onboardings.write')
  @Audited('onboarding.order', { entry: answered })
  create(
    @Param() { component_appid }: ComponentPath,
    @Body() body: CreateOnboarding,
    @CurrentClient() client: Client,
  ): Promise<OnboardingView> {
    requireUnrestrictedClient(client);
    return this.onboardings.create(component_appid, body, client);
  }

  /** Newest first. */
  @Get()
  @Needs('onboardings.read')
  list(
    @Param() { component_appid }: ComponentPath,
    @Query() query: OnboardingSearch,
    @CurrentClient() client: Client,
  ): Promise<OnboardingPage> {
    requireUnrestrictedClient(client);
    return this.onboardings.list(component_appid, query);
  }

  /** Where one is. */
  @Get(':onboarding_id')
  @Needs('onboardings.read')
  get(@Param() path: OnboardingPath, @CurrentClient() client: Client): Promise<OnboardingView> {
    requireUnrestrictedClient(client);
    return this.onboardings.get(path.component_appid, path.onboarding_id);
  }

  /** What happened, oldest first. */
  @Get(':onboarding_id/history')
  @Needs('onboardings.read')
  history(
    @Param() path: OnboardingPath,
    @Query() query: PageQuery,
    @CurrentClient() client: Client,
  ): Promise<OnboardingMovePage> {
    requireUnrestrictedClient(client);
    return this.onboardings.history(path.component_appid, path.onboarding_id, query);
  }

  /** Gives data that were missing or wrong; members take the place of those that were. One that has failed goes on with them. */
  @Patch(':onboarding_id')
  @Needs('onboardings.write')
  @Audited('onboarding.change')
  change(
    @Param() path: OnboardingPath,
    @Body() body: OnboardingChange,
    @CurrentClient() client: Client,
  ): Promise<OnboardingView> {
    requireUnrestrictedClient(client);
    return this.onboardings.change(path.component_appid, path.onboarding_id, body, client);
  }

  /** Uploads a paper that the data name as `paper:<name>`: the picture itself as the body, at most 2 MB. Kept sealed until the order has ended. */
  @Put(':onboarding_id/papers/:name')
  @ApiConsumes(...PICTURES)
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @Needs('onboardings.write')
  @Audited('onboarding.paper', { idempotent: false })
  async paper(
    @Param() path: OnboardingPaperPath,
    @Req() request: FastifyRequest,
    @CurrentClient() client: Client,
  ): Promise<OnboardingPaperView> {
    requireUnrestrictedClient(client);
    const file = await pictureOf(request);
    return this.onboardings.putPaper(path.component_appid, path.onboarding_id, path.name, file, client);
  }

  /** Goes on after something was mended: what had failed is begun anew, what is done stays. */
  @Post(':onboarding_id/retry')
  @HttpCode(200)
  @Needs('onboardings.write')
  @Audited('onboarding.retry')
  retry(@Param() path: OnboardingPath, @CurrentClient() client: Client): Promise<OnboardingView> {
    requireUnrestrictedClient(client);
    return this.onboardings.retry(path.component_appid, path.onboarding_id, client);
  }

  /** Ends the order. What WeChat has been asked for goes on there; papers are forgotten. */
  @Post(':onboarding_id/cancel')
  @HttpCode(200)
  @Needs('onboardings.write')
  @Audited('onboarding.cancel')
  cancel(@Param() path: OnboardingPath, @CurrentClient() client: Client): Promise<OnboardingView> {
    requireUnrestrictedClient(client);
    return this.onboardings.cancel(path.component_appid, path.onboarding_id, client);
  }
}

function answered({ answer }: AuditedCall) {
  const id = answer?.['onboarding_id'];
  return { subject: typeof id === 'string' ? id : undefined };
}

/** Read whole: it is sealed as one. @throws DomainError */
async function pictureOf(request: FastifyRequest): Promise<{ contentType: string; data: Buffer }> {
  const contentType = String(request.headers['content-type'] ?? '')
    .split(';')[0]!
    .trim()
    .toLowerCase();
  const { body } = request;
  if (!PICTURES.includes(contentType) || !(body instanceof Readable))
    throw new DomainError('unsupported-media-type', `Send the picture itself as the body, as ${PICTURES.join(', ')}.`);
  const most = LIMITS.pictureBytes;
  const tooLarge = () => new DomainError('payload-too-large', `At most ${most / 1_024 / 1_024} MB.`);
  if (Number(request.headers['content-length']) > most) throw tooLarge();
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > most) throw tooLarge();
    parts.push(part);
  }
  if (bytes === 0) throw new DomainError('invalid-request', 'The picture is empty.');
  return { contentType, data: Buffer.concat(parts) };
}
