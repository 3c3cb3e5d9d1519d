import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, Sse, UseGuards } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable, takeUntil } from 'rxjs';
import { Audited, type Client, ComponentPath, CurrentClient, Gatekeeper, Needs, requireUnrestrictedClient } from '#service';
import { refusals } from '../streams/streams.js';
import { OnboardingImport, OnboardingImportView } from './import.dto.js';
import { OnboardingImports } from './import.service.js';
import { MayWatchOnboardings } from './may-watch.guard.js';
import { OnboardingPath, OnboardingSummary, type OnboardingView } from './onboarding.dto.js';
import { OnboardingService } from './onboarding.service.js';
import { CSV_HEAD, toCsvLine } from './onboarding.view.js';
import { OnboardingWatch } from './onboarding-watch.js';

/** How often it is looked whether whoever watches may still do so. */
const MAY_WATCH = 'onboardings.read';

/** Many merchants at once: imports, summary, report, progress. */
@ApiTags('onboardings')
@Controller('v1/components/:component_appid/onboardings')
export class OnboardingInsightController {
  constructor(
    private readonly onboardings: OnboardingService,
    private readonly imports: OnboardingImports,
    private readonly watch: OnboardingWatch,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  /** Looks at many orders, as JSON or CSV: what each would be, and every problem. Changes nothing. */
  @Post('import/preview')
  @HttpCode(200)
  @Needs('onboardings.read')
  preview(
    @Param() { component_appid }: ComponentPath,
    @Body() body: OnboardingImport,
    @CurrentClient() client: Client,
  ): Promise<OnboardingImportView> {
    requireUnrestrictedClient(client);
    return this.imports.preview(component_appid, body, client);
  }

  /** Orders many: all of them, or none while one is wrong. What is there already stays, so that the same once more orders what is missing. */
  @Post('import')
  @HttpCode(200)
  @Needs('onboardings.write')
  @Audited('onboarding.import')
  order(
    @Param() { component_appid }: ComponentPath,
    @Body() body: OnboardingImport,
    @CurrentClient() client: Client,
  ): Promise<OnboardingImportView> {
    requireUnrestrictedClient(client);
    return this.imports.order(component_appid, body, client);
  }

  /** How many are in each step and state, and for how many a person must do something. */
  @Get('summary')
  @Needs('onboardings.read')
  summary(@Param() { component_appid }: ComponentPath, @CurrentClient() client: Client): Promise<OnboardingSummary> {
    requireUnrestrictedClient(client);
    return this.onboardings.summary(component_appid);
  }

  /** Every order with where it is, whom it waits for and why it has failed, as CSV. */
  @Get('report')
  @ApiProduces('text/csv')
  @Needs('onboardings.read')
  async report(
    @Param() { component_appid }: ComponentPath,
    @CurrentClient() client: Client,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    requireUnrestrictedClient(client);
    const rows = this.onboardings.every(component_appid);
    await reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="onboardings.csv"')
      .send(Readable.from(csv(rows)));
  }

  /** The summary as Server-Sent Events: a `progress` event per change, and each 20 s without one; the last one when nothing goes on. */
  @Sse('events')
  @UseGuards(MayWatchOnboardings)
  @ApiProduces('text/event-stream')
  @Needs(MAY_WATCH)
  events(
    @Param() { component_appid }: ComponentPath,
    @Req() request: FastifyRequest,
  ): Observable<{ type: string; data: OnboardingSummary }> {
    return this.watch.ofAll(component_appid).pipe(
      map((data) => ({ type: 'progress', data })),
      takeUntil(refusals(() => this.admitAgain(request))),
    );
  }

  /** One order as Server-Sent Events: a `progress` event per change; the last one when it is done, failed or cancelled. */
  @Sse(':onboarding_id/events')
  @UseGuards(MayWatchOnboardings)
  @ApiProduces('text/event-stream')
  @Needs(MAY_WATCH)
  eventsOf(@Param() path: OnboardingPath, @Req() request: FastifyRequest): Observable<{ type: string; data: OnboardingView }> {
    return this.watch.ofOrder(path.component_appid, path.onboarding_id).pipe(
      map((data) => ({ type: 'progress', data })),
      takeUntil(refusals(() => this.admitAgain(request))),
    );
  }

  private async admitAgain(request: FastifyRequest): Promise<void> {
    requireUnrestrictedClient(await this.gatekeeper.admitAgain(request, MAY_WATCH));
  }
}

async function* csv(rows: AsyncIterable<OnboardingView>): AsyncGenerator<string> {
  yield CSV_HEAD;
  for await (const row of rows) yield toCsvLine(row);
}
