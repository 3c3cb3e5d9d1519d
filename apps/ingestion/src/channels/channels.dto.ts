import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  isEmail,
  Length,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { ComponentPath, PageOf, PageQuery } from '#service';

const KIND = /^[\w.*-]{1,96}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** The library throws at half a character (`\ud800`), which is no address either. */
const AreAddresses = (): PropertyDecorator =>
  ValidateBy(
    {
      name: 'areAddresses',
      validator: {
        validate: (text: unknown) => typeof text === 'string' && text.isWellFormed() && isEmail(text, { require_tld: false }),
        defaultMessage: () => 'each of $property must be an email address',
      },
    },
    { each: true },
  );

export class ChannelPath extends ComponentPath {
  @Matches(/^chn_[0-9a-f]{20}$/, { message: 'channel_id must look like chn_…' }) readonly channel_id!: string;
}

export class ChannelSearch extends PageQuery {}

/** Only what is urgent is sent in these hours; the rest comes in one message when they end. */
export class QuietHoursDto {
  /** `HH:MM`. */
  @Matches(TIME, { message: 'from must be HH:MM' }) readonly from!: string;
  /** `HH:MM`; earlier than `from`: over midnight. */
  @Matches(TIME, { message: 'to must be HH:MM' }) readonly to!: string;
  /** Of these times from UTC. Default 480: Beijing. */
  @IsOptional() @IsInt() @Min(-840) @Max(840) readonly utc_offset_minutes?: number;
}

export class CreateChannel {
  /** A robot of 企业微信 (`wecom`), 飞书 (`feishu`) or 钉钉 (`dingtalk`), or `mail`. */
  @IsIn(['wecom', 'feishu', 'dingtalk', 'mail']) readonly kind!: 'wecom' | 'feishu' | 'dingtalk' | 'mail';
  /** For people. */
  @IsString() @Length(1, 128) readonly name!: string;
  /** Of a robot: its webhook address, which is a secret and is never shown again. */
  @IsOptional() @IsString() @Length(1, 2048) readonly url?: string;
  /** Of a robot of 飞书 or 钉钉 that wants signatures (签名校验, 加签): its secret. Never shown again. */
  @IsOptional() @IsString() @Length(1, 256) readonly secret?: string;
  /** Of mail: the addresses. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @AreAddresses()
  readonly addresses?: string[];
  /** Patterns such as `rollout_*`, `release_rejected`, `*`. Default: all that there is to tell. */
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(50) @Matches(KIND, { each: true }) readonly kinds?: string[];
  /** What is less is not told. Default `notice`. */
  @IsOptional() @IsIn(['info', 'notice', 'warning', 'urgent']) readonly least_severity?: 'info' | 'notice' | 'warning' | 'urgent';
  /** Default `both`. */
  @IsOptional() @IsIn(['zh', 'en', 'both']) readonly language?: 'zh' | 'en' | 'both';
  @IsOptional() @IsObject() @ValidateNested() @Type(() => QuietHoursDto) readonly quiet?: QuietHoursDto;
  /** What is not urgent is joined in one message every so many minutes. Default: it is sent at once. */
  @IsOptional() @IsInt() @Min(1) @Max(1_440) readonly digest_minutes?: number;
}

const given = (_: unknown, value: unknown) => value !== undefined && value !== null;

export class ChangeChannel {
  @IsOptional() @IsString() @Length(1, 128) readonly name?: string;
  /** With `secret`, if the robot wants signatures: both are replaced. */
  @IsOptional() @IsString() @Length(1, 2048) readonly url?: string;
  @IsOptional() @IsString() @Length(1, 256) readonly secret?: string;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @AreAddresses()
  readonly addresses?: string[];
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(50) @Matches(KIND, { each: true }) readonly kinds?: string[];
  @IsOptional() @IsIn(['info', 'notice', 'warning', 'urgent']) readonly least_severity?: 'info' | 'notice' | 'warning' | 'urgent';
  @IsOptional() @IsIn(['zh', 'en', 'both']) readonly language?: 'zh' | 'en' | 'both';
  @IsOptional() @IsObject() @ValidateNested() @Type(() => QuietHoursDto) readonly quiet?: QuietHoursDto;
  /** Without quiet hours from now on. */
  @IsOptional() @IsBoolean() readonly no_quiet?: boolean;
  /** 0: at once from now on. */
  @ValidateIf(given) @IsInt() @Min(0) @Max(1_440) readonly digest_minutes?: number;
  /** `disabled`: nothing new is kept for it; what waited is told when it is enabled again. */
  @IsOptional() @IsIn(['enabled', 'disabled']) readonly state?: 'enabled' | 'disabled';
}

export class ChannelView {
  readonly channel_id!: string;
  readonly component_appid!: string;
  readonly kind!: 'wecom' | 'feishu' | 'dingtalk' | 'mail';
  readonly name!: string;
  /** What may be seen of where it leads: the host of a robot, or how many addresses. */
  readonly place!: string;
  readonly kinds!: string[];
  readonly least_severity!: 'info' | 'notice' | 'warning' | 'urgent';
  readonly language!: 'zh' | 'en' | 'both';
  readonly quiet!: QuietHoursDto | null;
  readonly digest_minutes!: number | null;
  readonly state!: 'enabled' | 'disabled';
  /** Failures since the last message that was taken. */
  readonly failures!: number;
  readonly failing_since!: string | null;
  readonly last_error!: string | null;
  readonly last_success_at!: string | null;
  readonly created_by!: string;
  readonly created_at!: string;
}

export class ChannelWithCounts extends ChannelView {
  /** What waits to be told. */
  readonly pending!: number;
  /** What was tried for the last time (dead letters): `POST …/retry` tries it again. */
  readonly failed!: number;
}

export class ChannelPage extends PageOf(ChannelView) {}

export class ChannelTestView {
  readonly delivered!: boolean;
  /** Why it did not arrive. */
  readonly error!: string | null;
}

export class NoticeSearch extends PageQuery {
  @IsOptional() @IsIn(['pending', 'sent', 'failed', 'skipped', 'cancelled']) readonly state?:
    | 'pending'
    | 'sent'
    | 'failed'
    | 'skipped'
    | 'cancelled';
}

export class NoticeView {
  readonly notice_id!: string;
  readonly event_id!: string;
  readonly kind!: string;
  /** `skipped`: less severe than the channel wants. `cancelled`: its event or channel is gone. */
  readonly state!: 'pending' | 'sent' | 'failed' | 'skipped' | 'cancelled';
  readonly attempts!: number;
  readonly next_attempt_at!: string | null;
  /** The same one for those that were told together. */
  readonly message_id!: string | null;
  readonly last_error!: string | null;
  readonly created_at!: string;
  readonly finished_at!: string | null;
}

export class NoticePage extends PageOf(NoticeView) {}

export class NoticesRetried {
  /** So many are tried again. */
  readonly retried!: number;
}
