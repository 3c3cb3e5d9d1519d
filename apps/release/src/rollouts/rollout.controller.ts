import { Readable } from 'node:stream';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, Sse, UseGuards } from '@nestjs/common';
import { ApiBody, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable, takeUntil } from 'rxjs';
import { Audited, type Caller, type Client, ComponentPath, CurrentClient, Gatekeeper, Needs } from '#service';
import { refusals } from '../streams/streams.js';
import { MayWatch } from './may-watch.guard.js';
import {
  ChangePace,
  PreviewQuery,
  ReportQuery,
  RetryRollout,
  RolloutPath,
  RolloutSearch,
  RolloutSpec,
  SetAside,
  StartRollout,
  TargetSearch,
  WithNote,
} from './rollout.dto.js';
import type { Rollout } from './rollout.js';
import { ROLLOUTS, RolloutService, TARGETS } from './rollout.service.js';
import { CSV_HEAD, toCsvLine, toRolloutView, toTargetLeft, toTargetView } from './rollout.view.js';
import { RolloutDeeds } from './rollout-deeds.service.js';
import { RolloutPace } from './rollout-pace.service.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';
import {
  PausedRollouts,
  RolloutPage,
  RolloutPreview,
  RolloutTargetPage,
  RolloutView,
  SetAsideView,
} from './rollout-views.dto.js';
import { RolloutWatch } from './rollout-watch.js';

/** How often it is looked whether whoever watches may still do so. */
const MAY_WATCH = 'releases.read';

@ApiTags('rollouts')
@Controller('v1/components/:component_appid/rollouts')
export class ComponentRolloutsController {
  constructor(
    private readonly rollouts: RolloutService,
    private readonly deeds: RolloutDeeds,
    readonly _pace: RolloutPace,
    private readonly rows: RolloutTargetRepository,
  ) {}

  /** Shows exactly what would be sent to whom, and every problem found. Sends nothing. */
  @Post('preview')
  @HttpCode(200)
  @Needs('releases.read')
  preview(
    @Param() path: ComponentPath,
    @Body() body: RolloutSpec,
    @Query() query: PreviewQuery,
    @CurrentClient() client: Client,
  ): Promise<RolloutPreview> {
    return this.rollouts.preview(path.component_appid, body, query, client);
  }

  /** Starts a rollout from a preview that still matches. */
  @Post()
  @Needs('rollouts.make')
  @Audited('rollout.start')
  async start(@Param() path: ComponentPath, @Body() body: StartRollout, @CurrentClient() client: Client): Promise<RolloutView> {
    const row = await this.rollouts.start(path.component_appid, body, client);
    return toRolloutView(row, (await this.rows.counts(row.rolloutId)).all);
  }

  /** Pauses every rollout of the component that goes: nothing more is begun or sent. Rollouts that are started later are not. */
  @Post('pause')
  @HttpCode(200)
  @Needs('rollouts.stop')
  @Audited('rollout.pause-all')
  @ApiBody({ type: WithNote, required: false })
  async pauseAll(@Param() path: ComponentPath, @Body() body: WithNote, @CurrentClient() client: Client): Promise<PausedRollouts> {
    return { rollout_ids: await this.deeds.pauseAll(path.component_appid, client, body?.note) };
  }

  /** Newest first. */
  @Get()
  @Needs('releases.read')
  async search(
    @Param() path: ComponentPath,
    @Query() query: RolloutSearch,
    @CurrentClient() client: Client,
  ): Promise<RolloutPage> {
    const rows = await this.rollouts.search(path.component_appid, query, client);
    const page = ROLLOUTS.page(
      rows,
      query,
      (row) => row.rolloutId,
      (row) => row,
    );
    const views = page.items.map(async (row) => toRolloutView(row, (await this.rows.counts(row.rolloutId)).all));
    return { ...page, items: await Promise.all(views) };
  }
}

@ApiTags('rollouts')
@Controller('v1/rollouts/:rollout_id')
export class RolloutController {
  constructor(
    private readonly rollouts: RolloutService,
    private readonly deeds: RolloutDeeds,
    private readonly pace: RolloutPace,
    private readonly rows: RolloutTargetRepository,
    private readonly watch: RolloutWatch,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  /** One rollout with its progress. */
  @Get()
  @Needs('releases.read')
  async get(@Param() path: RolloutPath, @CurrentClient() client: Client): Promise<RolloutView> {
    return this.view(await this.rollouts.get(path.rollout_id, client));
  }

  /** Its mini programs, in order. */
  @Get('targets')
  @Needs('releases.read')
  async targets(
    @Param() path: RolloutPath,
    @Query() query: TargetSearch,
    @CurrentClient() client: Client,
  ): Promise<RolloutTargetPage> {
    const rows = await this.rollouts.targets(path.rollout_id, query, client);
    return TARGETS.page(rows, query, (row) => row.position, toTargetView);
  }

  /** Nothing more is begun or sent until it is resumed. */
  @Post('pause')
  @HttpCode(200)
  @Needs('rollouts.stop')
  @Audited('rollout.pause')
  @ApiBody({ type: WithNote, required: false })
  async pause(@Param() path: RolloutPath, @Body() body: WithNote, @CurrentClient() client: Client): Promise<RolloutView> {
    return this.view(await this.deeds.pause(path.rollout_id, client, body?.note));
  }

  /** Goes on; after a failed canary with everybody. */
  @Post('resume')
  @HttpCode(200)
  @Needs('rollouts.resume')
  @Audited('rollout.resume')
  @ApiBody({ type: WithNote, required: false })
  async resume(@Param() path: RolloutPath, @Body() body: WithNote, @CurrentClient() client: Client): Promise<RolloutView> {
    return this.view(await this.deeds.resume(path.rollout_id, client, body?.note));
  }

  /** Ends it for good. */
  @Post('abort')
  @HttpCode(200)
  @Needs('rollouts.stop')
  @Audited('rollout.abort')
  @ApiBody({ type: WithNote, required: false })
  async abort(@Param() path: RolloutPath, @Body() body: WithNote, @CurrentClient() client: Client): Promise<RolloutView> {
    return this.view(await this.deeds.abort(path.rollout_id, client, body?.note));
  }

  /**
   * Makes it slower or faster, or changes when it stops itself. Slower and stricter goes at once; the other way needs `rollouts.resume`, and
   * where two persons are required it is asked for anew.
   */
  @Post('pace')
  @HttpCode(200)
  @Needs('rollouts.stop')
  @Audited('rollout.pace')
  async changePace(@Param() path: RolloutPath, @Body() body: ChangePace, @CurrentClient() client: Caller): Promise<RolloutView> {
    return this.view(await this.pace.change(path.rollout_id, body, client));
  }

  /** The second person agrees that all its releases may go online. */
  @Post('approve')
  @HttpCode(200)
  @Needs('rollouts.approve')
  @Audited('rollout.approve')
  @ApiBody({ type: WithNote, required: false })
  async approve(@Param() path: RolloutPath, @Body() body: WithNote, @CurrentClient() client: Client): Promise<RolloutView> {
    return this.view(await this.deeds.approve(path.rollout_id, client, body?.note));
  }

  /**
   * Tries the failed ones again, on request those that were skipped as well, those with some causes, or some by name: what is approved
   * already is carried on, the others get a new release. `retry/preview` says what that takes.
   */
  @Post('retry')
  @HttpCode(200)
  @Needs('rollouts.resume')
  @Audited('rollout.retry')
  async retry(@Param() path: RolloutPath, @Body() body: RetryRollout, @CurrentClient() client: Client): Promise<RolloutView> {
    return this.view(await this.deeds.retry(path.rollout_id, body ?? {}, client));
  }

  /** These ones hold nobody up any more; what reviewers have stays with them. A retry that names them takes them back. */
  @Post('set-aside')
  @HttpCode(200)
  @Needs('rollouts.stop')
  @Audited('rollout.set-aside')
  async setAside(@Param() path: RolloutPath, @Body() body: SetAside, @CurrentClient() client: Client): Promise<SetAsideView> {
    const { rollout, setAside, left } = await this.deeds.setAside(path.rollout_id, body, client);
    return { set_aside: setAside, left: left.map(toTargetLeft), rollout: await this.view(rollout) };
  }

  /**
   * Progress as Server-Sent Events: a `progress` event per change, and each 20 s without one; the last one when it has ended. It ends
   * as well when the key does. A client has at most 20 streams on a replica.
   */
  @Sse('events')
  @UseGuards(MayWatch)
  @ApiProduces('text/event-stream')
  @Needs(MAY_WATCH)
  events(@Param() path: RolloutPath, @Req() request: FastifyRequest): Observable<{ type: string; data: RolloutView }> {
    return this.watch.progressOf(path.rollout_id).pipe(
      map((view) => ({ type: 'progress', data: view })),
      takeUntil(refusals(() => this.admitAgain(path.rollout_id, request))),
    );
  }

  private async admitAgain(rolloutId: number, request: FastifyRequest): Promise<void> {
    await this.rollouts.get(rolloutId, await this.gatekeeper.admitAgain(request, MAY_WATCH));
  }

  /** Every mini program with what became of it, as JSON or CSV. */
  @Get('report')
  @ApiProduces('application/json', 'text/csv')
  @Needs('releases.read')
  async report(
    @Param() path: RolloutPath,
    @Query() query: ReportQuery,
    @CurrentClient() client: Client,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const rollout = await this.view(await this.rollouts.get(path.rollout_id, client));
    const csv = query.format === 'csv';
    await reply
      .type(csv ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8')
      .header('content-disposition', `attachment; filename="rollout-${path.rollout_id}.${query.format}"`)
      .send(Readable.from(csv ? this.csv(path.rollout_id) : this.json(path.rollout_id, rollout)));
  }

  private async *csv(rolloutId: number): AsyncGenerator<string> {
    yield CSV_HEAD;
    for await (const row of this.rows.every(rolloutId)) yield toCsvLine(toTargetView(row));
  }

  private async *json(rolloutId: number, rollout: RolloutView): AsyncGenerator<string> {
    yield `{"rollout":${JSON.stringify(rollout)},"targets":[`;
    let comma = '';
    for await (const row of this.rows.every(rolloutId)) {
      yield `${comma}${JSON.stringify(toTargetView(row))}`;
      comma = ',\n';
    }
    yield ']}';
  }

  private async view(row: Rollout): Promise<RolloutView> {
    return toRolloutView(row, (await this.rows.counts(row.rolloutId)).all);
  }
}
