export type * from './broker-api.js';
export { BrokerClient, type BrokerClientOptions } from './broker-client.js';
export { BrokerError, type BrokerFailure, type BrokerFieldError, type BrokerWechatError } from './broker-error.js';
export type { BrokerHttpOptions } from './broker-http.js';
export type * from './former-names.js';
export type { AppPath, GoingOnline, PictureFile } from './going-online.js';
export { type AuthorizationReturn, verifyReturn } from './return-redirect.js';
export { ROUTES as BROKER_ROUTES } from './routes.js';
export type { TokenCacheOptions } from './token-cache.js';
