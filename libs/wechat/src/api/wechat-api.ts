import { CertificationApi } from './certification-api.js';
import { CodeApi } from './code-api.js';
import { ComponentApi } from './component-api.js';
import { DiagnosisApi } from './diagnosis-api.js';
import { DutiesApi } from './duties-api.js';
import { FilingApi } from './filing-api.js';
import { OnBehalfApi } from './on-behalf-api.js';
import { RegistrationApi } from './registration-api.js';
import { RelationsApi } from './relations-api.js';
import { SettingsApi } from './settings-api.js';
import { TemplateApi } from './template-api.js';
import { type WechatApiOptions, WechatTransport } from './transport.js';

/**
 * WeChat's HTTP API, typed. Every method takes its token, answers what WeChat answered, and throws `WechatApiError` for anything else.
 * Knows no cache, no lock and no repetition: that is the caller's.
 */
export class WechatApi {
  /** Ticket service, component token, authorizers. */
  readonly component: ComponentApi;
  /** For end users: mini-program login, web OAuth, JS-SDK ticket, customer-service text. */
  readonly onBehalf: OnBehalfApi;
  /** Quotas, rid, WeChat's addresses. */
  readonly diagnosis: DiagnosisApi;
  /** New mini programs, and what becomes of trials. */
  readonly registration: RegistrationApi;
  /** Drafts and templates. */
  readonly templates: TemplateApi;
  /** Commit, audit, release, versions. */
  readonly code: CodeApi;
  /** Domains, testers, categories, identity, privacy. */
  readonly settings: SettingsApi;
  /** ICP filing (备案). */
  readonly filing: FilingApi;
  /** Certification (认证), and certification and filing in one. */
  readonly certification: CertificationApi;
  /** Half-screen mini programs, open-platform account, official account to follow. */
  readonly relations: RelationsApi;
  /** Order path, trade management, violations. */
  readonly duties: DutiesApi;
  private readonly transport: WechatTransport;

  constructor(options: WechatApiOptions = {}) {
    this.transport = new WechatTransport(options);
    this.component = new ComponentApi(this.transport);
    this.onBehalf = new OnBehalfApi(this.transport);
    this.diagnosis = new DiagnosisApi(this.transport);
    this.registration = new RegistrationApi(this.transport);
    this.templates = new TemplateApi(this.transport);
    this.code = new CodeApi(this.transport);
    this.settings = new SettingsApi(this.transport);
    this.filing = new FilingApi(this.transport);
    this.certification = new CertificationApi(this.transport);
    this.duties = new DutiesApi(this.transport);
    this.relations = new RelationsApi(this.transport);
  }

  /** Closes the connections, unless the dispatcher was given. */
  close(): Promise<void> {
    return this.transport.close();
  }
}
