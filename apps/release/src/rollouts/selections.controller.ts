import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SelectionEntity } from '#persistence';
import { Audited, type Caller, ComponentPath, CurrentClient, Needs, PageQuery } from '#service';
import { RolloutPlanner } from './rollout-planner.service.js';
import { SelectionDetail, SelectionPage, SelectionPath, SelectionView, WriteSelection } from './selection.dto.js';
import { SELECTIONS, Selections } from './selections.service.js';

const NAMED = 20;

/** Targets of rollouts that are kept by name. */
@ApiTags('rollouts')
@Controller('v1/components/:component_appid/selections')
export class SelectionsController {
  constructor(
    private readonly selections: Selections,
    private readonly planner: RolloutPlanner,
  ) {}

  /** By name. */
  @Get()
  @Needs('releases.read')
  async list(@Param() path: ComponentPath, @Query() query: PageQuery, @CurrentClient() client: Caller): Promise<SelectionPage> {
    const rows = await this.selections.list(path.component_appid, query, client);
    return SELECTIONS.page(rows, query, ({ name }) => name, toView);
  }

  /** One, and whom it means now. */
  @Get(':selection')
  @Needs('releases.read')
  async get(@Param() path: SelectionPath, @CurrentClient() client: Caller): Promise<SelectionDetail> {
    const row = await this.selections.get(path.component_appid, path.selection, client);
    const appids = await this.planner.targets(path.component_appid, { targets: row.targets, user_version: '' });
    return { ...toView(row), count: appids.length, authorizer_appids: appids.slice(0, NAMED) };
  }

  /** Writes a selection, replacing one of the same name. Rollouts that were started with it keep whom they have. */
  @Put(':selection')
  @Needs('settings.write')
  @Audited('selection.write')
  async write(
    @Param() path: SelectionPath,
    @Body() body: WriteSelection,
    @CurrentClient() client: Caller,
  ): Promise<SelectionDetail> {
    // Whom it means is worked out first: what means nothing is not kept.
    const appids = await this.planner.targets(path.component_appid, { targets: body.targets, user_version: '' });
    const row = await this.selections.write(path.component_appid, path.selection, body.targets, client);
    return { ...toView(row), count: appids.length, authorizer_appids: appids.slice(0, NAMED) };
  }

  /** Forgets it; rollouts that were started with it keep who it was then. */
  @Delete(':selection')
  @HttpCode(204)
  @Needs('settings.write')
  @Audited('selection.delete')
  delete(@Param() path: SelectionPath, @CurrentClient() client: Caller): Promise<void> {
    return this.selections.delete(path.component_appid, path.selection, client);
  }
}

function toView({ name, targets, writtenBy, updatedAt }: SelectionEntity): SelectionView {
  return { name, targets, written_by: writtenBy, updated_at: updatedAt.toISOString() };
}
