import { WechatApiError } from '#wechat';
import type { TokenSubject } from './token.domain.js';
import type { TokenService } from './token.service.js';

/** WeChat's ways to say that the token in the call is not good (any more). */
export const TOKEN_REFUSED: ReadonlySet<number> = new Set([40001, 40014, 42001, 42006]);

const NOT_AUTHORIZED_BY_ACCOUNT = 61003;
/** The account does not authorize this component (any more), or not what was asked for. */
export const NOT_AUTHORIZED: ReadonlySet<number> = new Set([NOT_AUTHORIZED_BY_ACCOUNT, 61007]);

/** Refusals that concern the component: its quota, its IP list, itself. Every other authorizer would get the same one. */
export const COMPONENT_WIDE: ReadonlySet<number> = new Set([45009, 61004, 61011]);

/** Calls WeChat with a token; if WeChat refuses the token, once more with another one. */
export async function withToken<T>(tokens: TokenService, subject: TokenSubject, call: (token: string) => Promise<T>): Promise<T> {
  const { token } = await tokens.get(subject);
  try {
    return await call(token);
  } catch (error) {
    if (!(error instanceof WechatApiError) || !TOKEN_REFUSED.has(error.errcode ?? 0)) throw error;
    const { live } = await tokens.reportInvalid(subject, token);
    if (live.token === token) throw error;
    return call(live.token);
  }
}

/**
 * Whether WeChat accepts a token, tried by a call that costs little. When WeChat cannot be asked, nothing speaks against it; nor does
 * 61007, which says that this API is not granted.
 */
export async function accepted(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    const errcode = error instanceof WechatApiError ? (error.errcode ?? 0) : 0;
    return !(TOKEN_REFUSED.has(errcode) || errcode === NOT_AUTHORIZED_BY_ACCOUNT);
  }
}
