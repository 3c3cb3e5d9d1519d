import type { ClientEntity } from '#persistence';

type Options = NonNullable<ClientEntity['options']>;

/** Requests per second of a new key that names no limit of its own. */
export const NEW_CLIENT_RATE_PER_S = 50;

/** Among the hosts that a client may return to: every one, by https. */
export const ANY_HOST = '*';

/** What a new key's options are: those of the request, and in any case a limit, and where its links return to: nowhere, unless it says so. */
export const newClientOptions = (wanted: Options | null | undefined): Options => ({
  rate_limit_per_s: NEW_CLIENT_RATE_PER_S,
  return_hosts: [],
  ...wanted,
});

/** What a key's options become by a change: a bound that it has is lost by no change that says nothing of it. */
export function changedClientOptions(former: Options | null, wanted: Options | null): Options | null {
  const { rate_limit_per_s, return_hosts } = former ?? {};
  const bounds = {
    ...(rate_limit_per_s === undefined ? {} : { rate_limit_per_s }),
    ...(return_hosts === undefined ? {} : { return_hosts }),
  };
  return Object.keys(bounds).length === 0 ? wanted : { ...bounds, ...wanted };
}
