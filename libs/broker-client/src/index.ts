export {
  type AuthorizerPage,
  type AuthorizerQuery,
  type BrokerAuthorizer,
  BrokerClient,
  type BrokerClientOptions,
  type TokenAnswer,
} from './broker-client.js';
export { BrokerError, type BrokerFailure, type BrokerWechatError } from './broker-error.js';
