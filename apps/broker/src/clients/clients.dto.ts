import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { APPID, APPIDS, Nullable, SCOPES, type Scope } from '#service';

/** May be left out, but `null` says nothing. */
const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);

export class ClientPath {
  @Matches(/^[0-9a-f]{16}$/, { message: 'client_id must be 16 hexadecimal digits' }) client_id!: string;
}

export class ClientOptionsDto {
  /** Requests per second, averaged over ten seconds. */
  @MayBeAbsent() @IsNumber() @Min(0.1) @Max(100_000) rate_limit_per_s?: number;
  /** Path prefixes of WeChat's API that the proxy may be used for, such as `/wxa/`. */
  @MayBeAbsent() @IsArray() @ArrayMaxSize(200) @Matches(/^\/[\w./-]{0,190}$/, { each: true }) proxy_paths?: string[];
  /** Hosts an authorization link may return to. */
  @MayBeAbsent() @IsArray() @ArrayMaxSize(100) @Matches(/^[\w.:[\]-]{1,253}$/, { each: true }) return_hosts?: string[];
}

export class CreateClientRequest {
  @IsString() @Length(1, 128) name!: string;
  @IsArray() @ArrayMinSize(1) @IsIn(SCOPES, { each: true }) scopes!: Scope[];
  /** Appids it may act for; absent: all. */
  @IsOptional() @IsArray() @ArrayMaxSize(10_000) @Matches(APPID, APPIDS) authorizers?: string[];
  @IsOptional() @ValidateNested() @Type(() => ClientOptionsDto) options?: ClientOptionsDto;
  @IsOptional() @IsISO8601() expires_at?: string;
}

export class UpdateClientRequest {
  @MayBeAbsent() @IsString() @Length(1, 128) name?: string;
  @MayBeAbsent() @IsArray() @ArrayMinSize(1) @IsIn(SCOPES, { each: true }) scopes?: Scope[];
  /** Appids it may act for; null: all. */
  @IsOptional() @Nullable() @IsArray() @ArrayMaxSize(10_000) @Matches(APPID, APPIDS) authorizers?: string[] | null;
  @IsOptional() @Nullable() @ValidateNested() @Type(() => ClientOptionsDto) options?: ClientOptionsDto | null;
  @IsOptional() @Nullable() @IsISO8601() expires_at?: string | null;
}

export class RotateClientRequest {
  /** Seconds for which the former key goes on working. Default one day. */
  @MayBeAbsent() @Type(() => Number) @IsInt() @Min(0) @Max(90 * 86_400) overlap?: number;
}

export class ClientResponse {
  client_id!: string;
  name!: string;
  scopes!: string[];
  authorizers!: string[] | null;
  options!: ClientOptionsDto | null;
  expires_at!: string | null;
  revoked_at!: string | null;
  /** Until when the key before the last rotation still works. */
  previous_key_until!: string | null;
  created_at!: string;
  updated_at!: string;
}

export class ClientKeyResponse extends ClientResponse {
  /** Shown once: `Authorization: Bearer <key>`. */
  key!: string;
}

export class ClientListResponse {
  items!: ClientResponse[];
  next_cursor!: string | null;
}
