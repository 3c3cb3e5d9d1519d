import type {
  AddTemplateRequest,
  AuthorizerDetailsView,
  AuthorizerPage,
  AuthorizerView,
  ChangeDomainsRequest,
  ClientKeyView,
  ClientPage,
  ClientView,
  Code2SessionView,
  ComponentDomainsView,
  ConfirmFileView,
  CreateClientRequest,
  CreatedLinkView,
  CreateLinkRequest,
  CreateRegistrationRequest,
  JsapiTicketView,
  LinkView,
  ListAuthorizersQuery,
  ListClientsQuery,
  ListRegistrationsQuery,
  OauthCodeRequest,
  OauthTokenView,
  OauthUrlRequest,
  OauthUrlView,
  OptionView,
  OrderPathRequest,
  RegistrationDetailsView,
  RegistrationPage,
  RegistrationView,
  RotateClientRequest,
  SetOption,
  SyncView,
  TemplateDraftPage,
  TemplateDraftView,
  TemplatePage,
  TemplateView,
  TokenView,
  UpdateClientRequest,
  WxConfig,
} from './broker-api.js';
import { BrokerError } from './broker-error.js';
import { type BrokerCall, BrokerHttp, type BrokerHttpOptions } from './broker-http.js';
import { GoingOnline } from './going-online.js';
import { type PathValues, pathOf, ROUTES, type RouteName } from './routes.js';
import { TokenCache, type TokenCacheOptions } from './token-cache.js';

export interface BrokerClientOptions extends BrokerHttpOptions, TokenCacheOptions {}

type Details = Pick<BrokerCall, 'query' | 'body' | 'file' | 'once'>;

/** WeChat's words for "this token is not valid (any more)". */
const TOKEN_REFUSED: ReadonlySet<number> = new Set([40001, 40014, 42001, 42006]);
/** The merchant has cancelled: for good, or to authorize anew, and then this is what a token from before is answered. */
const NOT_AUTHORIZED = 61003;

/**
 * Client of the broker's HTTP API. Remembers tokens as long as the broker allows, asks once however many callers wait,
 * and repeats what failed for a passing reason. Every method throws `BrokerError`.
 */
export class BrokerClient {
  /** Filing (备案) and certification (认证) of mini programs (scope `going-online:write`, to read `authorizers:read`). */
  readonly goingOnline: GoingOnline;
  private readonly http: BrokerHttp;
  private readonly tokens: TokenCache;

  constructor(options: BrokerClientOptions) {
    this.http = new BrokerHttp(options);
    this.tokens = new TokenCache(options);
    this.goingOnline = new GoingOnline(this.http);
  }

  // ── Tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Scope `component-token`. */
  componentToken(component_appid: string): Promise<string> {
    return this.tokens.read(component_appid, (): Promise<TokenView> => this.call('componentToken', { component_appid }));
  }

  /** Scope `authorizer-token`. */
  authorizerToken(component_appid: string, authorizer_appid: string): Promise<string> {
    const path = { component_appid, authorizer_appid };
    return this.tokens.read(subjectOf(path), (): Promise<TokenView> => this.call('authorizerToken', path));
  }

  /** WeChat refused this component token. @returns the one to use from now on. */
  reportInvalidComponentToken(component_appid: string, token: string): Promise<string> {
    const report = (): Promise<TokenView> => this.call('reportComponentToken', { component_appid }, { body: { token } });
    return this.tokens.replace(component_appid, token, report);
  }

  /** WeChat refused this authorizer token. @returns the one to use from now on. */
  reportInvalidAuthorizerToken(component_appid: string, authorizer_appid: string, token: string): Promise<string> {
    const path = { component_appid, authorizer_appid };
    const report = (): Promise<TokenView> => this.call('reportAuthorizerToken', path, { body: { token } });
    return this.tokens.replace(subjectOf(path), token, report);
  }

  /** Has the token replaced though nobody refused it, on every replica (scope `admin`). @returns the new one. */
  refreshComponentToken(component_appid: string): Promise<string> {
    return this.tokens.renew(component_appid, (): Promise<TokenView> => this.call('refreshComponentToken', { component_appid }));
  }

  /** The same for an authorizer. */
  refreshAuthorizerToken(component_appid: string, authorizer_appid: string): Promise<string> {
    const path = { component_appid, authorizer_appid };
    return this.tokens.renew(subjectOf(path), (): Promise<TokenView> => this.call('refreshAuthorizerToken', path));
  }

  /**
   * Calls `use` with the component token; when WeChat refuses the token (40001, 40014, 42001, 42006), reports it and calls once more.
   * @param use throws what carries WeChat's `errcode`, as `WechatApiError` does.
   */
  async withComponentToken<T>(component_appid: string, use: (token: string) => Promise<T>): Promise<T> {
    const token = await this.componentToken(component_appid);
    return useTwice(token, use, () => this.reportInvalidComponentToken(component_appid, token));
  }

  /** The same for an authorizer; when the account is not authorized (61003), once more if the broker knows a newer token. */
  async withAuthorizerToken<T>(
    component_appid: string,
    authorizer_appid: string,
    use: (token: string) => Promise<T>,
  ): Promise<T> {
    const token = await this.authorizerToken(component_appid, authorizer_appid);
    try {
      return await useTwice(token, use, () => this.reportInvalidAuthorizerToken(component_appid, authorizer_appid, token));
    } catch (error) {
      if (errcodeOf(error) !== NOT_AUTHORIZED) throw error;
      const newest = await this.newestAuthorizerToken(component_appid, authorizer_appid, token).catch(() => token);
      if (newest === token) throw error;
      return use(newest);
    }
  }

  // ── Authorizers (scope `authorizers:read`) ──────────────────────────────────────────────────────────────────────────────────

  authorizer(component_appid: string, authorizer_appid: string): Promise<AuthorizerDetailsView> {
    return this.call('getAuthorizer', { component_appid, authorizer_appid });
  }

  /** One page, oldest first. */
  authorizers(component_appid: string, query: ListAuthorizersQuery = {}): Promise<AuthorizerPage> {
    return this.call('listAuthorizers', { component_appid }, { query: { ...query } });
  }

  /** All pages, one after the other, as they are needed. */
  async *allAuthorizers(
    component_appid: string,
    query: Omit<ListAuthorizersQuery, 'cursor'> = {},
  ): AsyncGenerator<AuthorizerView> {
    let cursor: string | undefined;
    do {
      const page = await this.authorizers(component_appid, { limit: 200, ...query, cursor });
      yield* page.items;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Has the broker ask WeChat for the profile and the permission sets, now. */
  refreshAuthorizer(component_appid: string, authorizer_appid: string): Promise<AuthorizerDetailsView> {
    return this.call('refreshAuthorizer', { component_appid, authorizer_appid });
  }

  /** An option of an account, as WeChat has it: `location_report` 0 to 2, the others 0 or 1. */
  authorizerOption(
    component_appid: string,
    authorizer_appid: string,
    option_name: OptionView['option_name'],
  ): Promise<OptionView> {
    return this.call('authorizerOption', { component_appid, authorizer_appid, option_name });
  }

  /** Changes it (scope `releases:write`). */
  setAuthorizerOption(
    component_appid: string,
    authorizer_appid: string,
    option_name: OptionView['option_name'],
    value: SetOption['value'],
  ): Promise<OptionView> {
    return this.call('setAuthorizerOption', { component_appid, authorizer_appid, option_name }, { body: { value } });
  }

  /** Starts a run through WeChat's list of authorizers (scope `authorizations:write`); it never deletes any. */
  startSync(component_appid: string): Promise<SyncView> {
    return this.call('startSync', { component_appid });
  }

  /** How far that run is. */
  sync(component_appid: string, sync_id: number): Promise<SyncView> {
    return this.call('getSync', { component_appid, sync_id: String(sync_id) });
  }

  // ── For users of an account (scope `authorizer-token`, or `proxy` for all but the ticket) ────────────────────────────────────

  /** A mini program's login code, which works once → who it is, and the session key. */
  code2session(component_appid: string, authorizer_appid: string, js_code: string): Promise<Code2SessionView> {
    return this.call('code2session', { component_appid, authorizer_appid }, { body: { js_code }, once: true });
  }

  /** The address that sends an official account's user to WeChat and back to `redirect_uri` with a code. */
  async oauthUrl(component_appid: string, authorizer_appid: string, request: OauthUrlRequest): Promise<string> {
    const path = { component_appid, authorizer_appid };
    const { url }: OauthUrlView = await this.call('oauthUrl', path, { body: request });
    return url;
  }

  /** The code that came back, which works once → the user, with tokens of that user alone. */
  oauthToken(component_appid: string, authorizer_appid: string, request: OauthCodeRequest): Promise<OauthTokenView> {
    return this.call('oauthToken', { component_appid, authorizer_appid }, { body: request, once: true });
  }

  /** A new access token for the same user. */
  oauthRefresh(component_appid: string, authorizer_appid: string, refresh_token: string): Promise<OauthTokenView> {
    return this.call('oauthRefresh', { component_appid, authorizer_appid }, { body: { refresh_token } });
  }

  /** The JS-SDK ticket (or the one for coupons), remembered like a token. */
  jsapiTicket(component_appid: string, authorizer_appid: string, type: 'jsapi' | 'wx_card' = 'jsapi'): Promise<string> {
    const path = { component_appid, authorizer_appid };
    return this.tokens.read(`${subjectOf(path)} ${type}`, async () => {
      const answer: JsapiTicketView = await this.call('jsapiTicket', path, { query: { type } });
      return asToken(answer);
    });
  }

  /** WeChat refused a signature made with this ticket. @returns the ticket to use from now on. */
  reportInvalidJsapiTicket(
    component_appid: string,
    authorizer_appid: string,
    ticket: string,
    type: 'jsapi' | 'wx_card' = 'jsapi',
  ): Promise<string> {
    const path = { component_appid, authorizer_appid };
    return this.tokens.replace(`${subjectOf(path)} ${type}`, ticket, async () => {
      const answer: JsapiTicketView = await this.call('reportJsapiTicket', path, { body: { ticket, type } });
      return asToken(answer);
    });
  }

  /** What `wx.config` needs on the page with this address (what stands behind `#` does not count). */
  async wxConfig(component_appid: string, authorizer_appid: string, url: string): Promise<WxConfig> {
    const path = { component_appid, authorizer_appid };
    const { wx_config }: JsapiTicketView = await this.call('jsapiTicket', path, { query: { url } });
    if (!wx_config) throw new BrokerError({ code: 'broker-unreachable', detail: 'The broker answered without a signature.' });
    return wx_config;
  }

  // ── Authorization links (scope `authorizations:write`) ──────────────────────────────────────────────────────────────────────

  /** @returns the link, with the secret that its return is signed with (see `verifyReturn`); the secret is not shown again. */
  createAuthorizationLink(component_appid: string, link: CreateLinkRequest = {}): Promise<CreatedLinkView> {
    return this.call('createLink', { component_appid }, { body: link, once: true });
  }

  authorizationLink(component_appid: string, link_id: string): Promise<LinkView> {
    return this.call('getLink', { component_appid, link_id });
  }

  revokeAuthorizationLink(component_appid: string, link_id: string): Promise<LinkView> {
    return this.call('revokeLink', { component_appid, link_id });
  }

  // ── Registrations of mini programs (scopes `registrations:read`, `registrations:write`) ──────────────────────────────────────

  /** The same once more, while it is open, answers the one that is there. A person finishes it on `page_url`. */
  createRegistration(component_appid: string, registration: CreateRegistrationRequest): Promise<RegistrationView> {
    return this.call('createRegistration', { component_appid }, { body: registration, once: true });
  }

  /** Newest first. */
  listRegistrations(component_appid: string, query: ListRegistrationsQuery = {}): Promise<RegistrationPage> {
    return this.call('listRegistrations', { component_appid }, { query: { ...query } });
  }

  registration(component_appid: string, registration_id: string): Promise<RegistrationDetailsView> {
    return this.call('getRegistration', { component_appid, registration_id });
  }

  /** Begins it anew with the same data. */
  renewRegistration(component_appid: string, registration_id: string): Promise<RegistrationView> {
    return this.call('renewRegistration', { component_appid, registration_id }, { once: true });
  }

  // ── What the broker does with a component's token, so that the release app needs none (scope `component-operations`) ────────────────
  // A change that fails with `maybeExecuted` may have come about: read the lists before it is tried again.

  /** Drafts of the template library, as WeChat lists them. */
  async templateDrafts(component_appid: string): Promise<readonly TemplateDraftView[]> {
    const { items }: TemplateDraftPage = await this.call('templateDrafts', { component_appid });
    return items;
  }

  /** The template library, as WeChat lists it. */
  async templates(component_appid: string): Promise<readonly TemplateView[]> {
    const { items }: TemplatePage = await this.call('templates', { component_appid });
    return items;
  }

  /** Makes a template of a draft; WeChat does not answer its id, and makes another one each time. */
  addTemplate(component_appid: string, request: AddTemplateRequest): Promise<void> {
    return this.call('addTemplate', { component_appid }, { body: request, once: true });
  }

  deleteTemplate(component_appid: string, template_id: number): Promise<void> {
    return this.call('deleteTemplate', { component_appid, template_id: String(template_id) }, { once: true });
  }

  /** Domains of the platform that the code of mini programs may call. */
  serverDomains(component_appid: string): Promise<ComponentDomainsView> {
    return this.call('serverDomains', { component_appid });
  }

  changeServerDomains(component_appid: string, request: ChangeDomainsRequest): Promise<ComponentDomainsView> {
    return this.call('changeServerDomains', { component_appid }, { body: request, once: true });
  }

  /** Domains of the platform that `<web-view>` may show. */
  jumpDomains(component_appid: string): Promise<ComponentDomainsView> {
    return this.call('jumpDomains', { component_appid });
  }

  changeJumpDomains(component_appid: string, request: ChangeDomainsRequest): Promise<ComponentDomainsView> {
    return this.call('changeJumpDomains', { component_appid }, { body: request, once: true });
  }

  /** The page of the order centre, for up to a hundred mini programs: WeChat tells by events what becomes of each. */
  applyOrderPath(component_appid: string, request: OrderPathRequest): Promise<void> {
    return this.call('applyOrderPath', { component_appid }, { body: request, once: true });
  }

  /** The file that WeChat looks for at the root of a domain of web pages. */
  jumpDomainsConfirmFile(component_appid: string): Promise<ConfirmFileView> {
    return this.call('jumpDomainsConfirmFile', { component_appid });
  }

  // ── Clients (scope `admin`) ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** @returns the client with its key, which is not shown again. */
  createClient(client: CreateClientRequest): Promise<ClientKeyView> {
    return this.call('createClient', {}, { body: client, once: true });
  }

  /** One page, oldest first. */
  clients(query: ListClientsQuery = {}): Promise<ClientPage> {
    return this.call('listClients', {}, { query: { ...query } });
  }

  client(client_id: string): Promise<ClientView> {
    return this.call('getClient', { client_id });
  }

  updateClient(client_id: string, changes: UpdateClientRequest): Promise<ClientView> {
    return this.call('updateClient', { client_id }, { body: changes });
  }

  /** A new key; the former one works on for `overlap` seconds. Doing it twice would end the former one, so it is not repeated. */
  rotateClient(client_id: string, options: RotateClientRequest = {}): Promise<ClientKeyView> {
    return this.call('rotateClient', { client_id }, { body: options, once: true });
  }

  revokeClient(client_id: string): Promise<ClientView> {
    return this.call('revokeClient', { client_id });
  }

  /** Lets requests under way end, then closes the connections. */
  close(): Promise<void> {
    return this.http.close();
  }

  /** What the broker has now; nothing is reported, for it may well be that nothing is wrong with the token. */
  private newestAuthorizerToken(component_appid: string, authorizer_appid: string, than: string): Promise<string> {
    const path = { component_appid, authorizer_appid };
    return this.tokens.replace(subjectOf(path), than, (): Promise<TokenView> => this.call('authorizerToken', path));
  }

  private call<T, Name extends RouteName>(name: Name, values: PathValues<Name>, details: Details = {}): Promise<T> {
    return this.http.json<T>({ method: ROUTES[name].method, path: pathOf(name, values), ...details });
  }
}

/** Under what an authorizer's token is remembered; a component's is under its appid alone. */
function subjectOf({ component_appid, authorizer_appid }: PathValues<'authorizerToken'>): string {
  return `${component_appid} ${authorizer_appid}`;
}

/** A ticket is remembered like a token. */
function asToken({ ticket, ...rest }: JsapiTicketView): TokenView {
  return { access_token: ticket, ...rest };
}

async function useTwice<T>(token: string, use: (token: string) => Promise<T>, report: () => Promise<string>): Promise<T> {
  try {
    return await use(token);
  } catch (error) {
    const errcode = errcodeOf(error);
    if (errcode === undefined || !TOKEN_REFUSED.has(errcode)) throw error;
    return use(await report());
  }
}

function errcodeOf(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode : undefined;
}
