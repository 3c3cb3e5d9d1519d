import type { ClientEntity } from '#persistence';

type Options = NonNullable<ClientEntity['options']>;

/** Requests per second of a new key that names no limit of its own. */
export const NEW_CLIENT_RATE_PER_S = 50;

/** What a new key's options are: those of the request, and a limit in any case. */
export const newClientOptions = (wanted: Options | null | undefined): Options => ({
  rate_limit_per_s: NEW_CLIENT_RATE_PER_S,
  ...wanted,
});

/** What a key's options become by a change: one that has a limit loses it by no change that says nothing of it. */
export function changedClientOptions(former: Options | null, wanted: Options | null): Options | null {
  if (former?.rate_limit_per_s === undefined) return wanted;
  return { rate_limit_per_s: former.rate_limit_per_s, ...wanted };
}
