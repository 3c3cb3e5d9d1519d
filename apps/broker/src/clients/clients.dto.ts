import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { AreAppids, Checked, IsTime, LongPageQuery, Nullable, PageOf, SCOPES, type Scope } from '#service';

/** May be left out, but `null` says nothing. */
const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);

export class ClientPath {
  @Matches(/^[0-9a-f]{16}$/, { message: 'client_id must be 16 hexadecimal digits' }) readonly client_id!: string;
}

export class ClientOptionsDto {
  /** Requests per second, averaged over ten seconds. A new key that names none has 50; a change that names none leaves it as it is. */
  @MayBeAbsent() @IsNumber() @Min(0.1) @Max(100_000) readonly rate_limit_per_s?: number;
  /** Components it may use; absent: all. */
  @MayBeAbsent() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(200) @AreAppids() @Checked('refused') readonly components?: string[];
  /**
   * Path prefixes of WeChat's API that the proxy may be used for, such as `/wxa/business/`; absent: what is harmless. What users of mini
   * programs would notice needs the scope `releases:write` as well.
   */
  @MayBeAbsent() @IsArray() @ArrayMaxSize(200) @Matches(/^\/[\w./-]{0,190}$/, { each: true }) readonly proxy_paths?: string[];
  /**
   * Hosts an authorization link may return to; `*`: any, by https. A new key that names none returns nowhere, one from before where
   * `RETURN_HOSTS` says; a change that names none leaves it as it is.
   */
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @Matches(/^(?:\*|[\w.:[\]-]{1,253})$/, { each: true })
  readonly return_hosts?: string[];
  /** Hosts inside the network, with or without a port, that its webhooks may call where the operator allows their addresses. */
  @MayBeAbsent() @IsArray() @ArrayMaxSize(100) @Matches(/^[\w.:[\]-]{1,253}$/, { each: true }) readonly webhook_hosts?: string[];
}

export class ClientSearch extends LongPageQuery {}

export class CreateClientRequest {
  @IsString() @Length(1, 128) readonly name!: string;
  @IsArray() @ArrayMinSize(1) @IsIn(SCOPES, { each: true }) readonly scopes!: Scope[];
  /** Appids it may act for; absent: all. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10_000)
  @AreAppids()
  @Checked('all')
  readonly authorizers?: string[];
  @IsOptional() @IsObject() @ValidateNested() @Type(() => ClientOptionsDto) readonly options?: ClientOptionsDto;
  /** Absent: never; with `admin`, `releases:write` or `component-token` in 90 days, which is also the longest. */
  @IsOptional() @IsTime() readonly expires_at?: string;
}

export class UpdateClientRequest {
  @MayBeAbsent() @IsString() @Length(1, 128) readonly name?: string;
  @MayBeAbsent() @IsArray() @ArrayMinSize(1) @IsIn(SCOPES, { each: true }) readonly scopes?: Scope[];
  /** Appids it may act for; null: all. */
  @IsOptional()
  @Nullable()
  @IsArray()
  @ArrayMaxSize(10_000)
  @AreAppids()
  @Checked('all')
  readonly authorizers?: string[] | null;
  @IsOptional()
  @Nullable()
  @IsObject()
  @ValidateNested()
  @Type(() => ClientOptionsDto)
  readonly options?: ClientOptionsDto | null;
  @IsOptional() @Nullable() @IsTime() readonly expires_at?: string | null;
}

export class RotateClientRequest {
  /** Seconds for which the former key goes on working. Default one day. */
  @MayBeAbsent() @Type(() => Number) @IsInt() @Min(0) @Max(90 * 86_400) readonly overlap?: number;
}

export class ClientView {
  readonly client_id!: string;
  readonly name!: string;
  readonly scopes!: string[];
  readonly authorizers!: string[] | null;
  readonly options!: ClientOptionsDto | null;
  readonly expires_at!: string | null;
  /** The hour in which its key was last used; null: never since this is kept. */
  readonly last_used_at!: string | null;
  readonly revoked_at!: string | null;
  /** Until when the key before the last rotation still works. */
  readonly previous_key_until!: string | null;
  readonly created_at!: string;
  readonly updated_at!: string;
}

export class ClientKeyView extends ClientView {
  /** Shown once: `Authorization: Bearer <key>`. */
  readonly key!: string;
}

export class ClientPage extends PageOf(ClientView) {}
