import { Injectable } from '@nestjs/common';
import { refuse } from '../protocol/errors.domain.js';
import type { AppCode } from '../world/app-code.js';
import { beijingDay } from '../world/beijing.js';
import { World } from '../world/world.service.js';

/** Listing and rolling back share one daily allowance per app (45009). */
@Injectable()
export class RevertAllowance {
  constructor(private readonly world: World) {}

  spend(code: AppCode): void {
    const day = beijingDay(this.world.now);
    if (code.revert.day !== day) Object.assign(code.revert, { day, today: 0 });
    refuse(code.revert.today >= this.world.settings.revert_daily_limit, 45009);
    code.revert.today++;
  }
}
