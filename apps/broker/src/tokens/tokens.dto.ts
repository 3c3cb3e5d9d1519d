import { IsString, Length } from 'class-validator';

export class TokenResponse {
  access_token!: string;
  /** Seconds until WeChat stops accepting it. */
  expires_in!: number;
  /** Seconds the caller may keep it; after that, ask again: it may have been replaced. */
  cache_seconds!: number;
  /** It should have been refreshed by now, and WeChat does not answer. */
  stale?: boolean;
}

export class ReportInvalidRequest {
  /** The token that WeChat refused. */
  @IsString() @Length(1, 2048) token!: string;
}

export class ReportInvalidResponse extends TokenResponse {
  /** True: the token was replaced because of this report (or of another one at the same moment). */
  refreshed!: boolean;
}

export class TicketResponse {
  /** `ticket@@@…` */
  ticket!: string;
}
