import { type ErrorEntry, WechatApiError } from '#wechat';
import type { LiveToken, TokenSubject } from './token.domain.js';
import type { TokenService } from './token.service.js';

/** Calls WeChat with a token, and once more with another one if that may heal the refusal. */
export async function withToken<T>(tokens: TokenService, subject: TokenSubject, call: (token: string) => Promise<T>): Promise<T> {
  const { token } = await tokens.get(subject);
  try {
    return await call(token);
  } catch (error) {
    if (!(error instanceof WechatApiError)) throw error;
    const other = await anotherToken(tokens, subject, token, error.refusal);
    if (other === undefined) throw error;
    return call(other);
  }
}

/**
 * The token to repeat a refused call with. When the account is not authorized, a newer one that is stored: the merchant may have
 * authorized again while the call was under way.
 * @param used the token of that call
 * @returns `undefined` when a repetition would not help
 * @throws DomainError when WeChat refused the token and no other one can be had
 */
export async function anotherToken(
  tokens: TokenService,
  subject: TokenSubject,
  used: string,
  refusal: ErrorEntry | undefined,
): Promise<string | undefined> {
  let live: LiveToken | undefined;
  if (refusal?.tokenRefused) ({ live } = await tokens.reportInvalid(subject, used));
  else if (refusal?.notAuthorized === 'account' && subject.kind !== 'component') live = await tokens.newerThan(subject, used);
  return live?.token === used ? undefined : live?.token;
}

/**
 * Whether WeChat accepts a token, tried by a call that costs little. When WeChat cannot be asked, nothing speaks against it; nor does
 * a refusal that says that this API is not granted.
 */
export async function accepted(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    const refusal = error instanceof WechatApiError ? error.refusal : undefined;
    return !(refusal?.tokenRefused || refusal?.notAuthorized === 'account');
  }
}
