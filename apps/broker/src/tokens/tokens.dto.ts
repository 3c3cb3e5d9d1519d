import { IsString, Length } from 'class-validator';

export class TokenView {
  readonly access_token!: string;
  /** Seconds until WeChat stops accepting it. */
  readonly expires_in!: number;
  /** Seconds the caller may keep it; after that, ask again: it may have been replaced. */
  readonly cache_seconds!: number;
  /** It should have been refreshed by now, and WeChat does not answer. */
  readonly stale?: boolean;
}

export class ReportInvalidRequest {
  /** The token that WeChat refused. */
  @IsString() @Length(1, 2048) readonly token!: string;
}

export class ReportInvalidView extends TokenView {
  /** True: the token was replaced because of this report (or of another one at the same moment). */
  readonly refreshed!: boolean;
}

export class TicketView {
  /** `ticket@@@…` */
  readonly ticket!: string;
}
