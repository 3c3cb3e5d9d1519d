import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';

export class RunReleaseCheck {
  @IsString() component_appid!: string;
  /** One of WeChat's five pairs of test accounts; random if absent. */
  @IsOptional() @IsInt() @Min(1) @Max(5) group?: number;
  @IsOptional() @Matches(/^https?:\/\//) auth_event_url?: string;
  @IsOptional() @Matches(/^https?:\/\/\S*\$APPID\$/) message_event_url?: string;
  @IsOptional() @IsInt() @Min(100) @Max(60_000) timeout_ms: number = 5000;
}
