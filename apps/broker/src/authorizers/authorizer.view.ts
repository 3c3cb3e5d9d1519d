import type { AuthorizerEntity } from '#persistence';
import { PERMISSION_SETS } from '#wechat';
import type { AuthorizerView, PermissionSetView } from './authorizers.dto.js';

/** @param sets ids of the permission sets it has granted */
export function toAuthorizerView(row: AuthorizerEntity, sets: readonly number[]): AuthorizerView {
  return {
    component_appid: row.componentAppid,
    authorizer_appid: row.authorizerAppid,
    state: row.state,
    state_reason: row.stateReason,
    state_at: row.stateAt?.toISOString() ?? null,
    kind: row.kind,
    nick_name: row.nickName,
    user_name: row.userName,
    principal_name: row.principalName,
    head_img: row.headImg,
    permission_sets: sets.map(describeSet),
    granted_at: row.grantedAt?.toISOString() ?? null,
    cancelled_at: row.cancelledAt?.toISOString() ?? null,
    missing_since: row.missingSince?.toISOString() ?? null,
  };
}

function describeSet(id: number): PermissionSetView {
  const known = PERMISSION_SETS.get(id);
  if (!known) return { id };
  return { id, name: { ...known.name }, ...(known.exclusive === undefined ? {} : { exclusive: known.exclusive }) };
}
