import type {
  AuthorizerDetailsView,
  AuthorizerPage,
  AuthorizerView,
  ClientKeyView,
  ClientPage,
  ClientView,
  Code2SessionView,
  CreatedLinkView,
  JsapiTicketView,
  LinkView,
  OauthTokenView,
  OauthUrlView,
  PermissionSetView,
  ReportInvalidView,
  ReportJsapiTicketView,
  SyncView,
  TokenView,
} from './broker-api.js';

/*
 * Names that types had in the release before. They go with the next one.
 */

/** @deprecated Now `AuthorizerPage`. */
export type AuthorizerListResponse = AuthorizerPage;
/** @deprecated Now `AuthorizerDetailsView`. */
export type AuthorizerResponse = AuthorizerDetailsView;
/** @deprecated Now `AuthorizerView`. */
export type AuthorizerSummary = AuthorizerView;
/** @deprecated Now `ClientKeyView`. */
export type ClientKeyResponse = ClientKeyView;
/** @deprecated Now `ClientPage`. */
export type ClientListResponse = ClientPage;
/** @deprecated Now `ClientView`. */
export type ClientResponse = ClientView;
/** @deprecated Now `Code2SessionView`. */
export type Code2SessionResponse = Code2SessionView;
/** @deprecated Now `CreatedLinkView`. */
export type CreatedLinkResponse = CreatedLinkView;
/** @deprecated Now `JsapiTicketView`. */
export type JsapiTicketResponse = JsapiTicketView;
/** @deprecated Now `LinkView`. */
export type LinkResponse = LinkView;
/** @deprecated Now `OauthTokenView`. */
export type OauthTokenResponse = OauthTokenView;
/** @deprecated Now `OauthUrlView`. */
export type OauthUrlResponse = OauthUrlView;
/** @deprecated Now `PermissionSetView`. */
export type PermissionSetResponse = PermissionSetView;
/** @deprecated Now `ReportInvalidView`. */
export type ReportInvalidResponse = ReportInvalidView;
/** @deprecated Now `ReportJsapiTicketView`. */
export type ReportJsapiTicketResponse = ReportJsapiTicketView;
/** @deprecated Now `SyncView`. */
export type SyncResponse = SyncView;
/** @deprecated Now `TokenView`. */
export type TokenResponse = TokenView;
