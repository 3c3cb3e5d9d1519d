/** Every route of the broker that this client uses, as its OpenAPI document writes them. */
export const ROUTES = {
  componentToken: { method: 'GET', path: '/v1/components/{component_appid}/token' },
  reportComponentToken: { method: 'POST', path: '/v1/components/{component_appid}/token/report-invalid' },
  authorizerToken: { method: 'GET', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/token' },
  reportAuthorizerToken: {
    method: 'POST',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/token/report-invalid',
  },
  refreshComponentToken: { method: 'POST', path: '/v1/components/{component_appid}/token/refresh' },
  refreshAuthorizerToken: {
    method: 'POST',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/token/refresh',
  },
  listAuthorizers: { method: 'GET', path: '/v1/components/{component_appid}/authorizers' },
  getAuthorizer: { method: 'GET', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}' },
  refreshAuthorizer: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/refresh' },
  authorizerOption: {
    method: 'GET',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/options/{option_name}',
  },
  setAuthorizerOption: {
    method: 'PUT',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/options/{option_name}',
  },
  startSync: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/sync' },
  getSync: { method: 'GET', path: '/v1/components/{component_appid}/authorizers/sync/{sync_id}' },
  code2session: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/code2session' },
  oauthUrl: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/oauth/url' },
  oauthToken: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/oauth/token' },
  oauthRefresh: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/oauth/refresh' },
  jsapiTicket: { method: 'GET', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/jsapi-ticket' },
  reportJsapiTicket: {
    method: 'POST',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/jsapi-ticket/report-invalid',
  },
  createLink: { method: 'POST', path: '/v1/components/{component_appid}/authorization-links' },
  getLink: { method: 'GET', path: '/v1/components/{component_appid}/authorization-links/{link_id}' },
  revokeLink: { method: 'DELETE', path: '/v1/components/{component_appid}/authorization-links/{link_id}' },
  createRegistration: { method: 'POST', path: '/v1/components/{component_appid}/registrations' },
  listRegistrations: { method: 'GET', path: '/v1/components/{component_appid}/registrations' },
  getRegistration: { method: 'GET', path: '/v1/components/{component_appid}/registrations/{registration_id}' },
  renewRegistration: { method: 'POST', path: '/v1/components/{component_appid}/registrations/{registration_id}/renew' },
  getFiling: { method: 'GET', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/filing' },
  refreshFiling: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/filing/refresh' },
  checkFiling: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/filing/check' },
  uploadFilingMedia: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/filing/media' },
  createFilingVerification: {
    method: 'POST',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/filing/verifications',
  },
  listFilingVerifications: {
    method: 'GET',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/filing/verifications',
  },
  applyFiling: { method: 'POST', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/filing/applications' },
  listFilingApplications: {
    method: 'GET',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/filing/applications',
  },
  getCertification: { method: 'GET', path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/certification' },
  uploadCertificationMaterial: {
    method: 'POST',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/certification/materials',
  },
  beginCertification: {
    method: 'POST',
    path: '/v1/components/{component_appid}/authorizers/{authorizer_appid}/certification/orders',
  },
  templateDrafts: { method: 'GET', path: '/v1/components/{component_appid}/operations/template-drafts' },
  templates: { method: 'GET', path: '/v1/components/{component_appid}/operations/templates' },
  addTemplate: { method: 'POST', path: '/v1/components/{component_appid}/operations/templates' },
  deleteTemplate: { method: 'DELETE', path: '/v1/components/{component_appid}/operations/templates/{template_id}' },
  serverDomains: { method: 'GET', path: '/v1/components/{component_appid}/operations/server-domains' },
  changeServerDomains: { method: 'POST', path: '/v1/components/{component_appid}/operations/server-domains' },
  jumpDomains: { method: 'GET', path: '/v1/components/{component_appid}/operations/jump-domains' },
  changeJumpDomains: { method: 'POST', path: '/v1/components/{component_appid}/operations/jump-domains' },
  jumpDomainsConfirmFile: { method: 'GET', path: '/v1/components/{component_appid}/operations/jump-domains/confirm-file' },
  applyOrderPath: { method: 'POST', path: '/v1/components/{component_appid}/operations/order-path' },
  createClient: { method: 'POST', path: '/v1/clients' },
  listClients: { method: 'GET', path: '/v1/clients' },
  getClient: { method: 'GET', path: '/v1/clients/{client_id}' },
  updateClient: { method: 'PATCH', path: '/v1/clients/{client_id}' },
  rotateClient: { method: 'POST', path: '/v1/clients/{client_id}/rotate' },
  revokeClient: { method: 'DELETE', path: '/v1/clients/{client_id}' },
} as const satisfies Record<string, { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; readonly path: string }>;

export type RouteName = keyof typeof ROUTES;

/** The names in the braces of a path. */
type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

export type PathValues<Name extends RouteName> = Readonly<Record<Names<(typeof ROUTES)[Name]['path']>, string>>;

/** The path of a route with its values put in, each percent-encoded. */
export function pathOf<Name extends RouteName>(name: Name, values: PathValues<Name>): string {
  return ROUTES[name].path.replace(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent((values as Readonly<Record<string, string>>)[key] ?? ''),
  );
}
