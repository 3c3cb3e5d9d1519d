import { BINDINGS } from '#persistence';
import type { Rig } from '../../testing/rig.js';

/** The one mini program that all features are tried on. */
export const merchant = 'wx00000000000000aa';

let started: Rig | undefined;

/** The rig that api.e2e-spec.ts has started: one for all features, since starting takes longer than most of them. */
export function rig(): Rig {
  if (!started) throw new Error('the rig is not started yet');
  return started;
}

export function use(newRig: Rig): void {
  started = newRig;
}

export const component = (): string => rig().components[0]!.component_appid;

export const stateOf = async (appid: string) =>
  (await rig().api<{ state: string; state_reason: string | null }>(rig().path(appid))).body;

export const storedRefreshToken = async (appid: string): Promise<string | undefined> => {
  const [row] = await rig().database.query(
    'SELECT authorizer_refresh_token AS t FROM f_wechat_refreshtoken WHERE authorizer_appid = ? AND is_cancel = 0',
    [appid],
  );
  return row && rig().box.open(row.t, BINDINGS.refreshToken(component(), appid));
};
