import type { GrayReleasePlan } from '#wechat';
import type { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import type { Release } from '../release.js';

/** `status` of WeChat's gray release plan. One that has come to its end (3) has put everybody on the new version. */
export const GRAY_PLAN = { runs: 1, deleted: 4 } as const;

/** @returns `undefined`: WeChat has none */
export async function grayPlanOf(gateway: WechatGateway, row: Release): Promise<GrayReleasePlan | undefined> {
  const answer = await gateway.forAuthorizer(row.componentAppid, row.authorizerAppid, (api, { token, context }) =>
    api.code.getGrayReleasePlan(token, context),
  );
  return answer.gray_release_plan;
}
