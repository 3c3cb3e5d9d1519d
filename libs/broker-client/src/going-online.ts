import type {
  ApplicationDetailsView,
  ApplicationPage,
  BeginCertificationRequest,
  CertificationDetailsView,
  CertificationOverview,
  FilingFormRequest,
  FilingMediaView,
  FilingView,
  FormCheckView,
  MaterialView,
  VerificationPage,
  VerificationView,
} from './broker-api.js';
import type { BrokerCall, BrokerHttp } from './broker-http.js';
import { pathOf, ROUTES } from './routes.js';

/** Of which mini program. */
export interface AppPath {
  readonly component_appid: string;
  readonly authorizer_appid: string;
}

/** A picture of at most two megabytes. */
export interface PictureFile {
  /** Such as `image/jpeg`. */
  readonly type: string;
  readonly data: Buffer;
}

type Route = Extract<keyof typeof ROUTES, `${string}${'Filing' | 'Certification'}${string}`>;

/**
 * Filing (备案) and certification (认证). What fails with `maybeExecuted` may have come about: the broker has written it down, so read how it
 * stands before it is tried again. Every method throws `BrokerError`.
 */
export class GoingOnline {
  constructor(private readonly http: BrokerHttp) {}

  /** What is known; an app that was never looked at is read from WeChat. */
  filing(app: AppPath): Promise<FilingView> {
    return this.call('getFiling', app);
  }

  /** Read from WeChat now. */
  refreshFiling(app: AppPath): Promise<FilingView> {
    return this.call('refreshFiling', app);
  }

  /** What WeChat would refuse, field by field; nothing is sent. */
  checkFiling(app: AppPath, form: FilingFormRequest): Promise<FormCheckView> {
    return this.call('checkFiling', app, { body: form });
  }

  /** @param field of the form that it is for @param certificateType that the form will name, of pictures of certificates */
  uploadFilingMedia(app: AppPath, file: PictureFile, field: string, certificateType?: number): Promise<FilingMediaView> {
    return this.call('uploadFilingMedia', app, { file, query: { field, certificate_type: certificateType }, once: true });
  }

  /** Asks the administrator for a face check: each call for another one. */
  createVerification(app: AppPath): Promise<VerificationView> {
    return this.call('createFilingVerification', app, { body: {}, once: true });
  }

  /** Newest first. */
  verifications(app: AppPath, query: { readonly limit?: number; readonly cursor?: string } = {}): Promise<VerificationPage> {
    return this.call('listFilingVerifications', app, { query });
  }

  applyFiling(app: AppPath, request: FilingFormRequest): Promise<ApplicationDetailsView> {
    return this.call('applyFiling', app, { body: request, once: true });
  }

  /** Newest first. */
  applications(app: AppPath, query: { readonly limit?: number; readonly cursor?: string } = {}): Promise<ApplicationPage> {
    return this.call('listFilingApplications', app, { query });
  }

  /** Until when it is certified, and its newest order. */
  certification(app: AppPath): Promise<CertificationOverview> {
    return this.call('getCertification', app);
  }

  uploadMaterial(app: AppPath, file: PictureFile): Promise<MaterialView> {
    return this.call('uploadCertificationMaterial', app, { file, once: true });
  }

  beginCertification(app: AppPath, request: BeginCertificationRequest): Promise<CertificationDetailsView> {
    return this.call('beginCertification', app, { body: request, once: true });
  }

  private call<T>(name: Route, app: AppPath, details: Pick<BrokerCall, 'query' | 'body' | 'file' | 'once'> = {}): Promise<T> {
    return this.http.json<T>({ method: ROUTES[name].method, path: pathOf(name, app), ...details });
  }
}
