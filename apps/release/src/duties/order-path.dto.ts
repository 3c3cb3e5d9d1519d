import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  MaxLength,
} from 'class-validator';
import { AreAppids, Checked, PageOf, PageQuery } from '#service';

export const ORDER_PATH_STATES = [
  'asked',
  'busy',
  'bad-appid',
  'in-audit',
  'rejected',
  'approved',
  'refused',
  'unclear',
] as const;

/** One page for the order centre (订单中心) of up to a hundred mini programs; it must be in the versions that are online. */
export class SetOrderPaths {
  @Matches(/^[a-zA-Z0-9][\w/-]{0,254}$/, { message: 'path must be a page path without leading slash' }) readonly path!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ArrayUnique()
  @AreAppids()
  @Checked('all')
  readonly authorizers!: string[];
  /** Addresses of pictures for the reviewer. */
  @IsOptional() @IsArray() @ArrayMaxSize(10) @IsUrl({}, { each: true }) readonly pictures?: string[];
  @IsOptional() @IsUrl() readonly video?: string;
  /** For the reviewer: kept nowhere. */
  @IsOptional() @IsString() @MaxLength(128) readonly test_account?: string;
  @IsOptional() @IsString() @MaxLength(128) readonly test_password?: string;
  @IsOptional() @IsString() @MaxLength(512) readonly test_remark?: string;
}

export class OrderPathSearch extends PageQuery {
  @IsOptional() @IsIn(ORDER_PATH_STATES) readonly state?: (typeof ORDER_PATH_STATES)[number];
}

export class OrderPathView {
  readonly authorizer_appid!: string;
  readonly path!: string;
  /**
   * `asked`: sent, and WeChat has told nothing yet · `busy`: send it again · `bad-appid`, `refused`: not taken · `unclear`: nobody knows
   * whether it was taken · `in-audit`, `rejected`, `approved`: as its review stands.
   */
  readonly state!: (typeof ORDER_PATH_STATES)[number];
  readonly reason!: string | null;
  readonly asked_at!: string;
  readonly told_at!: string | null;
}

export class OrderPathPage extends PageOf(OrderPathView) {}

export class OrderPathAtWechat {
  readonly path!: string;
  readonly status!: 'in-audit' | 'rejected' | 'approved' | 'unknown';
}

export class OrderPathsAtWechat {
  /** null: none. */
  readonly online!: OrderPathAtWechat | null;
  readonly under_audit!: OrderPathAtWechat | null;
}
