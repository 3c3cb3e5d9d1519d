import type { AuthorizationLinkEntity } from '#persistence';
import type { LinkView } from './links.dto.js';

/** @param base what the broker's pages are reached by, without a slash at the end */
export function toLinkView(link: AuthorizationLinkEntity, base: string): LinkView {
  return {
    link_id: link.linkId,
    component_appid: link.componentAppid,
    url: `${base}/authorize/${link.linkId}`,
    auth_type: link.authType,
    biz_appid: link.bizAppid,
    category_ids: link.categoryIdList ? link.categoryIdList.split('|').map(Number) : [],
    state: link.state,
    return_url: link.returnUrl,
    max_uses: link.maxUses,
    uses: link.uses,
    expires_at: link.expiresAt.toISOString(),
    created_at: link.createdAt.toISOString(),
    revoked_at: link.revokedAt?.toISOString() ?? null,
  };
}
