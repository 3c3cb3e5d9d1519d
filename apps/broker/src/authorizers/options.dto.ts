import { IsIn } from 'class-validator';
import { AuthorizerPath } from '#service';

const NAMES = ['location_report', 'voice_recognize', 'customer_service'] as const;
type Name = (typeof NAMES)[number];

export class OptionPath extends AuthorizerPath {
  @IsIn(NAMES) readonly option_name!: Name;
}

export class SetOption {
  /** `location_report`: 0 none, 1 when a chat begins, 2 every five seconds; the others: 0 off, 1 on. */
  @IsIn([0, 1, 2]) readonly value!: 0 | 1 | 2;
}

export class OptionView {
  readonly option_name!: Name;
  readonly value!: number;
}
