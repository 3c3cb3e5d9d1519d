import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type Client, CurrentClient, Cursors, Needs, PageQuery, wholePage } from '#service';
import { RetryRollout, RolloutPath, RolloutSpec } from './rollout.dto.js';
import { RolloutService } from './rollout.service.js';
import { toFailureView, toHistoryView, toRolloutView, toSummary } from './rollout.view.js';
import { RolloutHistory } from './rollout-history.repository.js';
import { RolloutInsight } from './rollout-insight.service.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';
import { RetryPreview, RolloutFailures, RolloutHistoryPage, RolloutSummary } from './rollout-views.dto.js';

const HISTORY = new Cursors('rollout-history');

@ApiTags('rollouts')
@Controller('v1/rollouts/:rollout_id')
export class RolloutInsightController {
  constructor(
    private readonly rollouts: RolloutService,
    private readonly rows: RolloutTargetRepository,
    private readonly insight: RolloutInsight,
    private readonly history: RolloutHistory,
  ) {}

  /** Where its mini programs are, what they wait for, how fast it goes, and what decides that. */
  @Get('summary')
  @Needs('releases.read')
  async summary(@Param() path: RolloutPath, @CurrentClient() client: Client): Promise<RolloutSummary> {
    const rollout = await this.rollouts.get(path.rollout_id, client);
    const counts = (await this.rows.counts(path.rollout_id)).all;
    return toSummary(toRolloutView(rollout, counts), await this.insight.standing(rollout));
  }

  /** What keeps its mini programs from their goal, the most frequent first: by step, WeChat's code, and a reviewer's reason. */
  @Get('failures')
  @Needs('releases.read')
  async failures(@Param() path: RolloutPath, @CurrentClient() client: Client): Promise<RolloutFailures> {
    await this.rollouts.get(path.rollout_id, client);
    return wholePage((await this.insight.causes(path.rollout_id)).map(toFailureView));
  }

  /** Who did what with it, and what it did by itself; oldest first. Of rollouts of a former release only what came after the upgrade. */
  @Get('history')
  @Needs('releases.read')
  async events(
    @Param() path: RolloutPath,
    @Query() query: PageQuery,
    @CurrentClient() client: Client,
  ): Promise<RolloutHistoryPage> {
    await this.rollouts.get(path.rollout_id, client);
    const rows = await this.history.of(path.rollout_id, HISTORY.after(query), query.limit + 1);
    return HISTORY.page(rows, query, (row) => row.historyId, toHistoryView);
  }

  /** What it was started with, to start another one like it: secret variables are `***` and have to be given again. */
  @Get('spec')
  @Needs('releases.read')
  async spec(@Param() path: RolloutPath, @CurrentClient() client: Client): Promise<RolloutSpec> {
    return this.insight.spec(await this.rollouts.get(path.rollout_id, client));
  }

  /** What a retry would do, and how much of the month's quota it would take. Changes nothing. */
  @Post('retry/preview')
  @HttpCode(200)
  @Needs('releases.read')
  async retryPreview(
    @Param() path: RolloutPath,
    @Body() body: RetryRollout,
    @CurrentClient() client: Client,
  ): Promise<RetryPreview> {
    return this.insight.retryPreview(await this.rollouts.get(path.rollout_id, client), body ?? {});
  }
}
