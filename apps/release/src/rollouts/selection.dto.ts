import { Type } from 'class-transformer';
import { IsObject, Matches, ValidateNested } from 'class-validator';
import { ComponentPath, PageOf } from '#service';
import { NAME_RULE, RolloutTargets, SELECTION_NAME } from './rollout.dto.js';

export class SelectionPath extends ComponentPath {
  @Matches(SELECTION_NAME, { message: `selection ${NAME_RULE}` }) readonly selection!: string;
}

/** Which mini programs are meant by a name. */
export class WriteSelection {
  /** As in a rollout, but for `selection` and `not_up_to_date`: they are of one rollout. */
  @IsObject() @ValidateNested() @Type(() => RolloutTargets) readonly targets!: RolloutTargets;
}

export class SelectionView {
  readonly name!: string;
  readonly targets!: Record<string, unknown>;
  readonly written_by!: string;
  /** ISO 8601. */
  readonly updated_at!: string;
}

export class SelectionDetail extends SelectionView {
  /** Mini programs that it means now. */
  readonly count!: number;
  /** The first 20. */
  readonly authorizer_appids!: string[];
}

export class SelectionPage extends PageOf(SelectionView) {}
