import type { AuthorizationLinkEntity } from '#persistence';
import type { PermissionSet } from '#wechat';
import type { LinkView } from './links.dto.js';

/** @param exclusive what the merchant may take from another provider
 * @param base what the broker's pages are reached by, without a slash at the end */
export function toLinkView(link: AuthorizationLinkEntity, exclusive: readonly PermissionSet[], base: string): LinkView {
  return {
    link_id: link.linkId,
    component_appid: link.componentAppid,
    url: `${base}/authorize/${link.linkId}`,
    auth_type: link.authType,
    biz_appid: link.bizAppid,
    category_ids: link.categoryIdList ? link.categoryIdList.split('|').map(Number) : [],
    exclusive_sets: exclusive.map(({ id, name }) => ({ id, name: { ...name } })),
    state: link.state,
    return_url: link.returnUrl,
    max_uses: link.maxUses,
    uses: link.uses,
    expires_at: link.expiresAt.toISOString(),
    created_at: link.createdAt.toISOString(),
    revoked_at: link.revokedAt?.toISOString() ?? null,
  };
}
