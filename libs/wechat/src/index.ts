export type * from './api/certification-api.js';
export type { CodeApi } from './api/code-api.js';
export type * from './api/code-types.js';
export type {
  AuthorizationInfo,
  AuthorizerInfo,
  AuthorizerInfoAnswer,
  AuthorizerListAnswer,
  AuthorizerOption,
  AuthorizerTokenAnswer,
  ComponentApi,
  ComponentTokenAnswer,
  FuncInfo,
  MiniProgramInfo,
  PreAuthCodeAnswer,
} from './api/component-api.js';
export type { DiagnosisApi, QuotaAnswer, RidAnswer } from './api/diagnosis-api.js';
export type { AppealMaterial, AppealRecord, IllegalRecord, OrderPathBatch, OrderPathInfo } from './api/duties-api.js';
export type { FilingApi, FilingMediaParts } from './api/filing-api.js';
export type * from './api/filing-types.js';
export type { OauthTokenAnswer, OauthUser, OnBehalfApi, SessionAnswer } from './api/on-behalf-api.js';
export type {
  EnterpriseRegistration,
  PersonalRegistration,
  RegistrationAnswer,
  RegistrationApi,
  ReuseAnswer,
  TrialRegistration,
} from './api/registration-api.js';
export type { EmbeddedEntry, EmbeddedFlag, EmbeddedList } from './api/relations-api.js';
export { findRid, scrub } from './api/scrub.js';
export type { SettingsApi } from './api/settings-api.js';
export type * from './api/settings-types.js';
export type { Template, TemplateApi, TemplateDraft } from './api/template-api.js';
export type { ApiCall, ApiSecurity, BinaryAnswer, CallContext, WechatApiOptions, WechatCallRecord } from './api/transport.js';
export { isSecurityRefusal } from './api/transport.js';
export { WechatApi } from './api/wechat-api.js';
export { FILING, FILING_LACKS, FILING_SMS, type FilingLack, filingLacks, isUnfiled } from './data/filing-status.js';
export { setsNeededBy } from './data/needed-sets.js';
export { CODE_PERMISSION_SET, PERMISSION_SETS, type PermissionSet } from './data/permission-sets.js';
export {
  isReleaseCheckAppid,
  isReleaseCheckUserName,
  RELEASE_CHECK_PAIRS,
  type ReleaseCheckPair,
} from './data/release-check.js';
export {
  type EffectReading,
  effectOf,
  PROTECTED_EFFECTS,
  PROTECTED_PATHS,
  type ProtectedEffect,
  type ProtectedEffectId,
} from './effects/effects.js';
export { type EffectPass, requirePass, withPass } from './effects/pass.js';
export { describeErrcode, ERROR_CATALOGUE } from './errors/catalogue.js';
export { ERRCODE, type NamedErrcode } from './errors/codes.js';
export { PermissionSetMissingError } from './errors/permission-set-missing.error.js';
export type { Concern, ErrorEntry, Missing, Reaction, Remedy } from './errors/reaction.js';
export { WechatApiError, type WechatFailure, type WechatFailureKind } from './errors/wechat-api.error.js';
export { type DedupeContext, dedupeKey, formerDedupeKey } from './events/dedupe-key.js';
export type {
  AccountEvent,
  ComponentEvent,
  EventFamily,
  EventKind,
  EventOf,
  MessageEvent,
  OrderPathBatchEvent,
  UnknownEvent,
  UserEvent,
  WechatEvent,
} from './events/event.js';
export { EVENT_KINDS, parseEvent, screenshotIds } from './events/parse-event.js';
export {
  imageReply,
  type NewsArticle,
  newsReply,
  type ReplyAddress,
  replyAddress,
  replyInJson,
  textReply,
  transferCustomerServiceReply,
} from './events/reply.js';
export { type AesKey, type Decrypted, decodeAesKey, decrypt, encrypt, isValidEncodingAesKey, sign } from './push/cipher.js';
export {
  MAX_PUSH_BYTES,
  type OpenedPush,
  PushCrypto,
  type PushCryptoOptions,
  type PushQuery,
  type SealOptions,
} from './push/push-crypto.js';
export { PUSH_REFUSAL_CODES, type PushRefusal, PushRefusedError } from './push/push-refused.error.js';
export { type EndedApi, endedApi } from './registration/ended-apis.js';
export {
  pushedRegistrationStatus,
  type RegistrationNumbering,
  type RegistrationOutcome,
  type RegistrationStatus,
  registrationStatus,
} from './registration/registration-status.js';
export {
  AUDIT_STATUS,
  type AuditReading,
  type AuditStatus,
  auditStatusOfEvent,
  readAuditStatus,
  readNoAudit,
  WECHAT_AUDIT_STATUS,
} from './release/audit-status.js';
export { checkCommit, checkSubmitAudit, LIMITS, type RequestProblem } from './release/limits.js';
export { plainReason, resolveEntities } from './release/plain-reason.js';
export { ApiSecurityError, type ApiSecurityKeys, openAnswer, sealRequest } from './security/secure-codec.js';
export { isSecured, signedUrl } from './security/secured-apis.js';
export { isJson, parseWechatJson } from './wire/json.js';
export {
  AUTH_TYPES,
  type AuthorizationPageParams,
  type AuthType,
  type OauthAuthorizeParams,
  type QueryValue,
  WECHAT_BASE_URLS,
  type WechatBaseUrls,
  WechatUrls,
} from './wire/urls.js';
export { cdata, parseXml, type XmlLimits, type XmlRecord, XmlRefusedError, type XmlValue } from './wire/xml.js';
