export class TokenStateResponse {
  /** Seconds until WeChat stops accepting it; null: there is none. */
  expires_in!: number | null;
  refreshed_at!: string | null;
  /** Failed refreshes since the last good one. */
  failures!: number;
  /** Why the last one failed. */
  problem!: string | null;
}

export class ComponentResponse {
  component_appid!: string;
  name!: string | null;
  /** Seconds since WeChat pushed the newest ticket; null: never. A ticket is good for 12 hours. */
  ticket_age!: number | null;
  token!: TokenStateResponse;
  /** How many authorizers are in which state. */
  authorizers!: Record<string, number>;
}

export class ComponentListResponse {
  items!: ComponentResponse[];
  next_cursor!: string | null;
}
