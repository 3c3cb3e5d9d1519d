import { randomBytes, randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export const hex = (digits: number): string =>
  randomBytes(Math.ceil(digits / 2))
    .toString('hex')
    .slice(0, digits);
export const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');
export const letters = (count: number): string =>
  Array.from(randomBytes(count), (byte) => LETTERS[byte % LETTERS.length]).join('');
/** `[A-Za-z0-9_-]`, as in WeChat's tickets and media ids. */
export const urlSafe = (count: number): string => randomBytes(count).toString('base64url').slice(0, count);

export const newAccessToken = (): string => `${randomInt(60, 99)}_${urlSafe(144)}`;
export const newTicket = (): string => `ticket@@@${urlSafe(86)}`;
export const newPreAuthCode = (): string => `preauthcode@@@${urlSafe(86)}`;
export const newAuthCode = (): string => `queryauthcode@@@${urlSafe(86)}`;
export const newRefreshToken = (): string => `refreshtoken@@@${urlSafe(43)}`;
export const newOpenid = (): string => `o${urlSafe(27)}`;
/** 64 bits, beyond what a double holds; never with a leading zero, which some SDKs read as octal. */
export const newMsgId = (): bigint => 20_000_000_000_000_000n + BigInt(randomInt(2 ** 40)) * 4096n + BigInt(randomInt(4096));
export const newMediaId = (): string => letters(64);
export const newAppid = (): string => `wx${hex(16)}`;
export const newUserName = (): string => `gh_${hex(12)}`;
export const newRid = (nowMs: number): string =>
  `${Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0')}-${hex(8)}-${hex(8)}`;
