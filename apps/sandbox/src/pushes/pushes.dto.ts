import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, IsString, Max, Min } from 'class-validator';
import { TAMPERS, type Tamper } from './envelope.domain.js';
import type { XmlFields } from './xml.domain.js';

export class CreatePushFault {
  @IsIn(['drop', 'double', 'delay', 'tamper']) action!: 'drop' | 'double' | 'delay' | 'tamper';
  /** InfoType, Event or MsgType. */
  @IsOptional() @IsString() kind?: string;
  @IsOptional() @IsString() component_appid?: string;
  @IsOptional() @IsString() authorizer_appid?: string;
  @IsOptional() @IsInt() @Min(0) delay_ms: number = 0;
  @IsOptional() @IsIn(TAMPERS) tamper?: Tamper;
  @IsOptional() @IsInt() @Min(0) times: number = 1;
}

export class SendPush {
  @IsString() component_appid!: string;
  @IsOptional() @IsIn(['events', 'messages']) channel: 'events' | 'messages' = 'events';
  @IsOptional() @IsString() authorizer_appid?: string;
  @IsOptional() @IsString() openid?: string;
  @IsOptional() @IsString() kind?: string;
  @IsOptional() @IsString() xml?: string;
  @IsOptional() @IsString() info_type?: string;
  @IsOptional() @IsString() event?: string;
  @IsOptional() @IsObject() fields?: XmlFields;
  @IsOptional() @IsIn(TAMPERS) tamper?: Tamper;
  @IsOptional() @IsInt() @Min(1) @Max(1000) repeat: number = 1;
  /** Seconds; default now. */
  @IsOptional() @IsInt() create_time?: number;
  @IsOptional() @IsString() timestamp?: string;
  @IsOptional() @IsString() nonce?: string;
}

export class PushQuery {
  @IsOptional() @IsString() kind?: string;
  @IsOptional() @IsString() component_appid?: string;
  @IsOptional() @IsString() authorizer_appid?: string;
  @IsOptional() @Type(() => Number) @IsInt() @Min(1) @Max(2000) limit: number = 100;
  @IsOptional() @IsIn(['0', '1']) reveal?: '0' | '1';
}
