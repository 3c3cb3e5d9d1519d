import { WechatApiError } from '#wechat';
import { hide } from '../../requests/secret-variables.domain.js';

/** A call that sends secret values: whatever WeChat says of them reaches rows, events, answers and logs without them. */
export async function withoutSecrets<T>(secrets: readonly string[], send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof WechatApiError) || secrets.length === 0) throw error;
    const { kind, api, errcode, errmsg, rid, httpStatus, details, concerns, maybeExecuted } = error;
    throw new WechatApiError({
      ...{ kind, api, errcode, errmsg: hide(errmsg, secrets), rid, httpStatus, concerns, maybeExecuted },
      details: details && hide(details, secrets),
    });
  }
}
