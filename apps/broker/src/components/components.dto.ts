import { PageOf } from '#service';

export class TokenStateView {
  /** Seconds until WeChat stops accepting it; null: there is none. */
  readonly expires_in!: number | null;
  readonly refreshed_at!: string | null;
  /** Failed refreshes since the last good one. */
  readonly failures!: number;
  /** Why the last one failed. */
  readonly problem!: string | null;
}

export class ComponentView {
  readonly component_appid!: string;
  readonly name!: string | null;
  /** Seconds since WeChat pushed the newest ticket; null: never. A ticket is good for 12 hours. */
  readonly ticket_age!: number | null;
  readonly token!: TokenStateView;
  /** How many authorizers are in which state. */
  readonly authorizers!: Record<string, number>;
}

export class ComponentPage extends PageOf(ComponentView) {}
