import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, type Caller, CurrentClient, Needs } from '#service';
import { RollBack, StartRollBack } from './back.dto.js';
import { RollBacks } from './back.service.js';
import { PreviewQuery, RolloutPath } from './rollout.dto.js';
import { toRolloutView } from './rollout.view.js';
import { RolloutTargetRepository } from './rollout-target.repository.js';
import { RollBackPreview, RolloutView } from './rollout-views.dto.js';

/** Back as a whole. */
@ApiTags('rollouts')
@Controller('v1/rollouts/:rollout_id/roll-back')
export class RollBackController {
  constructor(
    private readonly backs: RollBacks,
    private readonly rows: RolloutTargetRepository,
  ) {}

  /**
   * Who of those that it published can go back, and to what; who cannot and why. With `live`, the first ones are compared with WeChat,
   * where each look is one of some thirty a day. Sends nothing.
   */
  @Post('preview')
  @HttpCode(200)
  @Needs('releases.read')
  preview(
    @Param() path: RolloutPath,
    @Body() body: RollBack,
    @Query() query: PreviewQuery,
    @CurrentClient() client: Caller,
  ): Promise<RollBackPreview> {
    return this.backs.preview(path.rollout_id, body ?? {}, query, client);
  }

  /** Starts a rollout that takes back what this one published. Besides its own permission it needs `releases.roll-back`. */
  @Post()
  @Needs('rollouts.make')
  @Audited('rollout.roll-back')
  async start(@Param() path: RolloutPath, @Body() body: StartRollBack, @CurrentClient() client: Caller): Promise<RolloutView> {
    const row = await this.backs.start(path.rollout_id, body, client);
    return toRolloutView(row, (await this.rows.counts(row.rolloutId)).all);
  }
}
